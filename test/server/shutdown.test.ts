import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { relayCli, runCli } from '../support/cli.ts';
import { connectClient, type ProtocolClient, type TransportName } from '../support/connect.ts';
import { temporaryDirectory } from '../support/directory.ts';

/** Tokens a second, and how many. */
async function start(url: string, id: string, rate: number, tokens: number): Promise<Response> {
  return fetch(new URL('/v1/streams', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, provider: 'scripted', model: 'scripted-plain', prompt: 'hi', options: { rate, tokens } }),
  });
}

async function state(url: string, id: string): Promise<{ status: string; text: string; epoch: string; error?: { code: string } }> {
  return (await fetch(new URL(`/v1/streams/${id}`, url))).json() as never;
}

async function following(url: string, id: string, transport: TransportName = 'websocket'): Promise<ProtocolClient> {
  const client = await connectClient(transport, url);
  client.hello();
  client.subscribe(1, `stream:${id}`);
  await client.until(() => client.text(1) !== '');
  return client;
}

async function exit(child: ChildProcess): Promise<number | null> {
  return child.exitCode ?? ((await once(child, 'exit'))[0] as number | null);
}

describe('sluice relay, ended by a signal', { timeout: 30_000 }, () => {
  test.for(['websocket', 'webtransport', 'sse'] as const)(
    '[RL13] [RL9] SIGTERM: readiness fails, nothing new begins, what runs is read to its end over %s, and it exits with 0',
    async (transport) => {
      const { child, url } = await relayCli(['--port', '0']);
      // Two seconds of an answer.
      await start(url, 'a', 60, 120);
      const client = await following(url, 'a', transport);
      const before = client.text(1).length;
      child.kill('SIGTERM');
      expect((await client.first('drain')).retryAfterMs).toBe(25_000);
      expect((await fetch(new URL('/readyz', url))).status).toBe(503);
      expect((await fetch(new URL('/healthz', url))).status).toBe(200);
      const refused = await start(url, 'b', 0, 1);
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'relay_draining']);
      const metrics = await (await fetch(new URL('/metrics', url))).text();
      expect(metrics).toContain('sluice_draining 1\n');
      await client.until(() => client.isDone(1));
      expect(client.entries(1).at(-1)?.event).toMatchObject({ type: 'finish' });
      expect(client.text(1).length).toBeGreaterThan(before);
      await client.ended();
      expect(client.of('error').map(({ code }) => code)).toEqual(['relay_draining']);
      expect(await exit(child)).toBe(0);
    },
  );

  test('[RL13] --drain: at the deadline what runs ends with an error that may be retried, delivered, and it exits with 0', async () => {
    const { child, url } = await relayCli(['--port', '0', '--drain', '0.3']);
    await start(url, 'a', 20, 100_000);
    const client = await following(url, 'a');
    child.kill('SIGTERM');
    await client.until(() => client.isDone(1));
    expect(client.entries(1).at(-1)?.event).toMatchObject({ type: 'error', code: 'relay_draining', retryable: true });
    expect(await exit(child)).toBe(0);
  });

  test.for(['SIGTERM', 'SIGINT'] as const)(
    '[RL13] a second signal (%s) ends it at once, and what was stored is all there',
    async (second) => {
      const data = temporaryDirectory();
      const first = await relayCli(['--port', '0', '--data', data]);
      await start(first.url, 'a', 200, 100_000);
      const client = await following(first.url, 'a');
      first.child.kill('SIGTERM');
      await client.first('drain');
      const shown = client.text(1);
      const told = performance.now();
      first.child.kill(second);
      expect(await exit(first.child)).toBe(second === 'SIGTERM' ? 143 : 130);
      expect(performance.now() - told).toBeLessThan(5_000);
      const again = await relayCli(['--port', '0', '--data', data]);
      const kept = await state(again.url, 'a');
      expect(kept.text.startsWith(shown)).toBe(true);
      expect(kept).toMatchObject({ status: 'failed', error: { code: 'relay_draining', retryable: true } });
    },
  );

  test('[RL13] [RL11] over a shutdown and a restart a reader with a cursor loses nothing and is given nothing twice', async () => {
    const data = temporaryDirectory();
    const first = await relayCli(['--port', '0', '--data', data, '--drain', '0.2']);
    await start(first.url, 'a', 200, 100_000);
    const client = await following(first.url, 'a');
    const { epoch } = await client.first('subscribed');
    await vi.waitFor(() => expect(client.text(1).length).toBeGreaterThan(200));
    // Leaves half-way: the rest comes from the relay's successor.
    const [shown, seq] = [client.text(1), client.seq(1)];
    client.close();
    first.child.kill('SIGTERM');
    expect(await exit(first.child)).toBe(0);
    const again = await relayCli(['--port', '0', '--data', data]);
    const rest = await connectClient('websocket', again.url);
    rest.hello();
    rest.subscribe(1, 'stream:a', { epoch, afterSeq: seq });
    await rest.until(() => rest.isDone(1));
    expect((await rest.first('subscribed')).answer).toBe('recovered');
    const kept = await state(again.url, 'a');
    expect(shown + rest.text(1)).toBe(kept.text);
    expect(kept).toMatchObject({ status: 'failed', epoch, error: { code: 'relay_draining' } });
  });

  test('--drain takes seconds', async () => {
    expect(await runCli(['relay', '--drain', 'soon'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--drain is soon') });
  });
});

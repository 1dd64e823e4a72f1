import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test, vi } from 'vitest';
import type { LogFields, LogLevel } from '../../server/index.ts';
import { relayCli, runCli, spawnCli } from '../support/cli.ts';
import { connectClient } from '../support/connect.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { startRelay } from '../support/relay.ts';
import { ManualSource } from '../support/source.ts';

vi.setConfig({ testTimeout: 30_000 });

const INDEX = join(import.meta.dirname, '../../server/index.ts');

async function configured(source: string): Promise<string> {
  const file = join(temporaryDirectory(), 'config.mjs');
  await writeFile(file, source);
  return file;
}

function post(url: string, body: object, token = 'ada-token'): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return fetch(new URL('/v1/streams', url), { method: 'POST', headers, body: JSON.stringify(body) });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('sluice relay writes JSON lines to its standard output', () => {
  test('with the stream on every line about one, the connection likewise, and no secret and no text on any', async () => {
    const config = await configured(
      `export default { authenticate: ({ credentials }) => (credentials === 'ada-token' ? { id: 'ada' } : undefined) };`,
    );
    const env = { OPENAI_API_KEY: 'sk-very-secret', OPENAI_BASE_URL: `http://127.0.0.1:${await freePort()}/hidden-path/v1` };
    const { child, url, lines, errors } = await relayCli(['--port', '0', '--config', config, '--log-level', 'debug'], env);
    const prompt = 'my-private-prompt';
    await post(url, { id: 'good', provider: 'scripted', model: 'scripted-plain', prompt, options: { rate: 0, tokens: 30 } });
    await post(url, { id: 'bad', provider: 'openai', model: 'gpt', prompt, options: { user: 'private-option' } });
    await post(url, { id: 'refused', provider: 'scripted', model: 'm', prompt }, 'wrong-token');
    const client = await connectClient('websocket', url);
    client.hello({ credentials: 'ada-token' });
    client.subscribe(1, 'stream:good');
    client.subscribe(2, 'stream:none');
    await client.until(() => client.entries(1).some(({ event }) => event.type === 'finish') && client.of('subscribed').length === 2);
    const { session } = await client.first('welcome');
    const text = client
      .entries(1)
      .map(({ event }) => ('delta' in event ? event.delta : ''))
      .join('');
    client.close();
    await fetch(new URL('/v1/streams/missing', url), { headers: { authorization: 'Bearer ada-token' } });
    await vi.waitFor(() => {
      const said = lines();
      expect(said).toContainEqual(
        expect.objectContaining({ msg: 'Stream created', stream: 'good', principal: 'ada', provider: 'scripted' }),
      );
      expect(said).toContainEqual(
        expect.objectContaining({
          msg: 'Stream ended: finish',
          stream: 'good',
          reason: expect.any(String),
          firstTokenMs: expect.any(Number),
        }),
      );
      expect(said).toContainEqual(
        expect.objectContaining({ level: 'warn', msg: 'Stream ended: error', stream: 'bad', code: 'upstream_unreachable' }),
      );
      expect(said).toContainEqual(
        expect.objectContaining({ msg: 'Connection opened', connection: session, principal: 'ada', transport: 'websocket' }),
      );
      expect(said).toContainEqual(
        expect.objectContaining({ level: 'debug', msg: 'Subscribed', connection: session, stream: 'none', answer: 'gone' }),
      );
      expect(said).toContainEqual(expect.objectContaining({ msg: 'Connection closed', connection: session }));
      expect(said).toContainEqual(expect.objectContaining({ msg: 'Refused', code: 'unauthenticated', route: 'streams' }));
      expect(said).toContainEqual(expect.objectContaining({ msg: 'Refused', code: 'unknown_channel', route: 'stream', stream: 'missing' }));
    });
    child.kill('SIGTERM');
    await once(child, 'close');
    const all = lines();
    for (const line of all) {
      const { msg, level, time, stream, connection } = line;
      expect(['debug', 'info', 'warn', 'error']).toContain(level);
      expect(new Date(String(time)).toISOString()).toBe(time);
      if (/^(Stream|Subscribed)/.test(String(msg))) expect(stream).toMatch(/./);
      if (/^(Connection|Subscribed)/.test(String(msg))) expect(connection).toMatch(/./);
    }
    const written = JSON.stringify(all) + errors();
    for (const secret of [prompt, 'sk-very-secret', 'ada-token', 'wrong-token', 'hidden-path', 'private-option'])
      expect(written).not.toContain(secret);
    const words = text.match(/[a-z]{8,}/gi) ?? [];
    expect(words.length).toBeGreaterThan(0);
    for (const word of words) expect(written).not.toContain(word);
  });

  test('from the level that --log-level or SLUICE_LOG_LEVEL says', async () => {
    const port = await freePort();
    const child = spawnCli(['relay', '--port', String(port)], {
      SLUICE_LOG_LEVEL: 'warn',
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: 'http://127.0.0.1:1',
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    const url = `http://127.0.0.1:${port}/`;
    await vi.waitFor(async () => expect((await fetch(new URL('/readyz', url))).status).toBe(200), { timeout: 10_000 });
    await post(url, { id: 'a', provider: 'openai', model: 'm', prompt: 'p' });
    await vi.waitFor(() => expect(output).toContain('upstream_unreachable'));
    expect(output.trim().split('\n')).toHaveLength(1);
    const wrong = await runCli(['relay', '--log-level', 'loud']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('debug, info, warn, error, silent') });
    expect(await runCli(['relay'], { SLUICE_LOG_LEVEL: 'loud' })).toMatchObject({ code: 2 });
  });

  test('and a standard output that nobody reads holds up nothing: lines beyond a megabyte are dropped, and counted', async () => {
    const config = await configured(`export default { authenticate: () => ({ id: 'x'.repeat(20_000) }) };`);
    const port = await freePort();
    const child = spawnCli(['relay', '--port', String(port), '--config', config]);
    const url = `http://127.0.0.1:${port}/`;
    await vi.waitFor(async () => expect((await fetch(new URL('/readyz', url))).status).toBe(200), { timeout: 10_000 });
    for (let index = 0; index < 80; index += 1) {
      const options = { rate: 0, tokens: 1 };
      const created = await post(url, { id: `s${index}`, provider: 'scripted', model: 'scripted-plain', prompt: 'p', options });
      expect(created.status).toBe(201);
    }
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    await vi.waitFor(() => expect(output).toContain('"dropped":'), { timeout: 10_000 });
    const lines = output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const dropped = lines.find((line) => 'dropped' in line).dropped;
    expect(lines.length - 1 + dropped).toBe(161);
    expect(output.length).toBeGreaterThan(900_000);
    expect(output.length).toBeLessThan(1_400_000);
  });

  test('and one that is closed ends nothing', async () => {
    const { child, url } = await relayCli(['--port', '0']);
    child.stdout?.destroy();
    for (let index = 0; index < 5; index += 1)
      await post(url, { id: `s${index}`, provider: 'scripted', model: 'scripted-plain', prompt: 'p' });
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    child.kill('SIGKILL');
  });
});

describe('createRelay({ log })', () => {
  const started = { level: 'info', msg: 'Stream created', stream: 'a', provider: 'source', model: '', principal: 'anonymous' };

  test('takes a pino', async () => {
    const lines: unknown[] = [];
    const sink = new Writable({
      write(chunk, _, done) {
        lines.push(JSON.parse(String(chunk)));
        done();
      },
    });
    const { relay } = await startRelay({ log: pino({ base: null, formatters: { level: (level) => ({ level }) } }, sink) });
    relay.streams.create({ id: 'a', source: new ManualSource() });
    expect(lines).toContainEqual(expect.objectContaining(started));
  });

  test('takes a function, and does not mind one that throws', async () => {
    const lines: [LogLevel, string, LogFields][] = [];
    const { relay, url } = await startRelay({
      log: (...line) => {
        lines.push(line);
        throw new Error('the disk of the logger is full');
      },
    });
    relay.streams.create({ id: 'a', source: new ManualSource() });
    const { level, msg, ...fields } = started;
    expect(lines).toContainEqual([level, msg, fields]);
    const client = await connectClient('websocket', url);
    client.hello();
    client.subscribe(1, 'stream:a');
    await client.first('subscribed');
  });

  test('says about an app’s own failing source what kind of failure it is, and not the app’s words', async () => {
    const lines: [LogLevel, string, LogFields][] = [];
    const { relay } = await startRelay({ log: (...line) => void lines.push(line) });
    const source = new ManualSource();
    relay.streams.create({ id: 'a', source });
    source.push({ type: 'error', code: 'source_failed', message: 'cannot answer: my-private-prompt', retryable: false });
    await vi.waitFor(() => expect(lines.at(-1)).toMatchObject(['warn', 'Stream ended: error', { stream: 'a', code: 'source_failed' }]));
    expect(JSON.stringify(lines)).not.toContain('my-private-prompt');
  });

  test('is not flooded by refusals: what is left out is counted', async () => {
    const lines: [LogLevel, string, LogFields][] = [];
    const { relay, url } = await startRelay({ log: (...line) => void lines.push(line) });
    for (let index = 0; index < 100; index += 1) await relay.fetch(new Request(`${url}v1/streams/none-${index}`));
    const said = lines.filter(([, message]) => message === 'Refused');
    expect(said.length).toBeGreaterThanOrEqual(20);
    expect(said.length).toBeLessThan(60);
    expect(relay.stats.refused).toMatchObject({ unknown_channel: 100 });
    await vi.waitFor(async () => {
      await relay.fetch(new Request(`${url}v1/streams/later`));
      expect(lines.at(-1)?.[2]).toMatchObject({ leftOut: expect.any(Number) });
    });
  });

  test('is silence when there is none, and bad_option when it is neither', async () => {
    const script = `const { createRelay } = await import(${JSON.stringify(INDEX)});
      const relay = createRelay({ webTransport: false });
      relay.streams.create({ source: (async function* () { throw new Error('x'); })() });
      await new Promise((wake) => setTimeout(wake, 50));
      await relay.close();`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
    for (const log of [{ info() {} }, 'info', 3]) {
      await expect(startRelay({ log: log as never })).rejects.toMatchObject({
        code: 'bad_option',
        message: expect.stringContaining('log'),
      });
    }
  });
});

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOpenAI, type HttpOptions } from '../../../server/index.ts';
import { createRandom } from '../../../server/providers/answer.ts';
import type { StreamEvent } from '../../../src/wire/index.ts';
import { scrape } from '../../support/metrics.ts';
import { startRelay } from '../../support/relay.ts';
import { frameLines, readLines } from '../../support/replay.ts';
import { brokenRule, collect } from './reading.ts';

vi.setConfig({ testTimeout: 60_000 });

const ID = 'resp_1';

/** An answer as the API numbers it. */
const lines = readLines(join(import.meta.dirname, '../../fixtures/providers/openai.everything.jsonl')).map((line, index) => {
  const payload = JSON.parse(line);
  if (payload.response !== undefined) payload.response.id = ID;
  return JSON.stringify({ ...payload, sequence_number: index });
});

type Reply =
  /** The rest of the answer, cut off after so many bytes, or left open there without a word. */
  { readonly cutAt?: number; readonly silent?: boolean; readonly shift?: number } | { readonly status: number };

/** The Responses API, which keeps its answers: each connection is served the next reply, the last one for good. */
async function keeper(...replies: readonly Reply[]) {
  const requests: { method: string; url: string; authorization: string | undefined }[] = [];
  let served = 0;
  const serve = async (response: ServerResponse, after: number): Promise<void> => {
    const reply = replies[Math.min(served, replies.length - 1)] ?? {};
    served += 1;
    if ('status' in reply)
      return void response.writeHead(reply.status, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const bytes = Buffer.from(frameLines('openai', lines.slice(Math.max(0, after + 1 + (reply.shift ?? 0)))).join(''));
    const part = bytes.subarray(0, reply.cutAt);
    for (let from = 0; from < part.length; from += 97) {
      response.write(part.subarray(from, from + 97));
      await turn();
    }
    if (reply.silent === true) return;
    if (reply.cutAt === undefined) response.end();
    else response.destroy();
  };
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, authorization: headers.authorization });
    request.resume().on('end', () => {
      const after = new URL(url, 'http://localhost').searchParams.get('starting_after');
      if (url.endsWith('/cancel')) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      else void serve(response, after === null ? -1 : Number(after));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const outcomes: string[] = [];
  const observer = { resumed: (outcome: string) => void outcomes.push(outcome) };
  const ask = (options: HttpOptions = {}, asked: Record<string, boolean> = { background: true }): Promise<StreamEvent[]> =>
    collect(
      createOpenAI({ apiKey: 'key', baseURL, ...options }).generate(
        { model: 'm', prompt: 'p', options: asked },
        new AbortController().signal,
        observer,
      ),
    );
  return { baseURL, requests, outcomes, ask };
}

/** `createdAt` is the time of reading. */
function content(events: readonly StreamEvent[]): StreamEvent[] {
  return events.map((event) => (event.type === 'start' ? { ...event, createdAt: 0 } : event));
}

const whole = async (): Promise<StreamEvent[]> => content(await (await keeper({})).ask());

test.for(Array.from({ length: 12 }, (_, index) => index + 1))(
  '[SQ13] an answer in the background, cut at random bytes again and again, is read on without loss or repetition (seed %s)',
  async (seed) => {
    const random = createRandom(seed);
    const size = frameLines('openai', lines).join('').length;
    // At least `response.created` has to arrive: what has no id cannot be asked for.
    const first = (frameLines('openai', lines)[0] ?? '').length;
    const cuts = [
      { cutAt: first + Math.floor(random() * (size / 2)) },
      ...Array.from({ length: 3 }, () => ({ cutAt: Math.floor(random() * (size / 3)) })),
    ];
    const { ask, outcomes, requests } = await keeper(...cuts, {});
    const events = await ask();
    expect(brokenRule(events)).toBeUndefined();
    expect(content(events)).toEqual(await whole());
    expect(outcomes).toEqual(outcomes.map(() => 'continued'));
    expect(requests.length).toBe(outcomes.length + 1);
    expect(outcomes.length).toBeGreaterThan(0);
    for (const { method, url, authorization } of requests.slice(1)) {
      expect([method, authorization]).toEqual(['GET', 'Bearer key']);
      expect(url).toMatch(/^\/v1\/responses\/resp_1\?stream=true&starting_after=\d+$/);
    }
  },
);

test('[SQ13] a connection that falls silent is given up and read on', async () => {
  const { ask, outcomes } = await keeper({ cutAt: 3_000, silent: true }, {});
  expect(content(await ask({ idleTimeoutMs: 200 }))).toEqual(await whole());
  expect(outcomes).toEqual(['continued']);
});

test('[SQ13] what the provider repeats is left out; a number that is missing ends the answer with an error', async () => {
  const again = await keeper({ cutAt: 3_000 }, { shift: -3 });
  expect(content(await again.ask())).toEqual(await whole());
  const missing = await keeper({ cutAt: 3_000 }, { shift: 1 });
  const events = content(await missing.ask());
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream_truncated', message: expect.stringContaining('missing') });
  expect(events.slice(0, -1)).toEqual((await whole()).slice(0, events.length - 1));
});

test('a provider that is busy is asked again, one that refuses is not', async () => {
  const busy = await keeper({ cutAt: 3_000 }, { status: 503 }, { status: 429 }, {});
  expect(content(await busy.ask())).toEqual(await whole());
  expect(busy.outcomes).toEqual(['continued']);
  const refusing = await keeper({ cutAt: 3_000 }, { status: 404 });
  const events = content(await refusing.ask());
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream_truncated', retryable: true });
  expect(events.slice(0, -1)).toEqual((await whole()).slice(0, events.length - 1));
  expect(refusing.requests).toHaveLength(2);
  expect(refusing.outcomes).toEqual(['given-up']);
});

test('attempts at one place are bounded, also where each connection breaks before it brings anything', async () => {
  const down = await keeper({ cutAt: 3_000 }, { status: 500 });
  expect((await down.ask({ maxResumeAttempts: 3 })).at(-1)).toMatchObject({ code: 'upstream_truncated' });
  expect(down.requests).toHaveLength(1 + 3);
  const empty = await keeper({ cutAt: 3_000 }, { cutAt: 1 });
  expect((await empty.ask({ maxResumeAttempts: 3 })).at(-1)).toMatchObject({ code: 'upstream_truncated' });
  expect(empty.requests).toHaveLength(1 + 3);
  expect(empty.outcomes).toEqual(['continued', 'continued', 'continued', 'given-up']);
  const off = await keeper({ cutAt: 3_000 }, {});
  expect((await off.ask({ maxResumeAttempts: 0 })).at(-1)).toMatchObject({ code: 'upstream_truncated' });
  expect(() => createOpenAI({ maxResumeAttempts: -1 })).toThrow('maxResumeAttempts');
});

test.for([
  ['was not asked for in the background', {}],
  ['is not stored', { background: true, store: false }],
] as const)('an answer that %s ends with its connection, as ever, and nothing is switched on for it', async ([, options]) => {
  const { ask, requests, outcomes } = await keeper({ cutAt: 3_000 }, {});
  expect((await ask({}, options)).at(-1)).toMatchObject({ type: 'error', code: 'upstream_truncated' });
  expect(requests).toHaveLength(1);
  expect(outcomes).toEqual([]);
});

test('[RL5] stopping ends a generation in the background at the provider, too', async () => {
  const { baseURL, requests } = await keeper({ cutAt: 3_000, silent: true });
  const { relay } = await startRelay({ providers: [createOpenAI({ apiKey: 'key', baseURL })] });
  relay.streams.create({ id: 'a', provider: 'openai', model: 'm', prompt: 'p', options: { background: true } });
  await vi.waitFor(() => expect(relay.stats.firstTokenCount).toBe(1));
  relay.streams.stop('a');
  await vi.waitFor(() =>
    expect(requests.at(-1)).toEqual({ method: 'POST', url: '/v1/responses/resp_1/cancel', authorization: 'Bearer key' }),
  );
  expect(requests).toHaveLength(2);
});

test('[SQ13] through the relay: one stream, each event once, and the metric says so', async () => {
  const { baseURL } = await keeper({ cutAt: 3_000 }, { cutAt: 900 }, {});
  const lost: unknown[] = [];
  const { relay, url } = await startRelay({
    providers: [createOpenAI({ apiKey: 'key', baseURL })],
    log: (_, message, fields) => void (message.startsWith('Upstream') && lost.push(fields['stream'])),
  });
  relay.streams.create({ id: 'a', provider: 'openai', model: 'm', prompt: 'p', options: { background: true, store: true } });
  await vi.waitFor(() => expect(relay.stats.finished).toBe(1), { timeout: 10_000 });
  const read = (await (await fetch(new URL('/v1/streams/a', url))).json()) as { text: string; status: string };
  const text = (await whole()).map((event) => (event.type === 'text' ? event.delta : '')).join('');
  expect(read).toMatchObject({ status: 'done', text });
  const { of } = await scrape(url);
  expect(of('sluice_upstream_resumes_total{provider="openai",outcome="continued"}')).toBe(2);
  expect(lost).toEqual(['a', 'a']);
});

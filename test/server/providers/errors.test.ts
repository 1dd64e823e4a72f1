import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRetryAfter } from '../../../server/providers/failure.ts';
import { createAnthropic, createOpenAIChat } from '../../../server/providers/index.ts';
import { type ErrorCode, errorTable, type StreamEvent } from '../../../src/wire/index.ts';
import { type ReplayDialect, type ReplayOptions, startReplay } from '../../support/replay.ts';
import { brokenRule, fold, generate, providerAt } from './reading.ts';

const secret = 'sk-secret-0123456789';
const dialects: readonly ReplayDialect[] = ['openai', 'openai-chat', 'anthropic', 'gemini', 'ollama'];

async function failed(options: ReplayOptions): Promise<{ events: StreamEvent[]; error: NonNullable<ReturnType<typeof fold>['error']> }> {
  const replay = await startReplay(options);
  onTestFinished(() => replay.close());
  const events = await generate(providerAt(options.dialect, replay.url, secret));
  expect(brokenRule(events)).toBeUndefined();
  const { error } = fold(events);
  if (error === undefined) throw new Error(`no error in ${JSON.stringify(events)}`);
  return { events, error };
}

const statuses: readonly [status: number, code: ErrorCode][] = [
  [307, 'upstream_rejected'],
  [400, 'upstream_rejected'],
  [401, 'upstream_unauthorized'],
  [403, 'upstream_unauthorized'],
  [404, 'upstream_rejected'],
  [429, 'upstream_rate_limited'],
  [500, 'upstream_failed'],
  [503, 'upstream_failed'],
  [529, 'upstream_failed'],
];

describe.each(dialects)('%s', (dialect) => {
  test.each(statuses)('[RL8] HTTP %i before the answer is %s and repeats nothing of the body', async (status, code) => {
    const body = JSON.stringify({ error: { type: 'server_error', code: secret, message: `key ${secret} at 10.0.0.7 is bad` } });
    const headers = { 'content-type': 'application/json', 'retry-after': '2', location: 'http://127.0.0.1:1/' };
    const { events, error } = await failed({ dialect, status, body, headers });
    expect(events.length).toBe(1);
    expect(error).toMatchObject({ code, retryable: errorTable[code].retryable });
    if (errorTable[code].retryable) expect(error.retryAfterMs).toBe(2000);
    expect(error.message).toContain(`${status}`);
    expect(error.message).not.toMatch(/sk-|10\.0\.0\.7/);
  });

  test('an answer that ends without its end is upstream_truncated', async () => {
    expect((await failed({ dialect, body: '' })).error.code).toBe('upstream_truncated');
  });

  test('a page instead of an answer is upstream_malformed', async () => {
    const { error } = await failed({ dialect, body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } });
    expect(error.code).toBe('upstream_malformed');
    expect(error.message).not.toContain('Sign in');
  });

  test('the right content type over something else is upstream_malformed', async () => {
    expect((await failed({ dialect, body: '<html>\nSign in</html>\n' })).error.code).toBe('upstream_malformed');
  });
});

test('an event that is not JSON ends the answer with upstream_malformed, and what came stays', async () => {
  const { events, error } = await failed({
    dialect: 'openai-chat',
    body: 'data: {"choices":[{"index":0,"delta":{"content":"kept"}}]}\n\ndata: {"choices":\n\ndata: [DONE]\n\n',
  });
  expect(error.code).toBe('upstream_malformed');
  expect(events[1]).toMatchObject({ type: 'text', delta: 'kept' });
});

test('an event larger than the bound is upstream_malformed', async () => {
  const { error } = await failed({ dialect: 'openai-chat', body: `data: {"x":"${'y'.repeat(17_000_000)}` });
  expect(error.code).toBe('upstream_malformed');
});

const text = {
  openai: [
    { type: 'response.created', response: { model: 'm' } },
    { type: 'response.output_text.delta', item_id: 'i', content_index: 0, delta: 'half' },
  ],
  'openai-chat': [{ choices: [{ index: 0, delta: { content: 'half' } }] }],
  anthropic: [{ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'half' } }],
  gemini: [{ candidates: [{ content: { parts: [{ text: 'half' }] } }] }],
  ollama: [{ message: { content: 'half' }, done: false }],
} as const;

test.each(dialects)('[SQ2] %s: a connection torn down in the answer is upstream_truncated after what came', async (dialect) => {
  const lines = [...text[dialect], ...text[dialect]].map((line) => JSON.stringify(line));
  const whole = lines.join('').length;
  const { events, error } = await failed({ dialect, lines, truncateAt: whole - 5, delayMs: 5 });
  expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThanOrEqual(1);
  expect(error).toMatchObject({ code: 'upstream_truncated', retryable: true });
});

const midStream: readonly [ReplayDialect, object, ErrorCode][] = [
  ['openai', { type: 'error', code: 'server_error', message: secret }, 'upstream_failed'],
  ['openai', { type: 'error', error: { type: 'tokens', code: 'rate_limit_exceeded', message: secret } }, 'upstream_rate_limited'],
  ['openai', { type: 'response.failed', response: { error: { code: 'invalid_prompt', message: secret } } }, 'upstream_rejected'],
  ['openai-chat', { error: { message: secret, type: 'server_error' } }, 'upstream_failed'],
  ['openai-chat', { error: { message: secret, code: 429 } }, 'upstream_rate_limited'],
  ['openai-chat', { error: secret }, 'upstream_failed'],
  ['openai-chat', { choices: [{ index: 0, delta: {}, finish_reason: 'insufficient_system_resource' }] }, 'upstream_failed'],
  ['anthropic', { type: 'error', error: { type: 'overloaded_error', message: secret } }, 'upstream_failed'],
  ['anthropic', { type: 'error', error: { type: 'authentication_error', message: secret } }, 'upstream_unauthorized'],
  ['gemini', { error: { code: 503, status: 'UNAVAILABLE', message: secret } }, 'upstream_failed'],
  ['ollama', { error: `cannot load ${secret}` }, 'upstream_failed'],
];

test.each(midStream)('[RL8] %s: %o in the middle of the answer', async (dialect, event, code) => {
  const lines = [...text[dialect], event, ...text[dialect]].map((line) => JSON.stringify(line));
  const { events, error } = await failed({ dialect, lines });
  expect(events.filter(({ type }) => type === 'text').length).toBe(1);
  expect(error.code).toBe(code);
  expect(error.message).not.toContain('sk-');
});

test('the delay Gemini asks for is in the body', async () => {
  const body = JSON.stringify({
    error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ '@type': 'RetryInfo', retryDelay: '34.07s' }] },
  });
  const { error } = await failed({ dialect: 'gemini', status: 429, body });
  expect(error).toMatchObject({ code: 'upstream_rate_limited', retryAfterMs: 34_070 });
  expect(error.message).toContain('RESOURCE_EXHAUSTED');
});

test.each([
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 21 Oct 2020 07:28:00 GMT' }, 0],
  [{ 'retry-after-ms': '120', 'retry-after': '9' }, 120],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-4' }, undefined],
  [{}, undefined],
])('%o is %s ms', (headers, expected) => {
  expect(readRetryAfter(new Headers(headers as Record<string, string>), Date.parse('2026-10-21T07:28:00Z'))).toBe(expected);
});

test('nobody listening is upstream_unreachable, naming the variable and not the address', async () => {
  const replay = await startReplay({ dialect: 'anthropic', lines: [] });
  await replay.close();
  const events = await generate(providerAt('anthropic', replay.url, secret));
  expect(events).toMatchObject([{ type: 'error', code: 'upstream_unreachable', retryable: true }]);
  expect(fold(events).error?.message).toContain('ECONNREFUSED');
  expect(fold(events).error?.message).toContain('ANTHROPIC_BASE_URL');
  expect(fold(events).error?.message).not.toContain('127.0.0.1');
});

test('a server that accepts and hangs up is upstream_unreachable', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const events = await generate(providerAt('ollama', `http://127.0.0.1:${port}`));
  expect(events).toMatchObject([{ type: 'error', code: 'upstream_unreachable' }]);
});

test('silence in the answer is upstream_timeout', async () => {
  const replay = await startReplay({ dialect: 'openai-chat', lines: text['openai-chat'].map((line) => JSON.stringify(line)), hold: true });
  onTestFinished(() => replay.close());
  const events = await generate(createOpenAIChat({ baseURL: replay.url, idleTimeoutMs: 400 }));
  expect(events.map(({ type }) => type)).toEqual(['start', 'text', 'error']);
  expect(fold(events).error?.code).toBe('upstream_timeout');
  await expect.poll(() => replay.open, { timeout: 10_000 }).toBe(0);
});

test('silence before the answer is upstream_timeout', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const events = await generate(createAnthropic({ baseURL: `http://127.0.0.1:${port}`, idleTimeoutMs: 80 }));
  expect(events).toMatchObject([{ type: 'error', code: 'upstream_timeout', retryable: true }]);
});

test('a slow reader is not a silent provider', async () => {
  let more = (_text: string): void => {};
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      more = (text) => controller.enqueue(Buffer.from(`data: {"choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`));
    },
  });
  more('first');
  const provider = createOpenAIChat({ baseURL: 'http://127.0.0.1:1', idleTimeoutMs: 100 });
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  const deltas: string[] = [];
  for await (const event of provider.read(response, new AbortController().signal)) {
    if (event.type !== 'text') continue;
    deltas.push(event.delta);
    if (deltas.length === 2) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
    more('second');
  }
  expect(deltas).toEqual(['first', 'second']);
});

const ended = 'data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n';

test.each([
  ['at once behind [DONE]', `${ended}data: [DONE]\n\n`, 0, 900],
  ['after a second of silence behind the finish reason', ended, 900, 10_000],
])('an answer that has ended finishes %s, though the connection stays open', async (_, body, least, most) => {
  const replay = await startReplay({ dialect: 'openai-chat', body, hold: true });
  onTestFinished(() => replay.close());
  const begin = performance.now();
  expect((await generate(providerAt('openai-chat', replay.url))).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  expect(performance.now() - begin).toBeGreaterThanOrEqual(least);
  expect(performance.now() - begin).toBeLessThan(most);
  await expect.poll(() => replay.open, { timeout: 10_000 }).toBe(0);
});

test.each([{ prompt: 'a', messages: [{ role: 'user', content: 'b' }] }, {}, { messages: [] }] as const)(
  '%o is bad_request, and nothing is sent',
  async (half) => {
    const replay = await startReplay({ dialect: 'openai', lines: [] });
    onTestFinished(() => replay.close());
    const events = await generate(providerAt('openai', replay.url), { model: 'm', ...half });
    expect(events).toMatchObject([{ type: 'error', code: 'bad_request' }]);
    expect(replay.requests).toEqual([]);
  },
);

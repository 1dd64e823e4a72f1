import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test, vi } from 'vitest';
import { type LocalReading, readLocal } from '../../src/client/local.ts';
import type { LocalSource } from '../../src/client/types.ts';
import { isTerminal, type StreamEvent } from '../../src/wire/index.ts';

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write('as far as here');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => server.close());

interface Fed {
  readonly events: StreamEvent[];
  /** `seq` of the first event of each feed. */
  readonly fromSeqs: number[];
  ended: boolean;
  readonly reading: LocalReading;
}

/** Reads the source, and folds in whatever is fed at once. */
function read(source: LocalSource, autoApply = true): Fed {
  const fed = { events: [] as StreamEvent[], fromSeqs: [] as number[], ended: false } as Fed & { reading: LocalReading };
  fed.reading = readLocal(source, (fromSeq, events) => {
    fed.fromSeqs.push(fromSeq);
    fed.events.push(...events);
    fed.ended ||= events.some(isTerminal);
    if (autoApply) queueMicrotask(() => fed.reading.applied(fed.events.length));
  });
  return fed;
}

async function finished(source: LocalSource): Promise<StreamEvent[]> {
  const fed = read(source);
  await vi.waitFor(() => expect(fed.ended).toBe(true));
  return fed.events;
}

function textOf(events: readonly StreamEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.delta : '')).join('');
}

async function* answer(...items: (string | StreamEvent)[]): AsyncGenerator<string | StreamEvent> {
  yield* items;
}

function bytes(text: string, size: number): ReadableStream<Uint8Array> {
  const encoded = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= encoded.length) controller.close();
      else controller.enqueue(encoded.slice(at, at + size));
      at += size;
    },
  });
}

const long = 'Zwölf Boxkämpfer 🥊 jagen 漢字 über den Deich. '.repeat(20);

test('[ST7] an async iterable of text and events becomes one proper stream', async () => {
  const events = await finished(answer('Hello, ', { type: 'source', part: 's', url: 'https://example.org/' }, 'world'));
  expect(events.map(({ type }) => type)).toEqual(['start', 'text', 'source', 'text', 'finish']);
  expect(textOf(events)).toBe('Hello, world');
});

test.each([1, 2, 3, 5, 1000])('[ST7] [SQ3] bytes cut every %i are decoded whole, from a stream and from a response', async (size) => {
  expect(textOf(await finished(bytes(long, size)))).toBe(long);
  expect(textOf(await finished(new Response(bytes(long, size))))).toBe(long);
});

const written: StreamEvent[] = [
  { type: 'start', provider: 'p', model: 'm', createdAt: 1 },
  { type: 'text', part: 't', delta: 'Grüße 🎉' },
  { type: 'finish', reason: 'length' },
];

test.each([1, 7, 1000])('[ST7] event streams and NDJSON, cut every %i bytes, carry events', async (size) => {
  const sse = written.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
  expect(await finished(new Response(bytes(`: hi\n\n${sse}data: [DONE]\n\n`, size), { headers }))).toEqual(written);
  const lines = written.map((event) => JSON.stringify(event)).join('\n');
  expect(await finished(new Response(bytes(lines, size), { headers: { 'content-type': 'application/x-ndjson' } }))).toEqual(written);
});

test('[ST7] what is wrong with a source is the error of its stream, and what came before stays', async () => {
  const codeOf = async (source: LocalSource): Promise<unknown> => (await finished(source)).at(-1);
  async function* broken(): AsyncGenerator<string> {
    yield 'before ';
    throw new Error('the model is on fire');
  }
  const events = await finished(broken());
  expect(textOf(events)).toBe('before ');
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'source_failed', message: expect.stringContaining('on fire') });
  expect(await codeOf(answer(7 as unknown as string))).toMatchObject({ code: 'source_failed' });
  const headers = { 'content-type': 'application/x-ndjson' };
  expect(await codeOf(new Response('{"type":', { headers }))).toMatchObject({ code: 'upstream_malformed' });
  expect(await codeOf(new Response('busy', { status: 429, headers: { 'retry-after': '2' } }))).toMatchObject({
    code: 'upstream_rate_limited',
    retryable: true,
    retryAfterMs: 2000,
  });
  const problem = { status: 404, headers: { 'content-type': 'application/problem+json' } };
  expect(await codeOf(new Response(JSON.stringify({ code: 'unknown_channel', detail: 'No such stream.' }), problem))).toMatchObject({
    code: 'unknown_channel',
    message: 'No such stream.',
  });
  const used = new Response('x');
  await used.text();
  expect(await codeOf(used)).toMatchObject({ code: 'source_failed' });
});

test('[ST7] a source is read on only as the page folds in what it gave', async () => {
  let yielded = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      yielded += 1;
      yield `${yielded} `;
    }
  }
  const fed = read(endless(), false);
  await vi.waitFor(() => expect(fed.events.length).toBe(256));
  await new Promise((resolve) => setImmediate(resolve));
  expect(yielded).toBe(255);
  fed.reading.applied(100);
  await vi.waitFor(() => expect(fed.events.length).toBe(356));
  await new Promise((resolve) => setImmediate(resolve));
  expect(yielded).toBe(355);
  fed.reading.cancel();
});

test('[UI6] stopping ends the stream with stopped at once, and the source with it', async () => {
  let returned = false;
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        returned = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const fed = read(source);
  fed.reading.stop();
  expect(fed.events.at(-1)).toEqual({ type: 'stopped', by: 'user' });
  expect(returned).toBe(true);
  let cancelled = false;
  const stream = new ReadableStream<string>({
    cancel() {
      cancelled = true;
    },
  });
  read(stream).reading.stop();
  await vi.waitFor(() => expect(cancelled).toBe(true));
});

test.each<[string, (signal: AbortSignal) => LocalSource | Promise<LocalSource>]>([
  [
    'an iterable that throws what its signal says',
    async function* (signal) {
      yield 'as far as here';
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    } as (signal: AbortSignal) => LocalSource,
  ],
  ['the body of a response', (signal) => fetch(`${origin}/endless`, { signal })],
  ['its stream', async (signal) => (await fetch(`${origin}/endless`, { signal })).body as LocalSource],
])('[ST7] aborted by the app: %s ends with stopped, not with an error', async (_, open) => {
  const controller = new AbortController();
  const fed = read(await open(controller.signal));
  await vi.waitFor(() => expect(textOf(fed.events)).toBe('as far as here'));
  controller.abort();
  await vi.waitFor(() => expect(fed.ended).toBe(true));
  expect(fed.events.at(-1)).toEqual({ type: 'stopped', by: 'user' });
  expect(textOf(fed.events)).toBe('as far as here');
});

test('[ST8] a new receiver is fed what the page has not folded in, under the numbers the page has', async () => {
  const fed = read(answer('a', 'b', 'c'), false);
  await vi.waitFor(() => expect(fed.ended).toBe(true));
  // The page has folded in start and a.
  fed.reading.applied(2);
  fed.events.length = 0;
  fed.fromSeqs.length = 0;
  fed.reading.resume(2);
  expect(fed.events.map((event) => (event.type === 'text' ? event.delta : event.type))).toEqual(['b', 'c', 'finish']);
  expect(fed.fromSeqs).toEqual([3]);
});

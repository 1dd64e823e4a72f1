import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { produce } from '../../../server/relay/producer.ts';
import type { StreamEvent } from '../../../src/wire/index.ts';

const start = { type: 'start', provider: 'source', model: 'm', createdAt: 1 } as const;

async function collect(source: AsyncIterable<StreamEvent>, signal: AbortSignal = new AbortController().signal): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  await produce(source, start, { append: (event) => events.push(event) }, signal);
  return events;
}

async function* from(events: readonly unknown[]): AsyncGenerator<StreamEvent> {
  for (const event of events) yield event as StreamEvent;
}

const text = (delta: string, part = 't0'): StreamEvent => ({ type: 'text', part, delta });
const finish: StreamEvent = { type: 'finish', reason: 'stop' };

test('[SQ1] start comes first, whether or not the producer sends it', async () => {
  expect(await collect(from([text('a'), finish]))).toEqual([start, text('a'), finish]);
  expect(await collect(from([{ type: 'start', provider: 'openai', model: 'x', createdAt: 9 }, finish]))).toEqual([
    { type: 'start', provider: 'openai', model: 'x', createdAt: 1 },
    finish,
  ]);
});

test('[SQ2] one terminal event: the first counts, none becomes finish, a throw becomes error', async () => {
  expect(await collect(from([finish, text('late'), { type: 'stopped', by: 'server' }]))).toEqual([start, finish]);
  expect(await collect(from([text('a')]))).toEqual([start, text('a'), finish]);
  async function* broken(): AsyncGenerator<StreamEvent> {
    yield text('a');
    throw new Error('secret detail');
  }
  const events = await collect(broken());
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'source_failed' });
  expect(JSON.stringify(events)).not.toContain('secret detail');
});

test('[SQ2] a source that cannot begin, or cannot be left, fails as one that throws later', async () => {
  const thrown = (): never => {
    throw new Error('broken');
  };
  const failed = [start, expect.objectContaining({ type: 'error', code: 'source_failed' })];
  expect(await collect({ [Symbol.asyncIterator]: thrown })).toEqual(failed);
  const unleavable = (next: () => Promise<IteratorResult<StreamEvent>>): AsyncIterable<StreamEvent> => ({
    [Symbol.asyncIterator]: () => ({ next, return: thrown }),
  });
  expect(await collect(unleavable(() => Promise.reject(new Error('broken'))))).toEqual(failed);
  expect(await collect(unleavable(() => Promise.resolve({ done: false, value: finish })))).toEqual([start, finish]);
  const abort = new AbortController();
  const reading = collect(
    unleavable(() => new Promise((resolve) => abort.signal.addEventListener('abort', () => resolve({ done: true, value: undefined })))),
    abort.signal,
  );
  abort.abort();
  expect(await reading).toEqual([]);
});

test('[SQ3] deltas are whole and never empty, wherever the source cuts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), fc.infiniteStream(fc.nat(3)), async (whole, cuts) => {
      const deltas: StreamEvent[] = [];
      for (let at = 0; at < whole.length; ) {
        const length = cuts.next().value as number;
        deltas.push(text(whole.slice(at, at + length)));
        at += length;
      }
      const events = (await collect(from([...deltas, finish]))).filter((event) => event.type === 'text');
      expect(events.map((event) => event.delta).join('')).toBe(whole);
      for (const { delta } of events) {
        expect(delta).not.toBe('');
        expect(delta.isWellFormed()).toBe(true);
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('[SQ3] a half pair that never gets its other becomes U+FFFD in its place', async () => {
  expect(await collect(from([text('a\ud83d', 'x'), text('b', 'y'), finish]))).toEqual([
    start,
    text('a', 'x'),
    text('\ufffd', 'x'),
    text('b', 'y'),
    finish,
  ]);
});

test('[SQ4] a text part that is returned to gets a part of its own', async () => {
  const events = await collect(from([text('a', 'x'), text('b', 'y'), text('c', 'x'), text('d', 'x'), text('e', 'y'), finish]));
  const parts = events.flatMap((event) => (event.type === 'text' ? [`${event.part}:${event.delta}`] : []));
  expect(parts).toEqual(['x:a', 'y:b', 'x~2:c', 'x~2:d', 'y~2:e']);
});

describe('a source that breaks its contract ends with source_failed, and what it had sent stays', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  test.each([
    ['no object', 7],
    ['unknown type', { type: 'nope' }],
    ['delta is no string', { type: 'text', part: 't0', delta: 1 }],
    ['a date as data', { type: 'data', name: 'd', value: new Date(0) }],
    ['not a number', { type: 'data', name: 'd', value: Number.NaN }],
    ['circular data', { type: 'data', name: 'd', value: circular }],
    ['a function as result', { type: 'tool-result', part: 'c', result: () => 1 }],
    ['negative usage', { type: 'usage', inputTokens: -1, outputTokens: 0 }],
    ['unknown reason', { type: 'finish', reason: 'because' }],
  ])('%s', async (_name, event) => {
    const events = await collect(from([text('kept'), event, text('never')]));
    expect(events.slice(0, 2)).toEqual([start, text('kept')]);
    expect(events.slice(2)).toEqual([expect.objectContaining({ type: 'error', code: 'source_failed', retryable: false })]);
  });
});

test('[RL5] after an abort nothing is appended and the source is told', async () => {
  const abort = new AbortController();
  let returned = false;
  const source: AsyncIterable<StreamEvent> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        abort.abort();
        return { done: false, value: text('late') };
      },
      return: async () => {
        returned = true;
        return { done: true, value: undefined };
      },
    }),
  };
  expect(await collect(source, abort.signal)).toEqual([]);
  expect(returned).toBe(true);
});

import { expect, test, vi } from 'vitest';
import { createStreamStore, type StreamStore } from '../../src/store/index.ts';
import type { LogEntry, StreamEvent } from '../../src/wire/index.ts';
import type { StreamChange } from '../../src/worker/messages.ts';

function entries(fromSeq: number, ...events: StreamEvent[]): LogEntry[] {
  return events.map((event, index) => ({ fromSeq: fromSeq + index, seq: fromSeq + index, at: 0, event }));
}

function text(delta: string): StreamEvent {
  return { type: 'text', part: 't', delta };
}

function change(key: number, list: readonly LogEntry[], more: Partial<StreamChange> = {}): StreamChange {
  return { key, epoch: 'e', entries: list, receivedAt: 0, ...more };
}

function makeStore(bounds: { maxIdleStreams?: number; maxIdleBytes?: number } = {}): { store: StreamStore; evicted: number[] } {
  const evicted: number[] = [];
  const store = createStreamStore({
    maxIdleStreams: 100,
    maxIdleBytes: 1_000_000,
    ...bounds,
    onEvict: (key) => evicted.push(key),
    now: () => 42,
  });
  return { store, evicted };
}

function finished(store: StreamStore, key: number, answer: string): void {
  store.create(key, `s${key}`);
  store.apply([change(key, entries(1, text(answer), { type: 'finish', reason: 'stop' }))]);
}

test('[ST2] one patch over many streams is one change of the state, and one call of each listener', () => {
  const { store } = makeStore();
  const calls: string[] = [];
  for (const key of [1, 2, 3]) {
    store.create(key, `s${key}`);
    store.subscribe(key, () => calls.push(`${key}:${store.get(key)?.text}`));
  }
  const states = vi.fn();
  store.state.subscribe(states);
  store.apply([1, 2, 3].map((key) => change(key, entries(1, text('a'), text('b')))));
  expect(states).toHaveBeenCalledTimes(1);
  expect(calls).toEqual(['1:ab', '2:ab', '3:ab']);
  store.apply([change(2, entries(3, text('c')))]);
  expect(states).toHaveBeenCalledTimes(1);
  expect(calls.at(-1)).toBe('2:abc');
  expect(store.get(2)?.firstTextAt).toBe(42);
});

test('[ST2] a listener that throws is reported and stops neither the others nor the patch', () => {
  const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { store } = makeStore();
  const seen = vi.fn();
  store.create(1, 's');
  store.subscribe(1, () => {
    throw new Error('of the app');
  });
  store.subscribe(1, seen);
  store.apply([change(1, entries(1, text('a')))]);
  expect(seen).toHaveBeenCalledTimes(1);
  expect(reported).toHaveBeenCalledTimes(1);
  reported.mockRestore();
});

test('[ST5] a snapshot replaces the parts as a whole, once it is complete', () => {
  const { store } = makeStore();
  const record = store.create(1, 's');
  store.apply([change(1, entries(1, text('one '), text('two ')))]);
  const first = record.parts[0];
  store.apply([change(1, entries(1, text('one ')), { epoch: 'f', reset: { snapshotSeq: 3 } })]);
  expect([record.text.toString(), record.generation, record.parts[0] === first]).toEqual(['one two ', 0, true]);
  expect(store.cursor(1)).toEqual({ epoch: 'f', afterSeq: 1 });
  store.apply([change(1, entries(2, text('two '), text('three '), text('four')), { epoch: 'f' })]);
  expect([record.text.toString(), record.generation, record.seq]).toEqual(['one two three four', 1, 4]);
  expect(record.summary.epoch).toBe('f');
});

test('[ST5] a stream that breaks off within its snapshot shows what there is', () => {
  const { store } = makeStore();
  const record = store.create(1, 's');
  store.apply([change(1, entries(1, text('one '), text('two ')))]);
  const broken = { type: 'error', code: 'bad_frame', message: 'It is given up.', retryable: false } as const;
  store.apply([change(1, entries(1, text('new '), broken), { epoch: 'f', reset: { snapshotSeq: 9 } })]);
  expect([record.text.toString(), record.generation, record.summary.status]).toEqual(['new ', 1, 'failed']);
});

test('[SQ10] what comes twice is folded in once', () => {
  const { store } = makeStore();
  const record = store.create(1, 's');
  store.apply([change(1, entries(1, text('one '), text('two ')))]);
  store.apply([change(1, entries(2, text('two '), text('three')))]);
  expect([record.text.toString(), record.seq]).toEqual(['one two three', 3]);
});

test('[SQ9] a stream that is gone fails with unknown_channel; one that has ended stays as it is', () => {
  const { store } = makeStore();
  store.create(1, 's1');
  finished(store, 2, 'kept');
  store.apply([change(1, [], { gone: true }), change(2, [], { gone: true })]);
  expect(store.state.getState().streams.get(1)).toMatchObject({ status: 'failed', error: { code: 'unknown_channel' } });
  expect(store.state.getState().streams.get(2)).toMatchObject({ status: 'done', error: undefined });
});

test('[ST6] idle streams leave by count, the longest idle first; shown ones never do', () => {
  const { store, evicted } = makeStore({ maxIdleStreams: 2 });
  for (const key of [1, 2, 3, 4]) finished(store, key, 'x');
  for (const key of [2, 1, 3]) store.setIdle(key);
  expect(evicted).toEqual([2]);
  store.setShown(1);
  store.setIdle(1);
  store.setIdle(4);
  expect(evicted).toEqual([2, 3]);
  expect([...store.state.getState().streams.keys()]).toEqual([1, 4]);
});

test('[ST6] idle streams leave by bytes, also when one grows while it is idle', () => {
  const { store, evicted } = makeStore({ maxIdleBytes: 100 });
  finished(store, 1, 'x'.repeat(30));
  store.create(2, undefined);
  store.setIdle(1);
  store.setIdle(2);
  store.apply([change(2, entries(1, text('y'.repeat(20))))]);
  expect(evicted).toEqual([]);
  store.apply([change(2, entries(2, text('y')))]);
  expect(evicted).toEqual([1]);
  store.apply([change(1, entries(3, text('of a stream that left')))]);
  expect(store.get(1)).toBeUndefined();
});

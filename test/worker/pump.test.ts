import { expect, test } from 'vitest';
import { StreamBuffer } from '../../src/worker/buffer.ts';
import { batch, entry, text } from './entries.ts';
import { Reader } from './reader.ts';

/** `count` streams, answered, whose first text the page has applied. */
function running(count: number, options: ConstructorParameters<typeof Reader>[0] = {}): Reader {
  const reader = new Reader(options);
  for (let key = 1; key <= count; key += 1) reader.attach(key);
  reader.greet();
  for (let key = 1; key <= count; key += 1) {
    reader.answer(key, 'live');
    reader.batches(key, batch([text(1)]));
  }
  reader.drain();
  reader.patches.length = 0;
  return reader;
}

test('[ST1] at most one patch is unacknowledged; what arrives meanwhile is merged into the next', () => {
  const reader = running(2);
  reader.batches(1, batch([text(2)]));
  reader.clock.advance(16);
  expect(reader.patches.length).toBe(1);
  reader.batches(1, batch([text(3)]), batch([text(4)]));
  reader.batches(2, batch([text(2)]));
  reader.clock.advance(10_000);
  expect(reader.patches.length).toBe(1);
  reader.applied();
  expect(reader.patches.length).toBe(2);
  expect(reader.patches[1]?.changes).toMatchObject([
    { key: 1, entries: [{ fromSeq: 3, seq: 4, event: { delta: '3 4 ' } }] },
    { key: 2, entries: [{ fromSeq: 2, seq: 2 }] },
  ]);
});

test('[ST1] an acknowledgement of another patch is ignored', () => {
  const reader = running(1);
  reader.batches(1, batch([text(2)]));
  reader.clock.advance(16);
  reader.batches(1, batch([text(3)]));
  reader.pump.applied(0);
  reader.clock.advance(1_000);
  expect(reader.patches.length).toBe(1);
});

test('[ST1] patches keep the interval of a frame, and one carries all streams', () => {
  const reader = running(3);
  // After a pause the first leaves at once.
  reader.batches(1, batch([text(2)]));
  reader.applied();
  for (let key = 1; key <= 3; key += 1) reader.batches(key, batch([text(key === 1 ? 3 : 2)]));
  reader.clock.advance(15);
  expect(reader.patches.length).toBe(1);
  reader.clock.advance(1);
  expect(reader.patches.map(({ changes }) => changes.length)).toEqual([1, 3]);
});

test('[ST4] the first output of a stream leaves at once', () => {
  const reader = running(1, { patchIntervalMs: 1_000, maxStalenessMs: 1_000 });
  reader.attach(2);
  reader.answer(2, 'live');
  reader.batches(2, batch([entry(1, { type: 'start', provider: 'p', model: 'm', createdAt: 0 })]));
  expect(reader.patches).toEqual([]);
  reader.batches(2, batch([text(2)]));
  expect(reader.patches.map(({ changes }) => changes.map(({ key }) => key))).toEqual([[2]]);
});

test('[ST4] [ST5] so does the first of a snapshot, and that a stream is gone', () => {
  const reader = running(2, { patchIntervalMs: 1_000, maxStalenessMs: 1_000 });
  reader.answer(1, 'reset', { seq: 2 });
  expect(reader.patches).toEqual([]);
  reader.batches(1, batch([text(1)]));
  expect(reader.patches.at(-1)?.changes).toMatchObject([{ key: 1, reset: { snapshotSeq: 2 }, entries: [{ seq: 1 }] }]);
  reader.drain();
  reader.attach(3);
  reader.batches(2, batch([text(2)]));
  const { length } = reader.patches;
  reader.applied();
  reader.answer(3, 'gone');
  expect(reader.patches.slice(length).flatMap(({ changes }) => changes)).toMatchObject([{ key: 2 }, { key: 3, gone: true }]);
});

test('[ST4] the end of a stream leaves at once, with its status', () => {
  const reader = running(1, { patchIntervalMs: 1_000, maxStalenessMs: 1_000 });
  reader.batches(1, batch([text(2), entry(3, { type: 'stopped', by: 'user' })]));
  expect(reader.patches.at(-1)?.changes).toMatchObject([{ status: 'stopped' }]);
});

test('[ST4] a full buffer leaves at once', () => {
  const reader = running(1, { patchIntervalMs: 1_000, maxStalenessMs: 1_000, maxBufferBytes: 500 });
  reader.batches(1, batch([text(2)], 499));
  expect(reader.patches).toEqual([]);
  reader.batches(1, batch([text(3)], 1));
  expect(reader.patches.length).toBe(1);
});

test('[ST4] nothing waits longer than the staleness allowed while the page keeps up', () => {
  const reader = running(1, { patchIntervalMs: 5_000, maxStalenessMs: 150 });
  reader.batches(1, batch([text(2)]));
  reader.drain();
  reader.patches.length = 0;
  reader.batches(1, batch([text(3)]));
  reader.clock.advance(100);
  reader.batches(1, batch([text(4)]));
  reader.clock.advance(49);
  expect(reader.patches).toEqual([]);
  reader.clock.advance(1);
  expect(reader.patches.length).toBe(1);
});

test('[ST1] a busy page costs memory for the text, not for its pieces', () => {
  const reader = running(1, { maxBufferBytes: 100 });
  reader.batches(1, batch([text(2)], 100));
  for (let seq = 3; seq < 5_000; seq += 1) reader.batches(1, batch([text(seq)], 5));
  reader.applied();
  expect(reader.patches.at(-1)?.changes[0]?.entries).toMatchObject([{ fromSeq: 3, seq: 4_999 }]);
  expect(reader.text(1).startsWith('2 3 4 ')).toBe(true);
  expect(reader.text(1).endsWith('4998 4999 ')).toBe(true);
});

test.for(['text', 'data'] as const)('[ST1] what waits is merged now and then, not with each that comes: %s', (type) => {
  const buffer = new StreamBuffer(1, 100, true);
  let looked = 0;
  const data = { type: 'data', name: 'n', value: 1 } as const;
  for (let seq = 1; seq <= 5_000; seq += 1) {
    const { event } = text(seq);
    const counted = {
      ...text(seq),
      get event() {
        looked += 1;
        return type === 'text' ? event : data;
      },
    };
    buffer.push([counted], 100, undefined, 0);
  }
  expect(looked).toBeLessThan(20 * 5_000);
  looked = 0;
  buffer.take('e1');
  if (type === 'text') expect(looked).toBeLessThan(2_000);
});

test('[ST1] a stream that is left is in no later patch, and no timer stays behind', () => {
  const reader = running(2);
  reader.batches(2, batch([text(2)]));
  reader.applied();
  reader.batches(1, batch([text(2)]));
  reader.batches(2, batch([text(3)]));
  reader.subscriptions.detach(1);
  reader.clock.advance(16);
  expect(reader.patches.map(({ changes }) => changes.map(({ key }) => key))).toEqual([[2], [2]]);
  reader.applied();
  reader.batches(2, batch([text(4)]));
  expect(reader.clock.timers).toBe(1);
  reader.pump.close();
  expect(reader.clock.timers).toBe(0);
});

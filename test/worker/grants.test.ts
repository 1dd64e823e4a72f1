import { expect, test } from 'vitest';
import { creditWindowDefaults } from '../../src/wire/index.ts';
import { batch, entry, text } from './entries.ts';
import { Reader } from './reader.ts';

const { initialBytes, idleMs } = creditWindowDefaults;

/** The limits a new connection states: of the connection, then of each subscription. */
function reconnect(reader: Reader): number[] {
  reader.subscriptions.down();
  reader.sent();
  const { credit, frames } = reader.subscriptions.greet();
  return [credit, ...frames.filter((frame) => frame.type === 'subscribe').map((frame) => frame.credit)];
}

/** Streams `1` to `count`, answered; the page does not take anything by itself. */
function following(count = 1): Reader {
  const reader = new Reader();
  for (let key = 1; key <= count; key += 1) reader.attach(key);
  reader.greet();
  for (let key = 1; key <= count; key += 1) reader.answer(key, 'live');
  return reader;
}

test('[CR10] what the page owes counts against the windows of the next connection, and what it then takes raises them', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], 10_000), batch([text(2)], 20_000));
  expect(reconnect(reader)).toEqual([4 * initialBytes - 30_000, initialBytes - 30_000]);
  reader.answer(2, 'live');
  reader.drain();
  // Counted from the new connection's zero. The connection's own has not risen by a quarter of its window.
  expect(reader.credits().at(-1)).toMatchObject({
    connectionLimit: 4 * initialBytes - 30_000,
    grants: [{ subscription: 2, limit: initialBytes, appliedSeq: 2 }],
  });
});

test('[CR10] a stream that owes its whole window, and more, is subscribed without credit, and has it when the page takes that', () => {
  const reader = following(2);
  reader.batches(1, batch([text(1)], initialBytes - 1), batch([text(2)], 16_000));
  for (let connection = 0; connection < 3; connection += 1) {
    expect(reconnect(reader)).toEqual([3 * initialBytes - 15_999, 0, initialBytes]);
  }
  reader.drain();
  expect(reader.credits().at(-1)?.grants[0]?.limit).toBeGreaterThanOrEqual(initialBytes);
  reader.clock.advance(2 * idleMs);
  expect(reconnect(reader)).toEqual([4 * initialBytes, initialBytes, initialBytes]);
});

test('[CR10] a page that takes everything between two connections has its whole windows in the next', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], 40_000));
  reader.subscriptions.down();
  reader.drain();
  expect(reader.sent()).toEqual([]);
  expect(reconnect(reader)).toEqual([4 * initialBytes, initialBytes]);
});

test('[CR10] [CR5] a window keeps its size from one connection to the next, unless there was silence', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], initialBytes));
  reader.applied();
  reader.batches(1, batch([text(2)], 2 * initialBytes));
  reader.clock.advance(200);
  reader.applied();
  expect(reconnect(reader)[1]).toBe(4 * initialBytes);
  reader.answer(2, 'live');
  reader.batches(2, batch([text(3)], 3 * initialBytes));
  expect(reconnect(reader)[1]).toBe(initialBytes);
  // By now it owes more than the window it begins with.
  reader.clock.advance(2 * idleMs);
  expect(reconnect(reader)[1]).toBe(0);
  reader.drain();
  expect(reader.credits().at(-1)?.grants).toMatchObject([{ subscription: 4, appliedSeq: 3 }]);
});

test('[CR10] a stream that was left while the page had not taken it is owed by the connection alone', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], 30_000));
  expect(reader.patches).toHaveLength(1);
  reader.subscriptions.detach(1);
  reader.attach(9, 'stream:1');
  expect(reader.subscribes()).toMatchObject([{ subscription: 2, channel: 'stream:1', credit: initialBytes }]);
  expect(reconnect(reader)).toEqual([4 * initialBytes - 30_000, initialBytes]);
  reader.applied();
  expect(reconnect(reader)).toEqual([4 * initialBytes, initialBytes]);
});

test('[CR10] a stream read again on the same connection has no second window', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], 30_000), batch([text(5)], 5_000));
  // What did not fit is given back at once.
  expect(reader.subscribes()).toMatchObject([{ subscription: 2, afterSeq: 1, credit: initialBytes - 30_000 }]);
});

test('[CR10] [SQ8] a snapshot drops what waits and gives it back; what is on its way to the page is still owed', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], 10_000));
  reader.batches(1, batch([text(2)], 30_000));
  expect(reconnect(reader)[1]).toBe(initialBytes - 40_000);
  reader.answer(2, 'reset', { epoch: 'e2', seq: 1 });
  expect(reader.credits().at(-1)?.grants).toMatchObject([{ limit: initialBytes - 10_000, appliedSeq: 0 }]);
  reader.applied();
  // The old epoch's numbers say nothing about the new one.
  for (const { grants } of reader.credits()) for (const { appliedSeq } of grants) expect(appliedSeq).toBe(0);
});

test('[CR10] [SQ8] snapshots one after the other, none of which the page takes, make no window larger', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], 1_000));
  for (let connection = 2; connection < 12; connection += 1) {
    const [, credit = 0] = reconnect(reader);
    reader.answer(connection, 'reset', { epoch: `e${connection}`, seq: 1 });
    const grant = reader.credits().at(-1)?.grants[0];
    const limit = Math.max(credit, grant?.limit ?? 0);
    expect(limit).toBeGreaterThan(0);
    expect(limit).toBeLessThanOrEqual(initialBytes - 1_000);
    reader.batches(connection, batch([text(1)], limit));
  }
});

test('[CR10] [SQ9] without credit a stream still learns that it is gone', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], 2 * initialBytes));
  expect(reconnect(reader)[1]).toBe(0);
  reader.answer(2, 'gone', { epoch: '' });
  reader.drain();
  expect(reader.patches.at(-1)?.changes).toMatchObject([{ key: 1, gone: true }]);
});

test('[CR10] [CN22] over WebTransport nobody is asked again while the page owes, also for a stream that was left', () => {
  const reader = new Reader();
  reader.attach(1);
  reader.attach(2);
  reader.greet(true);
  for (const key of [1, 2]) reader.answer(key, 'live');
  reader.batches(1, batch([text(1)], 4 * initialBytes));
  reader.subscriptions.detach(1);
  reader.clock.advance(60_000);
  expect(reader.subscribes()).toEqual([]);
  reader.applied();
  reader.clock.advance(5_000);
  expect(reader.subscribes()).toMatchObject([{ channel: 'stream:2' }]);
});

test('[CR10] an end that came with the last of the window is settled, and leaves nothing owed', () => {
  const reader = following(2);
  reader.batches(1, batch([text(1), entry(2, { type: 'finish', reason: 'stop' })], initialBytes));
  expect(reconnect(reader)).toEqual([3 * initialBytes, initialBytes]);
  reader.drain();
  reader.clock.advance(2 * idleMs);
  expect(reconnect(reader)).toEqual([4 * initialBytes, initialBytes]);
});

test('[CR10] what overtook its answer is given back where the connection ends before that', () => {
  const reader = following();
  expect(reconnect(reader)).toEqual([4 * initialBytes, initialBytes]);
  for (let subscription = 2; subscription < 12; subscription += 1) {
    reader.batches(subscription, batch([text(1)], 40_000));
    expect(reconnect(reader)).toEqual([4 * initialBytes, initialBytes]);
  }
});

test('[CR10] what is dropped unseen makes no window larger', () => {
  const reader = following();
  // Each is what the reader has already.
  reader.batches(1, batch([text(1)], 100));
  reader.drain();
  for (let index = 0; index < 20; index += 1) reader.batches(1, batch([text(1)], 20_000));
  reader.batches(1, batch([text(2)], 100));
  reader.drain();
  expect(reconnect(reader)).toEqual([4 * initialBytes, initialBytes]);
});

test('[CR10] [SQ10] of what overtook its answer, what follows a fault is given back, too', () => {
  const reader = following();
  reconnect(reader);
  // The page's first event is missing: the stream is read again, under the next number.
  reader.batches(2, batch([text(2)], 20_000), batch([text(3)], 20_000));
  reader.answer(2, 'live');
  reader.drain();
  expect(reconnect(reader)).toEqual([4 * initialBytes, initialBytes]);
});

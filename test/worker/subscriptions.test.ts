import { describe, expect, test, vi } from 'vitest';
import { creditWindowDefaults } from '../../src/wire/index.ts';
import { batch, entry, text } from './entries.ts';
import { Reader } from './reader.ts';

/** A reader of one stream, answered. */
function following(): Reader {
  const reader = new Reader();
  reader.attach(1);
  reader.greet();
  reader.answer(1, 'live');
  return reader;
}

test('[SQ10] what is at or below the mark is dropped', () => {
  const reader = following();
  reader.batches(1, batch([text(1), text(2)]), batch([text(1), text(2)]), batch([text(2)]), batch([text(3)]));
  reader.drain();
  expect(reader.text(1)).toBe('1 2 3 ');
  expect(reader.subscribes()).toEqual([]);
});

test('[SQ10] a gap is a fault: the stream is read again from its mark, under a new subscription', () => {
  const reader = following();
  reader.batches(1, batch([text(1, 2)]));
  reader.sent();
  reader.batches(1, batch([text(4)]));
  expect(reader.sent()).toMatchObject([
    { type: 'unsubscribe', subscription: 1 },
    { type: 'subscribe', subscription: 2, channel: 'stream:1', epoch: 'e1', afterSeq: 2 },
  ]);
  // What is still on its way under the old one has no effect.
  reader.batches(1, batch([text(3)]));
  reader.answer(2, 'recovered', { seq: 2, recovered: 2 });
  reader.batches(2, batch([text(3, 4)]));
  reader.drain();
  expect(reader.text(1)).toBe('1 2 3 4 ');
});

test('[SQ10] a batch that straddles the mark is a fault, too', () => {
  const reader = following();
  reader.batches(1, batch([text(1, 3)]));
  reader.batches(1, batch([text(2, 5)]));
  expect(reader.subscribes()).toMatchObject([{ subscription: 2, afterSeq: 3 }]);
});

test('[SQ10] a relay that never gets it right ends the stream with an error, not with a loop', () => {
  const reader = following();
  for (let subscription = 1; subscription < 10; subscription += 1) {
    reader.batches(subscription, batch([text(7)]));
    reader.answer(subscription + 1, 'live');
  }
  expect(reader.subscribes().length).toBe(4);
  reader.drain();
  expect(reader.patches.at(-1)?.changes).toMatchObject([{ key: 1, status: 'failed', entries: [{ event: { code: 'bad_frame' } }] }]);
});

test('[SQ6] [CN12] batches that overtake the answer wait for it', () => {
  const reader = new Reader();
  reader.attach(1);
  reader.greet();
  reader.batches(1, batch([text(1)]));
  reader.clock.advance(1_000);
  expect(reader.patches).toEqual([]);
  reader.answer(1, 'live');
  reader.drain();
  expect(reader.text(1)).toBe('1 ');
});

test('[SQ8] [ST5] a reset drops what was buffered and received, and the snapshot follows', () => {
  const reader = following();
  reader.batches(1, batch([text(1)]));
  reader.drain();
  reader.batches(1, batch([text(2, 5)]));
  reader.subscriptions.down();
  expect(reader.greet()).toMatchObject([{ type: 'subscribe', epoch: 'e1', afterSeq: 5 }]);
  reader.batches(2, batch([text(1, 9)]));
  reader.answer(2, 'reset', { epoch: 'e2', seq: 9 });
  reader.drain();
  expect(reader.patches.at(-1)?.changes).toMatchObject([{ key: 1, epoch: 'e2', reset: { snapshotSeq: 9 } }]);
  expect(reader.text(1)).toBe(`${[1, 2, 3, 4, 5, 6, 7, 8, 9].join(' ')} `);
});

test('[SQ8] a running subscription may be answered with a reset', () => {
  const reader = following();
  reader.batches(1, batch([text(1)]));
  reader.answer(1, 'reset', { seq: 3 });
  reader.batches(1, batch([text(1, 3)]));
  reader.drain();
  expect(reader.text(1)).toBe('1 2 3 ');
  expect(reader.subscribes()).toEqual([]);
});

test('[SQ7] [SQ8] what comes of another epoch, said to go on, is never joined to what there is: it is asked for from the beginning', () => {
  const reader = following();
  reader.batches(1, batch([text(1, 5)]));
  reader.drain();
  reader.subscriptions.down();
  reader.greet();
  reader.answer(2, 'recovered', { epoch: 'e2', seq: 5, recovered: 1 });
  reader.batches(2, batch([text(6)]));
  expect(reader.sent()).toMatchObject([
    { type: 'unsubscribe', subscription: 2 },
    { type: 'subscribe', subscription: 3, epoch: undefined, afterSeq: 0 },
  ]);
  reader.answer(3, 'recovered', { epoch: 'e2', recovered: 2 });
  reader.batches(3, batch([text(1, 2)]));
  reader.drain();
  expect(reader.text(1)).toBe('1 2 ');
});

test('[SQ10] faults with events between them are no reason to give a stream up', () => {
  const reader = following();
  for (let seq = 1; seq <= 10; seq += 1) {
    reader.batches(seq, batch([text(seq)]));
    reader.batches(seq, batch([text(seq + 2)]));
    reader.answer(seq + 1, 'live');
  }
  reader.drain();
  expect(reader.text(1)).toBe('1 2 3 4 5 6 7 8 9 10 ');
  expect(reader.patches.flatMap(({ changes }) => changes).every(({ status }) => status === undefined)).toBe(true);
});

test('[SQ9] gone is told, keeps what had arrived, and is not asked for again', () => {
  const reader = following();
  reader.batches(1, batch([text(1)]));
  reader.subscriptions.down();
  reader.greet();
  reader.answer(2, 'gone', { epoch: '' });
  reader.drain();
  expect(reader.text(1)).toBe('1 ');
  expect(reader.patches.at(-1)?.changes).toMatchObject([{ key: 1, gone: true }]);
  reader.subscriptions.down();
  expect(reader.greet()).toEqual([]);
});

test('[SQ12] a stream that has ended is not subscribed again, and gets no more credit of its own', () => {
  const reader = following();
  reader.batches(1, batch([text(1), entry(2, { type: 'finish', reason: 'stop' })], 40_000));
  reader.drain();
  expect(reader.patches.flatMap(({ changes }) => changes).at(-1)?.status).toBe('done');
  for (const { grants } of reader.credits()) expect(grants).toEqual([]);
  reader.subscriptions.down();
  expect(reader.greet()).toEqual([]);
});

test('[CN16] every stream resumes from its own cursor, under numbers never used before', () => {
  const reader = new Reader();
  reader.attach(1);
  reader.attach(2, 'stream:2', { epoch: 'e7', afterSeq: 40 });
  expect(reader.greet()).toMatchObject([
    { subscription: 1, channel: 'stream:1', epoch: undefined, afterSeq: 0 },
    { subscription: 2, channel: 'stream:2', epoch: 'e7', afterSeq: 40 },
  ]);
  reader.answer(1, 'live');
  reader.batches(1, batch([text(1, 8)]));
  reader.subscriptions.down();
  expect(reader.greet()).toMatchObject([
    { subscription: 3, channel: 'stream:1', epoch: 'e1', afterSeq: 8 },
    { subscription: 4, channel: 'stream:2', epoch: 'e7', afterSeq: 40 },
  ]);
});

test('[CR5] credit is granted for what the page has applied, not for what has arrived', () => {
  const reader = following();
  reader.batches(1, batch([text(1)], 20_000), batch([text(2)], 20_000));
  reader.clock.advance(1_000);
  expect(reader.credits()).toEqual([]);
  reader.applied();
  reader.drain();
  const grant = reader.credits().at(-1)?.grants[0];
  expect(grant).toMatchObject({ subscription: 1, appliedSeq: 2 });
  expect(grant?.limit).toBe(40_000 + creditWindowDefaults.initialBytes);
});

test('[CR5] bytes nobody will apply are given back at once', () => {
  const reader = following();
  const initial = reader.subscriptions.greet().credit;
  // Answered under the new connection's number.
  reader.answer(2, 'live');
  reader.batches(99, batch([text(1)], initial));
  expect(reader.credits().at(-1)).toMatchObject({ connectionLimit: 2 * initial, grants: [] });
  reader.batches(2, batch([text(1, 3)], 10));
  reader.batches(2, batch([text(1, 3)], creditWindowDefaults.initialBytes));
  expect(reader.credits().at(-1)?.grants).toMatchObject([{ subscription: 2 }]);
});

test('[CR5] what was buffered when a stream is left is given back to the connection', () => {
  const reader = new Reader({ maxBufferBytes: 1_000_000 });
  reader.attach(1);
  const { credit } = reader.subscriptions.greet();
  reader.answer(1, 'live');
  reader.batches(1, batch([text(1)], 10));
  // The first patch is out and unacknowledged: this one waits.
  reader.batches(1, batch([text(2)], credit));
  reader.sent();
  reader.subscriptions.detach(1);
  reader.settled();
  expect(reader.sent()).toMatchObject([{ type: 'unsubscribe', subscription: 1 }, { type: 'credit' }]);
});

test('[CN4] [CN6] a subscription refused for good ends its stream with the code, and no other', () => {
  const reader = new Reader();
  reader.attach(1);
  reader.attach(2);
  reader.greet();
  reader.answer(2, 'live');
  reader.subscriptions.receive({ type: 'error', code: 'forbidden', message: 'Not yours.', retryable: false, subscription: 1 });
  reader.settled();
  expect(reader.patches.at(-1)?.changes).toMatchObject([
    { key: 1, status: 'failed', entries: [{ event: { type: 'error', code: 'forbidden', message: 'Not yours.' } }] },
  ]);
  reader.batches(2, batch([text(1)]));
  reader.drain();
  expect(reader.text(2)).toBe('1 ');
});

test('[CN4] a subscription refused for the moment is asked for again, later', () => {
  const reader = new Reader();
  reader.attach(1);
  reader.greet();
  reader.subscriptions.receive({ type: 'error', code: 'rate_limited', message: '', retryable: true, retryAfterMs: 500, subscription: 1 });
  reader.settled();
  reader.clock.advance(500);
  expect(reader.sent()).toEqual([]);
  reader.clock.advance(1_000);
  expect(reader.subscribes()).toMatchObject([{ subscription: 2, channel: 'stream:1' }]);
});

test.for([
  [5_000, 5_000],
  [3_600_000, 60_000],
] as const)('[CN4] refused for %i ms, it is asked for again not before %i ms', ([retryAfterMs, waitsMs]) => {
  const reader = new Reader();
  reader.attach(1);
  reader.greet();
  reader.subscriptions.receive({ type: 'error', code: 'rate_limited', message: '', retryable: true, retryAfterMs, subscription: 1 });
  reader.settled();
  reader.clock.advance(waitsMs - 1);
  expect(reader.sent()).toEqual([]);
  reader.clock.advance(2_001);
  expect(reader.subscribes()).toMatchObject([{ subscription: 2, channel: 'stream:1' }]);
});

test('[CN6] what finds no channel where none is in use asks again, or fails: nothing would become free for it', () => {
  const reader = new Reader();
  reader.attach(1);
  reader.greet();
  reader.subscriptions.receive({ type: 'error', code: 'too_many_channels', message: 'None.', retryable: false, subscription: 1 });
  reader.settled();
  expect(reader.patches.at(-1)?.changes).toMatchObject([{ key: 1, status: 'failed' }]);
});

test('[CN6] a stream that is left leaves its channel to one that waits', () => {
  const reader = new Reader();
  reader.attach(1);
  reader.attach(2);
  reader.greet();
  reader.answer(1, 'live');
  reader.subscriptions.receive({ type: 'error', code: 'too_many_channels', message: '', retryable: false, subscription: 2 });
  reader.sent();
  reader.subscriptions.detach(1);
  reader.settled();
  expect(reader.subscribes()).toMatchObject([{ subscription: 3, channel: 'stream:2' }]);
});

describe('a stream of WebTransport that fell silent', () => {
  /** Two streams with some text each, on a connection that gives each a stream of its own. */
  function apart(): { reader: Reader; lost: ReturnType<typeof vi.fn> } {
    const lost = vi.fn();
    const reader = new Reader({ lost });
    reader.attach(1);
    reader.attach(2);
    reader.greet(true);
    reader.answer(1, 'live');
    reader.answer(2, 'live');
    reader.batches(1, batch([text(1)]));
    reader.drain();
    reader.sent();
    return { reader, lost };
  }

  test('[CN22] is asked for again from its cursor, while others go on', () => {
    const { reader, lost } = apart();
    reader.clock.advance(3_000);
    reader.batches(2, batch([text(1)]));
    reader.drain();
    reader.sent();
    reader.clock.advance(1_500);
    expect(reader.sent()).toMatchObject([
      { type: 'unsubscribe', subscription: 1 },
      { type: 'subscribe', subscription: 3, channel: 'stream:1', epoch: 'e1', afterSeq: 1 },
    ]);
    reader.answer(3, 'live');
    reader.batches(3, batch([text(2)]));
    reader.drain();
    expect(reader.text(1)).toBe('1 2 ');
    expect(lost).not.toHaveBeenCalled();
  });

  test('[CN22] costs the connection where the relay had sent more', () => {
    const { reader, lost } = apart();
    reader.clock.advance(6_000);
    const again = reader.subscribes().map(({ subscription }) => subscription);
    expect(again).toEqual([3, 4]);
    reader.answer(3, 'recovered', { seq: 1, recovered: 2 });
    expect(lost).toHaveBeenCalledOnce();
  });

  test('[CN22] is not asked for while the page has not applied what came, nor over another transport', () => {
    const { reader } = apart();
    reader.batches(1, batch([text(2)]));
    reader.clock.advance(60_000);
    expect(reader.subscribes()).toEqual([]);
    const other = following();
    other.sent();
    other.clock.advance(60_000);
    expect(other.sent()).toEqual([]);
  });
});

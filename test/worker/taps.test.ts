import { expect, test } from 'vitest';
import type { LogEntry } from '../../src/wire/index.ts';
import type { StreamChange, TapMessage } from '../../src/worker/messages.ts';
import { Taps } from '../../src/worker/taps.ts';

/** Taps with one port, and what has been posted to it. */
function open() {
  const taps = new Taps();
  const posted: unknown[] = [];
  let closed = 0;
  const port = (): MessagePort =>
    ({
      postMessage: (message: unknown) => void posted.push(message),
      close: () => {
        closed += 1;
      },
    }) as unknown as MessagePort;
  const tap = (more: Partial<TapMessage> = {}): void =>
    taps.open({ type: 'tap', key: 1, tap: 7, document: 3, channel: 1, epoch: 'e', seq: 4, offset: 10, port: port(), ...more });
  const leave = (...changes: StreamChange[]): (readonly number[] | undefined)[] => {
    const marked = taps.mark(changes, 5);
    marked.hand();
    return marked.changes.map(({ handed }) => handed);
  };
  return { taps, tap, leave, posted, closed: () => closed };
}

const text = (seq: number, delta: string, type: 'text' | 'reasoning' = 'text'): LogEntry => ({
  fromSeq: seq,
  seq,
  at: 0,
  event: { type, part: type, delta },
});
const change = (entries: readonly LogEntry[], more: Partial<StreamChange> = {}): StreamChange => ({
  key: 1,
  epoch: 'e',
  entries,
  receivedAt: 0,
  ...more,
});

test('[UI43] what follows the tap is handed over, the text of it only, and the change says so', () => {
  const { tap, leave, posted } = open();
  expect(leave(change([text(4, 'before')]))).toEqual([undefined]);
  tap();
  expect(leave(change([text(5, 'a'), text(6, 'not this', 'reasoning'), text(7, 'b')]), change([], { key: 2 }))).toEqual([[7], undefined]);
  expect(leave(change([text(8, 'nor this', 'reasoning')]))).toEqual([[7]]);
  expect(leave(change([text(9, 'c')], { status: 'done' }))).toEqual([[7]]);
  expect(posted).toEqual([
    { since: 5, texts: [{ document: 3, offset: 10, text: 'ab', ended: false }] },
    { since: 5, texts: [{ document: 3, offset: 12, text: 'c', ended: true }] },
  ]);
});

test.for<[string, StreamChange]>([
  ['a snapshot', change([text(5, 'a')], { reset: { snapshotSeq: 5 } })],
  ['another epoch', change([text(5, 'a')], { epoch: 'other' })],
  ['a stream that is gone', change([text(5, 'a')], { gone: true })],
  ['events in between', change([text(6, 'a')])],
])('[UI43] with %s the tap is over, and nothing is handed over', ([, next]) => {
  const { tap, leave, posted } = open();
  tap();
  expect(leave(next)).toEqual([undefined]);
  expect(leave(change([text(5, 'a')]))).toEqual([undefined]);
  expect(posted).toEqual([]);
});

test('[UI43] a tap that is closed, whose stream is left, or whose port nobody has sent gets nothing', () => {
  const { taps, tap, leave, posted } = open();
  tap();
  taps.close(1, 7);
  expect(leave(change([text(5, 'a')]))).toEqual([undefined]);
  tap();
  taps.forget(1);
  expect(leave(change([text(5, 'a')]))).toEqual([undefined]);
  tap({ channel: 2, port: undefined });
  expect(leave(change([text(5, 'a')]))).toEqual([undefined]);
  expect(posted).toEqual([]);
});

test('[UI43] two documents of one stream get its text each from where they are, in one message', () => {
  const { tap, leave, posted } = open();
  tap();
  tap({ tap: 8, document: 4, port: undefined });
  expect(leave(change([text(5, 'a')]))).toEqual([[7, 8]]);
  expect(posted).toMatchObject([{ texts: [{ document: 3 }, { document: 4 }] }]);
});

test('[UI43] ports beyond sixteen are closed, the oldest first', () => {
  const { tap, leave, closed } = open();
  for (let channel = 1; channel <= 18; channel += 1) tap({ key: channel, tap: channel, channel });
  expect(closed()).toBe(2);
  expect(leave(change([text(5, 'a')], { key: 2 }), change([text(5, 'a')], { key: 3 }))).toEqual([undefined, [3]]);
});

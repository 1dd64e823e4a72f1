import { decodeMulti } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import {
  concatBytes,
  decodeServerMessage,
  encodeBatch,
  encodeBatchesHeader,
  encodeServerFrame,
  type LogEntry,
} from '../../src/wire/index.ts';

const entries: LogEntry[] = [
  { fromSeq: 1, seq: 1, at: 0, event: { type: 'start', provider: 'scripted', model: 'm', createdAt: 1_700_000_000_000 } },
  { fromSeq: 2, seq: 9, at: 5, event: { type: 'text', part: 't0', delta: 'héllo 🎉' } },
];

test('[FR3] [FR4] a message of batches and frames is read back in order', () => {
  const message = concatBytes([encodeBatchesHeader(3, 1), encodeBatch(entries), encodeServerFrame({ type: 'ping', nonce: 4 })]);
  expect(decodeServerMessage(message)).toEqual([
    { type: 'batches', subscription: 3, batches: [{ fromSeq: 1, toSeq: 9, entries, bytes: encodeBatch(entries).byteLength }] },
    { type: 'ping', nonce: 4 },
  ]);
});

test('[FR1] another MessagePack library reads the same message', () => {
  const message = concatBytes([encodeBatchesHeader(3, 1), encodeBatch(entries)]);
  expect([...decodeMulti(message)]).toEqual([
    [18, 3, 1],
    [
      1,
      9,
      [
        [1, 0, 0, 'scripted', 'm', 1_700_000_000_000],
        [8, 5, 1, 't0', 'héllo 🎉'],
      ],
    ],
  ]);
});

import { decodeMulti } from '@msgpack/msgpack';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClientFrame,
  concatBytes,
  decodeClientMessage,
  decodeServerMessage,
  encodeBatch,
  encodeBatchesHeader,
  encodeClientFrame,
  encodeServerFrame,
  type ServerFrame,
  StreamError,
  wireLimits,
} from '../../src/wire/index.ts';
import { entries } from './arbitrary.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);
const count = fc.nat({ max: 2 ** 40 });
const positive = fc.integer({ min: 1, max: 2 ** 31 });
const id = fc.string({ minLength: 1, maxLength: 30 });

const clientFrame: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.record({ type: fc.constant('hello' as const), protocol: count, credit: count }),
  fc.record({ type: fc.constant('hello' as const), protocol: count, credit: count, credentials: fc.string() }),
  fc.record({
    type: fc.constant('subscribe' as const),
    subscription: positive,
    channel: id,
    epoch: fc.option(id, { nil: undefined }),
    afterSeq: count,
    credit: count,
  }),
  fc.record({ type: fc.constant('unsubscribe' as const), subscription: positive }),
  fc.record({
    type: fc.constant('credit' as const),
    connectionLimit: count,
    grants: fc.array(fc.record({ subscription: positive, limit: count, appliedSeq: count }), { maxLength: 5 }),
  }),
  fc.record({ type: fc.constant('refresh' as const), credentials: fc.string() }),
  fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const), nonce: count }),
);

type PlainFrame = Exclude<ServerFrame, { type: 'batches' }>;
const serverFrame: fc.Arbitrary<PlainFrame> = fc.oneof(
  fc.record({ type: fc.constant('welcome' as const), protocol: count, session: id, heartbeatMs: positive, maxChannels: positive }),
  fc.record({
    type: fc.constant('subscribed' as const),
    subscription: positive,
    answer: fc.constantFrom('live' as const, 'recovered' as const, 'reset' as const, 'gone' as const),
    epoch: fc.string(),
    seq: count,
    recovered: count,
  }),
  fc
    .tuple(
      fc.record({ type: fc.constant('error' as const), code: id, message: fc.string(), retryable: fc.boolean() }),
      fc.record({ retryAfterMs: count, subscription: positive }, { requiredKeys: [] }),
    )
    .map(([head, rest]): PlainFrame => ({ ...head, ...rest })),
  fc.record({ type: fc.constant('drain' as const), retryAfterMs: count, spreadMs: count }),
  fc.record({ type: fc.constant('channel' as const), subscription: positive, epoch: id, fromSeq: positive }),
  fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const), nonce: count }),
);

/** Either frames or a `StreamError`, and nothing else. */
function decodes(decode: (message: Uint8Array) => readonly unknown[], message: Uint8Array): boolean {
  try {
    decode(message);
    return true;
  } catch (cause) {
    expect(cause).toBeInstanceOf(StreamError);
    expect(cause).toMatchObject({ code: 'bad_frame' });
    return false;
  }
}

test(`[FR2] [FR8] client frames come back as they went (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(clientFrame, { minLength: 1, maxLength: 6 }), (frames) => {
      expect(decodeClientMessage(concatBytes(frames.map(encodeClientFrame)))).toEqual(frames);
    }),
    { seed },
  );
});

test(`[FR3] [FR8] server frames and batches of any events come back as they went (seed ${seed})`, () => {
  fc.assert(
    fc.property(
      fc.array(serverFrame, { maxLength: 3 }),
      fc.array(entries, { minLength: 1, maxLength: 3 }),
      positive,
      (frames, lists, subscription) => {
        const batches = lists.map(encodeBatch);
        const message = concatBytes([encodeBatchesHeader(subscription, batches.length), ...batches, ...frames.map(encodeServerFrame)]);
        const [first, ...rest] = decodeServerMessage(message);
        expect(rest).toEqual(frames);
        expect(first).toEqual({
          type: 'batches',
          subscription,
          batches: lists.map((list, index) => ({
            fromSeq: list[0]?.fromSeq,
            toSeq: list.at(-1)?.seq,
            entries: list,
            bytes: batches[index]?.byteLength,
          })),
        });
      },
    ),
    { seed },
  );
});

test(`[FR1] another MessagePack library reads every frame, and only plain values (seed ${seed})`, () => {
  fc.assert(
    fc.property(clientFrame, serverFrame, entries, (client, server, list) => {
      const message = concatBytes([encodeClientFrame(client), encodeServerFrame(server), encodeBatch(list)]);
      const values = [...decodeMulti(message)];
      expect(values.length).toBe(3);
      for (const value of values) expect(Array.isArray(value)).toBe(true);
    }),
    { seed },
  );
});

test(`[FR5] a batch’s bytes depend on its entries alone (seed ${seed})`, () => {
  fc.assert(
    fc.property(entries, (list) => {
      const once = new Uint8Array(encodeBatch(list));
      expect(new Uint8Array(encodeBatch(structuredClone(list)))).toEqual(once);
    }),
    { seed, numRuns: 50 },
  );
});

test(`[FR6] a truncated message is refused as a whole (seed ${seed})`, () => {
  fc.assert(
    fc.property(entries, fc.nat(), (list, at) => {
      const message = concatBytes([encodeBatchesHeader(1, 1), encodeBatch(list)]);
      expect(decodes(decodeServerMessage, message.subarray(0, at % message.byteLength))).toBe(false);
    }),
    { seed },
  );
});

test(`[FR6] garbage, and messages with one byte changed, are frames or bad_frame, never anything else (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 200 }), (message) => {
      decodes(decodeClientMessage, message);
      decodes(decodeServerMessage, message);
    }),
    { seed, numRuns: 500 },
  );
  fc.assert(
    fc.property(entries, fc.nat(), fc.integer({ min: 0, max: 255 }), (list, at, byte) => {
      const message = new Uint8Array(concatBytes([encodeBatchesHeader(1, 1), encodeBatch(list)]));
      message[at % message.byteLength] = byte;
      decodes(decodeServerMessage, message);
    }),
    { seed, numRuns: 500 },
  );
});

test('[FR7] a client’s message above the limit is refused by its size alone', () => {
  const large = new Uint8Array(wireLimits.maxClientMessageBytes + 1).fill(0xc1);
  expect(() => decodeClientMessage(large)).toThrow(expect.objectContaining({ code: 'frame_too_large' }));
  expect(() => decodeClientMessage(large.subarray(1))).toThrow(expect.objectContaining({ code: 'bad_frame' }));
});

test.each([
  ['an unknown frame type', [0x91, 0x63]],
  ['a frame that is no array', [0x01]],
  ['nesting beyond the limit', [...new Array<number>(9).fill(0x91), 0x01]],
  ['an extension type', [0x92, 0x06, 0xd4, 0x01, 0x00]],
  ['a map key that is a number', [0x92, 0x01, 0x81, 0x01, 0x02]],
  ['a negative number', [0x92, 0x06, 0xff]],
  ['a fraction', [0x92, 0x06, 0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0]],
  ['subscription 0', [0x92, 0x03, 0x00]],
  ['nothing at all', []],
])('[FR2] [FR6] %s is bad_frame', (_, bytes) => {
  expect(() => decodeClientMessage(new Uint8Array(bytes))).toThrow(expect.objectContaining({ code: 'bad_frame' }));
});

test.each([
  ['states more than it has', [1, 3, [[1, 0, 10, 'stop']]]],
  ['states less than it has', [1, 1, [[2, 0, 10, 'stop']]]],
  ['has a span of 0', [1, 1, [[0, 0, 10, 'stop']]]],
  ['has an event of unknown type', [1, 1, [[1, 0, 13]]]],
])('[FR4] a batch that %s is refused', async (_, value) => {
  const { encode } = await import('@msgpack/msgpack');
  const message = concatBytes([encodeBatchesHeader(1, 1), encode(value)]);
  expect(() => decodeServerMessage(message)).toThrow(expect.objectContaining({ code: 'bad_frame' }));
});

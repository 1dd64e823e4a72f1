import { decodeMulti } from '@msgpack/msgpack';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClientFrame,
  concatBytes,
  decodeClientMessage,
  encodeBatch,
  encodeClientFrame,
  encodeServerFrame,
  type ServerFrame,
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

test(`[FR2] [FR8] client frames come back as they went (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(clientFrame, { minLength: 1, maxLength: 6 }), (frames) => {
      expect(decodeClientMessage(concatBytes(frames.map(encodeClientFrame)))).toEqual(frames);
    }),
    { seed },
  );
});

test(`[FR1] another MessagePack library reads every frame, and only plain values (seed ${seed})`, () => {
  fc.assert(
    fc.property(clientFrame, serverFrame, entries, (client, server, list) => {
      // A key which that library refuses, wherever it comes from.
      fc.pre(!JSON.stringify(list).includes('"__proto__":'));
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

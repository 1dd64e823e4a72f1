import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  concatBytes,
  decodeClientMessage,
  decodeServerMessage,
  encodeBatch,
  encodeBatchesHeader,
  encodeClientFrame,
  type Json,
  type LogEntry,
  StreamError,
  type StreamEvent,
} from '../../src/wire/index.ts';

const text = fc.string({ unit: 'binary' });
const count = fc.maxSafeNat();
// -0 is no integer of JSON's that a reader could tell from 0.
const json = fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

function event<const Type extends StreamEvent['type']>(
  type: Type,
  fields: { [name in string]: fc.Arbitrary<unknown> },
  optional: { [name in string]: fc.Arbitrary<unknown> } = {},
): fc.Arbitrary<StreamEvent> {
  const required = ['type', ...Object.keys(fields)];
  return fc.record(
    { type: fc.constant(type), ...fields, ...optional },
    { requiredKeys: required as never[], noNullPrototype: true },
  ) as unknown as fc.Arbitrary<StreamEvent>;
}

const events: fc.Arbitrary<StreamEvent> = fc.oneof(
  event('start', { provider: text, model: text, createdAt: count }),
  event('text', { part: text, delta: text }),
  event('reasoning', { part: text, delta: text }),
  event('tool-call', { part: text, name: text, executedBy: fc.constantFrom('provider', 'client') }),
  event('tool-args', { part: text, delta: text }),
  event('tool-result', { part: text, result: json }, { isError: fc.constant(true) }),
  event('source', { part: text, url: text }, { title: text, quote: text }),
  event('file', { part: text, mediaType: text }, { url: text, bytes: fc.uint8Array() }),
  event('usage', { inputTokens: count, outputTokens: count }, { reasoningTokens: count, cachedInputTokens: count }),
  event('data', { name: text, value: json }),
  event('finish', { reason: fc.constantFrom('stop', 'length', 'tool-calls', 'content-filter', 'other') }),
  event('error', { code: text, message: text, retryable: fc.boolean() }, { retryAfterMs: count }),
  event('stopped', { by: fc.constantFrom('user', 'server') }),
);

const batches = fc
  .tuple(
    fc.integer({ min: 1, max: 2 ** 40 }),
    fc.array(fc.record({ span: fc.integer({ min: 1, max: 9_999 }), at: count, event: events }), { minLength: 1 }),
  )
  .map(([fromSeq, items]): LogEntry[] => {
    let next = fromSeq;
    return items.map(({ span, at, event }) => {
      const entry = { fromSeq: next, seq: next + span - 1, at, event };
      next += span;
      return entry;
    });
  });

test('[FR8] [FR4] decoding what was encoded gives the same events, absent fields absent', () => {
  fc.assert(
    fc.property(batches, (entries) => {
      const bytes = encodeBatch(entries);
      const [frame] = decodeServerMessage(concatBytes([encodeBatchesHeader(1, 1), bytes]));
      expect(frame).toStrictEqual({
        type: 'batches',
        subscription: 1,
        batches: [{ fromSeq: entries[0]?.fromSeq, toSeq: entries.at(-1)?.seq, entries, bytes: bytes.byteLength }],
      });
    }),
  );
});

test('[FR6] a message cut anywhere is refused, and never read in part', () => {
  fc.assert(
    fc.property(batches, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (entries, where) => {
      const message = concatBytes([encodeBatchesHeader(1, 1), encodeBatch(entries)]);
      const cut = message.subarray(0, Math.floor(where * message.byteLength));
      expect(() => decodeServerMessage(cut)).toThrow(expect.objectContaining({ code: 'bad_frame' }));
    }),
  );
});

test('[FR6] whatever bytes come, the answer is frames or bad_frame', () => {
  const valid = encodeClientFrame({ type: 'credit', connectionLimit: 1e6, grants: [{ subscription: 1, limit: 1e6, appliedSeq: 1 }] });
  const damaged = fc
    .array(fc.tuple(fc.nat(valid.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((bytes, [at, value]) => bytes.fill(value, at, at + 1), valid.slice()));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
      for (const decode of [decodeClientMessage, decodeServerMessage]) {
        try {
          expect(decode(bytes).length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof StreamError)) throw error;
          expect(error.code).toBe('bad_frame');
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test('[FR8] a key named __proto__ is a key like any other, and never becomes a prototype', () => {
  const value = JSON.parse('{"__proto__":{"admin":true},"constructor":1}');
  const entry = { fromSeq: 1, seq: 1, at: 0, event: { type: 'data', name: 'x', value } } as const;
  const [frame] = decodeServerMessage(concatBytes([encodeBatchesHeader(1, 1), encodeBatch([entry])]));
  const event = frame?.type === 'batches' ? frame.batches[0]?.entries[0]?.event : undefined;
  expect(event).toEqual({ type: 'data', name: 'x', value: { ['__proto__']: { admin: true }, constructor: 1 } });
  expect(event?.type === 'data' && Object.getPrototypeOf(event.value)).toBe(Object.prototype);
});

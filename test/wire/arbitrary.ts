import fc from 'fast-check';
import type { Json, LogEntry, StreamEvent } from '../../src/wire/index.ts';

const name = fc.string({ minLength: 1, maxLength: 12 });
const delta = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const count = fc.nat({ max: 2 ** 33 });
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
const optional = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;

/** Any event of the table. */
const event: fc.Arbitrary<StreamEvent> = fc.oneof(
  fc.record({ type: fc.constant('start' as const), provider: name, model: name, createdAt: fc.nat({ max: 2 ** 42 }) }),
  fc.record({ type: fc.constantFrom('text' as const, 'reasoning' as const, 'tool-args' as const), part: name, delta }),
  fc.record({
    type: fc.constant('tool-call' as const),
    part: name,
    name,
    executedBy: fc.constantFrom('provider' as const, 'client' as const),
  }),
  fc
    .tuple(
      fc.record({ type: fc.constant('tool-result' as const), part: name, result: json }),
      optional({ isError: fc.constant(true as const) }),
    )
    .map(([head, rest]) => ({ ...head, ...rest })),
  fc
    .tuple(
      fc.record({ type: fc.constant('source' as const), part: name, url: fc.webUrl() }),
      optional({ title: fc.string(), quote: fc.string() }),
    )
    .map(([head, rest]) => ({ ...head, ...rest })),
  fc
    .tuple(
      fc.record({ type: fc.constant('file' as const), part: name, mediaType: name }),
      optional({ url: fc.webUrl(), bytes: fc.uint8Array() }),
    )
    .map(([head, rest]) => ({ ...head, ...rest })),
  fc
    .tuple(
      fc.record({ type: fc.constant('usage' as const), inputTokens: count, outputTokens: count }),
      optional({ reasoningTokens: count, cachedInputTokens: count }),
    )
    .map(([head, rest]) => ({ ...head, ...rest })),
  fc.record({ type: fc.constant('data' as const), name, value: json }),
  fc.record({
    type: fc.constant('finish' as const),
    reason: fc.constantFrom('stop' as const, 'length' as const, 'tool-calls' as const, 'content-filter' as const, 'other' as const),
  }),
  fc
    .tuple(
      fc.record({ type: fc.constant('error' as const), code: name, message: fc.string(), retryable: fc.boolean() }),
      optional({ retryAfterMs: count }),
    )
    .map(([head, rest]) => ({ ...head, ...rest })),
  fc.record({ type: fc.constant('stopped' as const), by: fc.constantFrom('user' as const, 'server' as const) }),
);

/** Consecutive entries, some covering several `seq`s. */
export const entries: fc.Arbitrary<LogEntry[]> = fc
  .tuple(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), count, event), { minLength: 1, maxLength: 12 }),
  )
  .map(([first, items]) => {
    let next = first;
    return items.map(([span, at, item]) => {
      const fromSeq = next;
      next += span;
      return { fromSeq, seq: next - 1, at, event: item };
    });
  });

/** A run of deltas of few parts, as a log keeps them. */
export const deltas: fc.Arbitrary<LogEntry[]> = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          type: fc.constantFrom('text' as const, 'reasoning' as const),
          part: fc.constantFrom('a', 'b'),
          delta: fc.string({ minLength: 1, maxLength: 6 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('data' as const), name, value: fc.constant(null) }) },
    ),
    { minLength: 1, maxLength: 60, size: 'max' },
  )
  .map((items) => items.map((item, index) => ({ fromSeq: index + 1, seq: index + 1, at: index, event: item })));

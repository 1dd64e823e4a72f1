import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from '../../../server/providers/ndjson.ts';
import { createSseSplitter, type Splitter } from '../../../server/providers/sse.ts';
import type { StreamEvent } from '../../../src/wire/index.ts';
import { frameLines, type ReplayDialect, readLines } from '../../support/replay.ts';
import { brokenRule, collect, providerAt } from './reading.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/providers');

/** The answer with exactly these pieces: what a socket gives is at the kernel's mercy. */
function read(dialect: ReplayDialect, bytes: Uint8Array, cuts: readonly number[]): Promise<StreamEvent[]> {
  const places = [0, ...new Set(cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b)), bytes.length];
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const [index, from] of places.entries()) {
        const piece = bytes.subarray(from, places[index + 1] ?? from);
        if (piece.length > 0) controller.enqueue(piece);
      }
      controller.close();
    },
  });
  const headers = { 'content-type': dialect === 'ollama' ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8' };
  return collect(providerAt(dialect, 'http://127.0.0.1:1').read(new Response(body, { headers }), new AbortController().signal));
}

function timeless(events: readonly StreamEvent[]): unknown[] {
  return events.map((event) => (event.type === 'start' ? { ...event, createdAt: 0 } : event));
}

test.each(readdirSync(fixtures))('[SQ3] %s gives the same events however its bytes are cut', async (name) => {
  const dialect = name.split('.')[0] as ReplayDialect;
  const bytes = Buffer.from(frameLines(dialect, readLines(join(fixtures, name))).join(''));
  const whole = await read(dialect, bytes, []);
  expect(whole.length).toBeGreaterThan(1);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 60 }), async (cuts) => {
      expect(timeless(await read(dialect, bytes, cuts))).toEqual(timeless(whole));
    }),
    { numRuns: 40 },
  );
});

test.each(readdirSync(fixtures))('[SQ2] %s broken off anywhere ends with one terminal event behind a prefix of the whole', async (name) => {
  const dialect = name.split('.')[0] as ReplayDialect;
  const bytes = Buffer.from(frameLines(dialect, readLines(join(fixtures, name))).join(''));
  const text = (events: readonly StreamEvent[]): string => events.map((event) => (event.type === 'text' ? event.delta : '')).join('');
  const args = (events: readonly StreamEvent[], part: string): string =>
    events.map((event) => (event.type === 'tool-args' && event.part === part ? event.delta : '')).join('');
  const whole = await read(dialect, bytes, []);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
      const part = await read(dialect, bytes.subarray(0, length), []);
      expect(brokenRule(part)).toBeUndefined();
      expect(text(whole).startsWith(text(part))).toBe(true);
      // What broke off is never asked for again behind what there is: a call has the beginning of its arguments, or all of them.
      for (const event of part)
        if (event.type === 'tool-args') expect(args(whole, event.part).startsWith(args(part, event.part))).toBe(true);
      const last = part.at(-1);
      if (last?.type === 'error') expect(['upstream_truncated', 'upstream_malformed']).toContain(last.code);
      // Bytes of a first event that never ended cannot be told from something else.
      if (last?.type === 'error' && part.length > 1) expect(last.code).toBe('upstream_truncated');
    }),
    { numRuns: 60 },
  );
});

test('any bytes at all end with one terminal event and never throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      fc.constantFrom<ReplayDialect>('openai', 'anthropic', 'ollama'),
      async (bytes, dialect) => {
        expect(brokenRule(await read(dialect, bytes, [3, 50]))).toBeUndefined();
      },
    ),
    { numRuns: 100 },
  );
});

test('any JSON at all, in any dialect, ends with one terminal event and never throws', async () => {
  const key = fc.constantFrom(
    'type',
    'delta',
    'content',
    'choices',
    'text',
    'index',
    'message',
    'usage',
    'candidates',
    'parts',
    'item',
    'response',
    'error',
    '__proto__',
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>('text_delta', 'content_block_delta', 'response.output_text.delta', 'x', '', 0, -1, 1e300, null, true),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(key, tie('json'), { maxKeys: 5 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(key, json), { maxLength: 4 }),
      fc.constantFrom<ReplayDialect>('openai', 'openai-chat', 'anthropic', 'gemini', 'ollama'),
      async (payloads, dialect) => {
        const body = frameLines(
          dialect === 'anthropic' || dialect === 'openai' ? 'gemini' : dialect,
          payloads.map((payload) => JSON.stringify(payload)),
        ).join('');
        expect(brokenRule(await read(dialect, Buffer.from(`${body}\n`), []))).toBeUndefined();
      },
    ),
    { numRuns: 300 },
  );
});

test.each<[string, (limit: number) => Splitter, string]>([
  ['SSE', createSseSplitter, 'data: '],
  ['NDJSON', createLineSplitter, ''],
])('a %s message in very many pieces costs what it weighs, and one beyond the bound is refused', (_, create, prefix) => {
  const splitter = create(5_000_000);
  const piece = Buffer.from('x'.repeat(20));
  const begin = performance.now();
  splitter.feed(Buffer.from(prefix));
  for (let index = 0; index < 200_000; index += 1) splitter.feed(piece);
  expect(splitter.feed(Buffer.from('\n\n'))[0]?.data.length).toBe(4_000_000);
  expect(performance.now() - begin).toBeLessThan(5000);
  const small = create(100);
  expect(() => small.feed(Buffer.from(`${prefix}${'y'.repeat(200)}`))).toThrow(expect.objectContaining({ code: 'upstream_malformed' }));
});

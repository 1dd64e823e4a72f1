import { expect, test } from 'vitest';
import { concatBytes, decodeServerMessage, encodeBatch, encodeBatchesHeader, type StreamEvent, StreamShape } from '../../src/wire/index.ts';

function shaped(...items: (string | StreamEvent)[]): StreamEvent[] {
  const shape = new StreamShape({ type: 'start', provider: 'default', model: '', createdAt: 1 });
  return items.flatMap((item) => shape.push(typeof item === 'string' ? { type: 'text', part: 'text', delta: item } : item));
}

const start: StreamEvent = { type: 'start', provider: 'p', model: 'm', createdAt: 1 };
const finish: StreamEvent = { type: 'finish', reason: 'stop' };

test('[SQ1] [SQ2] a stream begins with one start, and nothing follows its end', () => {
  expect(shaped('a').map(({ type }) => type)).toEqual(['start', 'text']);
  expect(shaped(start, start, 'a', finish, 'b', finish)).toEqual([start, { type: 'text', part: 'text', delta: 'a' }, finish]);
});

test('[SQ3] a pair cut in two comes as one; a half alone is shown as such', () => {
  expect(shaped(start, 'x\ud83c', '', '\udf89', finish).slice(1)).toEqual([
    { type: 'text', part: 'text', delta: 'x' },
    { type: 'text', part: 'text', delta: '🎉' },
    finish,
  ]);
  expect(shaped(start, 'x\ud83c', finish).slice(2)).toEqual([{ type: 'text', part: 'text', delta: '\ufffd' }, finish]);
});

test('[SQ3] [FR1] half a pair anywhere in an event becomes U+FFFD: every reader can decode what a source sends', () => {
  const halves: StreamEvent[] = [
    { type: 'start', provider: '\ud83d', model: '\ude00', createdAt: 1 },
    { type: 'text', part: 't\ud83d', delta: '\ude00 a\ud83db' },
    { type: 'text', part: 'u', delta: 'next' },
    { type: 'text', part: 't\ud83d', delta: 'again' },
    { type: 'reasoning', part: 'r\ude00', delta: '\ude00' },
    { type: 'tool-call', part: 'c\ud83d', name: '\ud83d', executedBy: 'client' },
    { type: 'tool-args', part: 'c\ud83d', delta: '"\ud83d"' },
    { type: 'tool-result', part: 'c\ud83d', result: [{ '\ud83d': '\ude00' }] },
    { type: 'source', part: 's', url: '\ud83d', title: '\ud83d', quote: '\ud83d' },
    { type: 'file', part: 'f', mediaType: '\ud83d', bytes: Uint8Array.of(1) },
    { type: 'data', name: '\ud83d', value: { deep: ['\ud83d'] } },
    { type: 'error', code: '\ud83d', message: 'cut 👍'.slice(0, -1), retryable: false },
  ];
  const events = shaped(...halves);
  expect(JSON.stringify(events)).not.toMatch(/\\ud[89a-f]/);
  const entries = events.map((event, index) => ({ fromSeq: index + 1, seq: index + 1, at: 0, event }));
  const [frame] = decodeServerMessage(concatBytes([encodeBatchesHeader(1, 1), encodeBatch(entries)]));
  expect(frame).toMatchObject({ batches: [{ entries }] });
});

test('[SQ4] text that returns to an earlier part gets a part of its own', () => {
  const text = (part: string, delta: string): StreamEvent => ({ type: 'text', part, delta });
  expect(shaped(start, text('a', '1'), text('b', '2'), text('a', '3'), text('a', '4')).slice(1)).toEqual([
    text('a', '1'),
    text('b', '2'),
    text('a~2', '3'),
    text('a~2', '4'),
  ]);
});

test.each([
  null,
  7,
  { type: 'nonsense' },
  { type: 'text', part: 't' },
  { type: '__proto__' },
  { type: 'source', part: 's', url: 'u', title: new Date(0) },
  { type: 'source', part: 's', url: 'u', quote: {} },
  { type: 'file', part: 'f', mediaType: 'm', url: 1 },
  { type: 'file', part: 'f', mediaType: 'm', bytes: new ArrayBuffer(1) },
  { type: 'usage', inputTokens: 1, outputTokens: 1, reasoningTokens: 'many' },
  { type: 'usage', inputTokens: 1, outputTokens: 1, cachedInputTokens: -1 },
  { type: 'error', code: 'internal', message: 'm', retryable: true, retryAfterMs: 'soon' },
])('[SQ2] a source that yields %j fails with source_failed', (item) => {
  expect(() => shaped(item as unknown as StreamEvent)).toThrow(expect.objectContaining({ code: 'source_failed' }));
});

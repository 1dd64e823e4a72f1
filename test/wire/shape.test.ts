import { expect, test } from 'vitest';
import { type StreamEvent, StreamShape } from '../../src/wire/index.ts';

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

test('[SQ4] text that returns to an earlier part gets a part of its own', () => {
  const text = (part: string, delta: string): StreamEvent => ({ type: 'text', part, delta });
  expect(shaped(start, text('a', '1'), text('b', '2'), text('a', '3'), text('a', '4')).slice(1)).toEqual([
    text('a', '1'),
    text('b', '2'),
    text('a~2', '3'),
    text('a~2', '4'),
  ]);
});

test.each([null, 7, { type: 'nonsense' }, { type: 'text', part: 't' }, { type: '__proto__' }])(
  '[SQ2] a source that yields %j fails with source_failed',
  (item) => {
    expect(() => shaped(item as unknown as StreamEvent)).toThrow(expect.objectContaining({ code: 'source_failed' }));
  },
);

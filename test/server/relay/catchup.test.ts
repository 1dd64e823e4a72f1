import { expect, test } from 'vitest';
import { createMemoryStorage } from '../../../server/log/index.ts';
import { CatchUp } from '../../../server/relay/catchup.ts';
import type { StreamEvent } from '../../../src/wire/index.ts';

const start: StreamEvent = { type: 'start', provider: 'p', model: 'm', createdAt: 1 };
const text = (delta: string): StreamEvent => ({ type: 'text', part: 't0', delta });
const usage = (outputTokens: number): StreamEvent => ({ type: 'usage', inputTokens: 1, outputTokens });

/** What a source's events are to a log that has these. */
function told(stored: readonly StreamEvent[], events: readonly StreamEvent[]): string[] {
  const log = createMemoryStorage().create('stream:a', 'ada');
  log.append(stored, 0);
  const catchUp = new CatchUp(log);
  return events.map((event) => catchUp.take(event));
}

test('[SQ13] as many events as were stored are known, where they amount to the same', () => {
  expect(told([start, text('ab'), text('c')], [{ ...start, createdAt: 2 }, text('a'), text('bc'), text('d')])).toEqual([
    'known',
    'known',
    'known',
    'new',
  ]);
  expect(told([], [start])).toEqual(['new']);
});

test('[SQ13] another text, another count of tokens, or an end before that is another answer', () => {
  expect(told([start, text('ab')], [start, text('aB')])).toEqual(['known', 'differs']);
  expect(told([start, text('a'), usage(1)], [start, text('a'), usage(2)]).at(-1)).toBe('differs');
  expect(told([start, text('a'), usage(1)], [start, text('a'), usage(1)]).at(-1)).toBe('known');
  expect(told([start, text('ab')], [start, { type: 'finish', reason: 'stop' }])).toEqual(['known', 'differs']);
});

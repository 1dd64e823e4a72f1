import { describe, expect, test } from 'vitest';
import { median, quantile } from '../../bench/quantile.ts';
import { splitOf } from '../../bench/render/chromium/trace.ts';
import { firstDifference, serialTimes, shownTimes } from '../../bench/render/figures.ts';
import { createAnswer } from '../../bench/render/source/text.ts';

test('quantiles are values that were measured, by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0.5, 0.95, 0.99, 1].map((q) => quantile(values, q))).toEqual([50, 95, 99, 100]);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
  expect(median([1, 2, 3, 10])).toBe(2.5);
});

describe('display lag', () => {
  const answers = [{ kind: 'plain' as const, tokens: ['q0000', 'a', 'q0001', 'b', 'q0002'], serialToken: [0, 2, 4] }];
  const chunks = [
    { atMs: 0, stream: 0, from: 0, to: 2 },
    { atMs: 10, stream: 0, from: 2, to: 5 },
  ];

  test('counts from when the chunk with the word was sent, on the page’s clock', () => {
    expect(serialTimes(answers, chunks, Float64Array.of(1000, 1010), -900)).toEqual([[100, 110, 110]]);
  });

  test('ends with the first frame that shows the word or a later one', () => {
    const painted = [
      [120, 0, 0],
      [140, 0, 2],
      [160, 0, 2],
    ] as const;
    expect(shownTimes(answers, painted)).toEqual([[120, 140, 140]]);
  });
});

describe('what is shown in the end', () => {
  const plain = createAnswer('plain', 400, 2);
  const text = plain.tokens.join('');
  const markdown = createAnswer('markdown', 400, 2);

  test('is whole, white space aside', () => {
    expect(firstDifference([plain], [text.replaceAll('\n', '\n\n')])).toBeUndefined();
  });

  test('is not whole without its end, with a word twice, or with another word', () => {
    expect(firstDifference([plain], [text.slice(0, -40)])).toMatch(/serials/);
    expect(firstDifference([plain], [`${text.slice(0, 200)}${text.slice(100)}`])).toMatch(/in place of/);
    expect(firstDifference([plain], [text.replace('the', 'a')])).toMatch(/another text/);
  });

  test('is not Markdown as long as its marks show', () => {
    expect(firstDifference([markdown], [markdown.tokens.join('')])).toMatch(/markup/);
  });
});

test('a moment of the main thread counts for the innermost event it is in', () => {
  const event = (name: string, ts: number, dur: number) => ({ name, ph: 'X', pid: 1, tid: 2, ts: ts * 1000, dur: dur * 1000 });
  const split = splitOf(
    [
      { name: 'thread_name', ph: 'M', pid: 1, tid: 2, ts: 0, args: { name: 'CrRendererMain' } },
      event('RunTask', 0, 50),
      event('FunctionCall', 5, 30),
      event('Layout', 10, 10),
      event('RunTask', 60, 20),
      event('UpdateLayoutTree', 60, 5),
      event('Paint', 65, 10),
      { ...event('FunctionCall', 0, 90), tid: 3 },
    ],
    100,
  );
  expect(split).toEqual({ script: 0.2, layout: 0.1, style: 0.05, paint: 0.1, garbage: 0, other: 0.25 });
});

import { afterEach, describe, expect, test } from 'vitest';
import { createDocument } from '../../src/markdown/document.ts';
import type { BlockOp } from '../../src/markdown/index.ts';
import { count, restore, takeUnits } from './work.ts';

afterEach(restore);

interface Cost {
  /** Units of work. */
  work: number;
  /** Characters of the operations. */
  sent: number;
}

/** What each tenth of the text costs in pieces of 64, and what the end does. */
function costs(text: string): { readonly tenths: readonly Cost[]; readonly end: Cost } {
  const document = createDocument({ math: true });
  const tenths = Array.from({ length: 10 }, (): Cost => ({ work: 0, sent: 0 }));
  const end = { work: 0, sent: 0 };
  const advance = (cost: Cost): void => {
    count();
    const ops: BlockOp[] = [];
    takeUnits();
    ops.push(...document.advance(() => false).ops);
    cost.work += takeUnits();
    restore();
    cost.sent += JSON.stringify(ops).length;
  };
  for (let at = 0; at < text.length; at += 64) {
    document.append(text.slice(at, at + 64));
    advance(tenths[Math.floor((at / text.length) * 10)] ?? end);
  }
  document.end();
  advance(end);
  return { tenths, end };
}

const repeat = (piece: string, length: number): string => piece.repeat(length / piece.length);
const prose = repeat('some *words* and `code`, **more** of it. ', 1 << 16);

describe('[MD3] a paragraph in which something is never closed costs the same wherever text joins it', () => {
  const without = costs(prose);
  const openings = ['[', '![', '**[', '[^', '**', '*', '_', '~~', '`', '``', '$', '\\(', '<a href="', '<!-- ', '[a](b "', '[[[[[ ', '[*`$'];

  test.for(openings.map((opening) => ({ opening })))('$opening early on', ({ opening }) => {
    const { tenths, end } = costs(`See ${opening}a ${prose}`);
    const [first = end, last = end] = [tenths[0], tenths.at(-1)];
    expect(last.work).toBeLessThanOrEqual(1.2 * first.work);
    expect(last.sent).toBeLessThanOrEqual(1.2 * first.sent);
    // Almost what it costs without.
    expect(last.work).toBeLessThanOrEqual(1.5 * (without.tenths.at(-1)?.work ?? 0));
    expect(last.sent).toBeLessThanOrEqual(1.1 * (without.tenths.at(-1)?.sent ?? 0));
    // It was text: it stays as it is.
    expect(end.sent).toBeLessThan(16_384);
  });

  const length = 1 << 17;
  const hostile = [
    '[ a ',
    '[',
    'x![',
    '[ b ![ c ',
    '*a ',
    '_a ',
    '~~a ',
    '**a *b ',
    '</',
    '[a](b ',
    '$a b ',
    '$a \\$ ',
    '<http://',
    'a@b.',
    '`a ``b ',
    '<a b="',
  ];

  test.for(hostile.map((piece) => ({ piece })))('$piece again and again', ({ piece }) => {
    const { tenths } = costs(`a ${repeat(piece, length)}`);
    const [first, last] = [tenths[1], tenths.at(-1)];
    expect(last?.work).toBeLessThanOrEqual(1.2 * (first?.work ?? 0));
    expect(last?.sent).toBeLessThanOrEqual(1.2 * (first?.sent ?? 0));
    // Code units times what it may cost to read and to show one again and again.
    expect(last?.work).toBeLessThanOrEqual((length / 10) * 40);
  });
});

test.each([18_500, 190_000])(
  '[MD3] [MD4] a batch of %i that comes behind it does not stop the display until the paragraph ends',
  (length) => {
    const document = createDocument({ math: true });
    const write = (text: string): number => {
      document.append(text);
      return document.advance(() => false).ops.length;
    };
    write('*open ');
    for (let piece = 0; piece < 60; piece += 1) write(repeat('some **bold** words and `code` of this one. ', 100));
    write('and [a](http://b)');
    expect(write(repeat(' some **bold** words and [a](http://b)', length))).toBeGreaterThan(0);
    for (let tens = 0; tens < 10; tens += 1) {
      let ops = 0;
      for (let piece = 0; piece < 10; piece += 1) ops += write(' more **bold** words here.');
      expect(ops).toBeGreaterThan(0);
    }
  },
);

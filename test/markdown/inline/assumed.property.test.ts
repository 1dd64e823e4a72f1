import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createInlineContent, parseInline } from '../../../src/markdown/inline/content.ts';
import { joined, references } from './oracle.ts';
import { createPage, isWithin, textOf } from './page.ts';
import { soup } from './soup.ts';

const seed = Number(process.env['SEED'] ?? 20_261_123);
const runs = Number(process.env['RUNS'] ?? 60);

/** Stretches between broken syntax, longer than anything is waited for, with and without places to cut. */
const filler = fc.constantFrom('words of a text ', 'some *words* and `code`, ', '[a](b) and ', 'x', '世界', '[', '*', '</', 'a@b.', '![');
const stretch = fc.tuple(filler, fc.constantFrom(0, 700, 2500, 5000)).map(([piece, length]) => piece.repeat(length / piece.length));

const long = fc
  .array(fc.tuple(soup, stretch), { minLength: 2, maxLength: 8 })
  .map((parts) => parts.flat().join(' ').trim())
  .filter((text) => text.length > 5000);

describe(`long leaves (seed ${seed})`, () => {
  test.each([false, true])('[MD2] end as if whole, whatever was taken for text on the way (math %s)', (math) => {
    fc.assert(
      fc.property(long, fc.integer({ min: 20, max: 900 }), fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (text, size, late) => {
        let polls = 0;
        const content = createInlineContent(references, { math });
        const page = createPage(content);
        const interrupt = (): boolean => late[polls++ % late.length] === true && polls < 10_000;
        for (let at = 0; at < text.length; at += size) {
          content.replace(at, text.slice(at, at + size));
          page.show(interrupt);
          if (at % 7 === 0) expect(isWithin(textOf(page.segments.flat()), text.slice(0, at + size))).toBe(true);
        }
        content.finish();
        page.show(interrupt);
        expect(joined(page.segments.flat())).toEqual(parseInline(text, references, { math }));
      }),
      { seed, numRuns: runs },
    );
  });

  test('[MD2] truncated anywhere and written on, end as what they became', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(long, fc.nat(), fc.boolean()), { minLength: 2, maxLength: 4 }), (steps) => {
        const content = createInlineContent(references, {});
        const page = createPage(content);
        let source = '';
        for (const [text, at, shown] of steps) {
          const from = source.length - (at % 3000 < source.length ? at % 3000 : source.length);
          content.replace(from, '');
          source = source.slice(0, from);
          for (let written = 0; written < text.length; written += 500) {
            const piece = text.slice(written, written + 500);
            content.replace(source.length, piece);
            source += piece;
            if (shown) page.show();
          }
        }
        content.finish();
        page.show();
        expect(joined(page.segments.flat())).toEqual(parseInline(source, references, {}));
      }),
      { seed, numRuns: Math.ceil(runs / 3) },
    );
  });
});

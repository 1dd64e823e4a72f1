import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createInlineContent, parseInline } from '../../../src/markdown/inline/content.ts';
import { joined, oracle, references } from './oracle.ts';
import { createPage, isWithin, textOf } from './page.ts';
import { cutsOf, soup } from './soup.ts';

const seed = Number(process.env['SEED'] ?? 20_261_122);
const runs = Number(process.env['RUNS'] ?? 1500);

/** Found by these tests, and mended. */
const pinned: readonly string[] = [
  'http://-www.a.b/\n&?',
  'a<!--\n b-->c',
  '![foo bar __|[^n]!世界  ~~&#35;!https://a.bc#|+](foo bar :$$',
  '&#1;*',
  'a* ~~*~~ some words after that and text* end',
  'a~~ *~~b* some words after that, and~~',
  '[é)foo b__foo (u)~~[^*]https://a.bc\\(foo bar ]http://foo bar',
];

describe(`inline soup (seed ${seed})`, () => {
  test.each([false, true])('is what the oracle says (math %s)', (math) => {
    let judged = 0;
    fc.assert(
      fc.property(soup, (text) => {
        const expected = oracle(text, { math });
        if (!expected) return;
        judged += 1;
        expect(joined(parseInline(text, references, { math }))).toEqual(expected);
      }),
      { seed, numRuns: runs, examples: pinned.map((text) => [text]) },
    );
    expect(judged).toBeGreaterThan(runs * 0.9);
  });

  test.each([false, true])('in any cuts, with any interruptions, ends as if whole (math %s)', (math) => {
    fc.assert(
      fc.property(
        soup.chain((text) => fc.tuple(fc.constant(text), cutsOf(text), fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }))),
        ([text, pieces, late]) => {
          let polls = 0;
          const content = createInlineContent(references, { math });
          const page = createPage(content);
          const interrupt = (): boolean => late[polls++ % late.length] === true && polls < 10_000;
          let length = 0;
          for (const piece of pieces) {
            content.replace(length, piece);
            length += piece.length;
            page.show(interrupt);
          }
          content.finish();
          page.show(interrupt);
          expect(joined(page.segments.flat())).toEqual(parseInline(text, references, { math }));
        },
      ),
      { seed, numRuns: runs, examples: pinned.map((text) => [[text, [...text], [true, false]]]) },
    );
  });

  test('truncated anywhere and written on, ends as what it became', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(soup, fc.nat(), fc.boolean()), { minLength: 2, maxLength: 12 }), (steps) => {
        const content = createInlineContent(references, {});
        const page = createPage(content);
        let source = '';
        for (const [text, at, shown] of steps) {
          const from = at % (source.length + 1);
          content.replace(from, text);
          source = source.slice(0, from) + text;
          if (shown) page.show();
        }
        content.finish();
        page.show();
        expect(joined(page.segments.flat())).toEqual(parseInline(source, references, {}));
      }),
      { seed, numRuns: runs },
    );
  });

  test('shows no more text than the source has, as it grows', () => {
    fc.assert(
      fc.property(
        soup.chain((text) => fc.tuple(fc.constant(text), cutsOf(text))),
        ([text, pieces]) => {
          const content = createInlineContent(references, { math: true });
          const page = createPage(content);
          let source = '';
          for (const piece of pieces) {
            content.replace(source.length, piece);
            source += piece;
            page.show();
            expect(isWithin(textOf(page.segments.flat()), source)).toBe(true);
          }
          expect(source).toBe(text);
        },
      ),
      { seed, numRuns: runs },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cuts, markdown } from './arbitrary.ts';
import { isJudged } from './judged.ts';
import { parseWhole } from './oracle.ts';
import { characters, parseStreamed } from './stream.ts';

const seed = Number(process.env['SEED'] ?? 20_261_122);

/** Found by this test, and mended. */
const pinned: readonly string[] = [
  '[foo]: /url\n* ',
  '[foo]: /url\n|-|\na',
  'a\n    a\n:-\n',
  'a\n:-\n|\n---',
  '- [x] b\n  - ',
  '-  [x] \n|-|-|\na',
  '|[^1]\r\n[^1]: a',
  '10. ```\n  ',
  '```js\u00a0a b',
  '~~~\ufeffjs a\u3000b',
  '```js a\u2028b',
];

describe(`documents of Markdown's pieces end in the tree of the oracle (seed ${seed})`, () => {
  test('[MD2] whole, by character, and in any cuts', () => {
    let documents = 0;
    let unjudged = 0;
    fc.assert(
      fc.property(
        markdown.chain((text) => fc.tuple(fc.constant(text), cuts(text))),
        ([text, pieces]) => {
          documents += 1;
          if (!isJudged(text)) {
            unjudged += 1;
            expect(parseStreamed(pieces)).toEqual(parseStreamed([text]));
            return;
          }
          const whole = parseWhole(text, {});
          expect(parseStreamed([text])).toEqual(whole);
          expect(parseStreamed(characters(text))).toEqual(whole);
          expect(parseStreamed(pieces)).toEqual(whole);
        },
      ),
      { numRuns: 1500, seed },
    );
    expect(unjudged).toBeLessThan(documents / 5);
  });

  test.for(pinned)('%j', (text) => {
    expect(parseStreamed(characters(text))).toEqual(parseWhole(text, {}));
  });
});

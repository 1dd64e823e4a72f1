import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Inline, Segment } from '../../../src/markdown/index.ts';
import { plainText } from '../../../src/react/markdown/inline.ts';
import { createModel } from '../../../src/react/markdown/model.ts';
import type { InlineNode } from '../../../src/react/markdown/nodes.ts';
import { append, inline, open } from './parser.ts';

const seed = Number(process.env['SEED'] ?? 20_261_123);

/** A paragraph, and what to do to it. */
function openParagraph(): { readonly leaf: InlineNode; readonly fold: (op: ReturnType<typeof append>) => void } {
  const model = createModel();
  model.fold([open(1, { type: 'paragraph' })]);
  const leaf = model.root.groups[0]?.children[0];
  if (leaf?.kind !== 'inline') throw new Error('There is no paragraph.');
  return { leaf, fold: (op) => model.fold([op]) };
}

const boxTexts = ({ boxes }: InlineNode): string[] => boxes.map((box) => plainText(box.flat()));

const words = ['x1y2z3'.repeat(400), 'the word '.repeat(300), '\u{1f30a}'.repeat(1500), 'e\u0301'.repeat(1500), 'short'];
const node: fc.Arbitrary<Inline> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words).map((text): Inline => ({ type: 'text', text })) },
  fc.constantFrom(...words).map((text): Inline => ({ type: 'emphasis', children: [{ type: 'text', text }] })),
  fc.constant<Inline>({ type: 'break' }),
);
const segment: fc.Arbitrary<Segment> = fc.array(node, { minLength: 1, maxLength: 6 });
const step = fc.oneof(
  fc.record({ type: fc.constant('append' as const), text: fc.constantFrom(...words) }),
  fc.record({ type: fc.constant('inline' as const), back: fc.nat(3), segments: fc.array(segment, { minLength: 1, maxLength: 3 }) }),
);

test(`[UI30] [UI31] however long the texts of a paragraph are, its boxes say what its segments say (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const { leaf, fold } = openParagraph();
      let texts: string[] = [];
      for (const next of steps) {
        if (next.type === 'append') {
          fold(append(1, next.text));
          texts.push((texts.pop() ?? '') + next.text);
        } else {
          const from = Math.max(0, texts.length - next.back);
          fold(inline(1, from, ...next.segments));
          texts = [...texts.slice(0, from), ...next.segments.map((segment) => plainText(segment))];
        }
        expect(boxTexts(leaf).join('') + leaf.tail).toBe(texts.join(''));
      }
    }),
    { seed, numRuns: 200 },
  );
});

test.each([
  ['letters', 'x1y2z3'],
  ['words', 'the word '],
  ['long words', `${'x'.repeat(109)} `],
  ['surrogate pairs', '\u{1f30a}'],
  ['letters with marks', 'e\u0301'],
])(
  '[UI31] a text of %s without end is in boxes of bounded length, cut between characters, and what is full stays the same object',
  (_, unit) => {
    const { leaf, fold } = openParagraph();
    // One more, so that lengths do not happen to be whole.
    let text = `x${unit}`;
    fold(inline(1, 0, [{ type: 'text', text }]));
    let full: readonly unknown[] = [];
    for (let count = 0; count < 200; count += 1) {
      const delta = unit.repeat(Math.ceil(500 / unit.length));
      fold(append(1, delta));
      text += delta;
      expect(leaf.boxes.slice(0, full.length).every((box, index) => box === full[index])).toBe(true);
      full = leaf.boxes.slice(0, -1);
    }
    for (const box of leaf.boxes) expect(box.flat()).toHaveLength(1);
    const texts = boxTexts(leaf);
    expect(texts.join('') + leaf.tail).toBe(text);
    expect(texts.length).toBeGreaterThan(text.length / 8192);
    expect(Math.max(...texts.map(({ length }) => length), (texts.at(-1)?.length ?? 0) + leaf.tail.length)).toBeLessThanOrEqual(8192);
    for (const piece of texts.slice(1)) expect(piece).toMatch(/^[\w ]|^\u{1f30a}/u);
    // Parsed once more it is cut alike.
    fold(inline(1, 0, [{ type: 'text', text }]));
    expect(boxTexts(leaf).slice(0, full.length)).toEqual(texts.slice(0, full.length));
  },
);

import { expect, test } from 'vitest';
import { createDocument } from '../../../src/markdown/document.ts';
import { createModel, type Model } from '../../../src/react/markdown/model.ts';
import { createView } from '../../../src/react/markdown/view.ts';

function parsed(pieces: readonly string[]): Model {
  const document = createDocument({});
  const model = createModel();
  const advance = (): void => {
    for (let isDone = false; !isDone; ) {
      const { ops, done } = document.advance(() => false);
      isDone = done;
      model.fold(ops);
    }
  };
  for (const piece of pieces) {
    document.append(piece);
    advance();
  }
  document.end();
  advance();
  return model;
}

/** By label: the group its way back leads to, `anywhere` where only a footnote refers to it. */
function waysBack(model: Model): Readonly<Record<string, number | 'anywhere'>> {
  const view = createView({ model, onModel() {}, onClosed() {}, onDirty() {} });
  const labels = [...model.root.footnotes.definitions.keys()].filter((label) => view.isReferred(label));
  return Object.fromEntries(labels.map((label) => [label, view.reference(label) ?? 'anywhere']));
}

test.each([
  ['a table that was shown in advance and withdrawn', '[^a]: N.\n\n| see [^a] | b |\nno table\n\nMore[^a].\n', { A: 0 }],
  ['a table that was withdrawn, whose text refers to nothing', '[^a]: N.\n\n| `see | [^a]` |\nno table\n', {}],
  ['the same within a quote', '[^a]: N.\n\n> | see [^a] | b |\n> no table\n\nMore[^a].\n', { A: 0 }],
  ['a definition that does not count', '[^b]: B.\n\n[^a]: 1.\n\n[^a]: 2, see[^b].\n', {}],
  ['a footnote alone', '[^b]: B.\n\n[^a]: 1, see[^b].\n', { B: 'anywhere' }],
  ['a footnote, then a block', '[^b]: B.\n\n[^a]: 1, see[^b].\n\nSee[^b].\n', { B: 0 }],
  ['a block in front of which are others', `${'words\n\n'.repeat(30)}See[^b].\n\n[^b]: B.\n`, { B: 1 }],
])('[UI36] a way back leads to what refers to the footnote: %s', (_name, text, expected) => {
  expect(waysBack(parsed([text]))).toEqual(expected);
  expect(waysBack(parsed([...text]))).toEqual(expected);
  expect(waysBack(parsed(text.split(/(?<=\n)/)))).toEqual(expected);
});

test('[UI36] the first block counts, whichever was final first', () => {
  const model = createModel();
  for (const key of [1, 2]) model.fold([{ type: 'open', key, parent: 0, block: { type: 'paragraph' } }]);
  for (const key of [2, 1]) {
    const segments = [[{ type: 'footnoteReference', label: 'a' } as const]];
    model.fold([
      { type: 'inline', key, from: 0, segments },
      { type: 'close', key },
    ]);
  }
  expect(model.root.footnotes.references.get('A')?.key).toBe(1);
});

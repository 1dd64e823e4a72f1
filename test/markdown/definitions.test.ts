import { describe, expect, test } from 'vitest';
import { createDocument } from '../../src/markdown/document.ts';
import type { BlockKey, BlockOp } from '../../src/markdown/index.ts';
import { mostSource, mostWaiting } from '../../src/markdown/references.ts';
import { createFold, type Fold } from './fold.ts';
import { parseWhole } from './oracle.ts';
import { characters, parsePieces, parseStreamed } from './stream.ts';
import { inlineTree, treeOf } from './tree.ts';

function typesOf(fold: Fold, key: number): string[] {
  return inlineTree(fold.root.children[key]?.segments.flat() ?? []).map(({ type }) => type);
}

describe('a definition that comes late', () => {
  test('revises the blocks that use it, and no other', () => {
    const text = 'see [a]\n\nsee [b]\n\nplain\n\nsee [^n]\n\n- in [A]\n\n[a]: /a\n\n[^n]: note\n';
    const fold = parsePieces(characters(text), {});
    expect(treeOf(fold.root)).toEqual(parseWhole(text, {}));
    expect(typesOf(fold, 0)).toContain('link');
    expect(typesOf(fold, 1)).not.toContain('link');
    expect(typesOf(fold, 3)).toContain('footnoteReference');
    const inItem = fold.root.children[4]?.children[0]?.children[0]?.key;
    const keys = [fold.root.children[0], fold.root.children[3]].map((block) => block?.key);
    expect(new Set(fold.revised)).toEqual(new Set([...keys, inItem]));
  });

  test('does so as soon as it is complete, not at the end of the text', () => {
    const document = createDocument({});
    const fold = createFold();
    document.append('see [a]\n\n[a]: /a\n\nmore');
    fold.apply(document.advance(() => false).ops);
    expect(fold.revised.size).toBe(1);
    expect(typesOf(fold, 0)).toContain('link');
  });

  test('within table cells, headings and items of a list', () => {
    const text = '# [x]\n\n| [x] |\n| - |\n| [x] |\n\n1. [x]\n   - [x]\n\n> [x]\n\n[x]: /y "z"\n';
    expect(parseStreamed(characters(text))).toEqual(parseWhole(text, {}));
  });

  test('the first of a label counts, however late', () => {
    const text = '[x]\n\n[x]: /first\n[X]: /second\n\n[x]\n\n[x]: /third\n';
    const fold = parsePieces(characters(text), {});
    expect(treeOf(fold.root)).toEqual(parseWhole(text, {}));
    expect(fold.revised.size).toBe(1);
  });

  test('what a withdrawn table looked up is forgotten with it', () => {
    const text = '| [x] |\nno table\n\n[x]: /y\n';
    expect(parseStreamed(characters(text))).toEqual(parseWhole(text, {}));
  });
});

test('[MD2] a definition that comes while what waited for it is parsed again for another counts, too', () => {
  const paragraph = `[x] [y] ${'some *words* and more. '.repeat(200)}\n\n`;
  const expected = parseWhole(`${paragraph}[x]: /1\n\n[y]: /2\n\n`, {});
  for (let steps = 0; steps < 60; steps += 1) {
    const document = createDocument({});
    const fold = createFold();
    const advance = (isLate: boolean): boolean => {
      const { ops, done } = document.advance(() => isLate);
      fold.apply(ops);
      return done;
    };
    document.append(paragraph);
    while (!advance(false));
    document.append('[x]: /1\n\n');
    for (let step = 0; step < steps; step += 1) advance(true);
    document.append('[y]: /2\n\n');
    document.end();
    while (!advance(false));
    expect(treeOf(fold.root), `after ${steps} steps`).toEqual(expected);
  }
});

describe('ten thousand of them', () => {
  const count = 10_000;
  const references = Array.from({ length: count }, (_, index) => `see [r${index}]`);
  const definitions = Array.from({ length: count }, (_, index) => `[r${index}]: /${index}`).join('\n');

  test('each in a block of its own: every one is revised, once', () => {
    const revisions: BlockKey[] = [];
    const pieces = `${references.join('\n\n')}\n\n${definitions}\n`.match(/[\s\S]{1,512}/g) ?? [];
    const { root } = parsePieces(pieces, {}, (_, ops: readonly BlockOp[]) => {
      for (const op of ops) if (op.type === 'revise') revisions.push(op.key);
    });
    expect(root.children).toHaveLength(count);
    expect(revisions).toHaveLength(count);
    expect(root.children.every(({ segments }) => segments.flat().some(({ type }) => type === 'link'))).toBe(true);
  });

  test('all in one block: it is not parsed again for each', () => {
    let revisions = 0;
    const pieces = `${references.join(' ')}\n\n${definitions}\n`.match(/[\s\S]{1,64}/g) ?? [];
    const { root } = parsePieces(pieces, {}, (_, ops) => {
      revisions += ops.filter(({ type }) => type === 'revise').length;
    });
    expect(inlineTree(root.children[0]?.segments.flat() ?? []).filter(({ type }) => type === 'link')).toHaveLength(count);
    // Eight times what arrived may be parsed again: some 180 KB of definitions, a block of as much.
    expect(revisions).toBeLessThan(20);
  });

  test('what waits is bounded: the oldest keeps what it says', () => {
    const many = Array.from({ length: mostWaiting + 1 }, () => '[x]').join('\n\n');
    const { root } = parsePieces([many, '\n\n[x]: /y\n'], {});
    expect(root.children[0]?.segments.flat()[0]?.type).toBe('text');
    expect(root.children[1]?.segments.flat()[0]?.type).toBe('link');
    const long = `[x] ${'words '.repeat(mostSource / 6)}`;
    const fold = parsePieces([`${long}\n\n[x] short\n\n[x]: /y\n`], {});
    expect(typesOf(fold, 0)).not.toContain('link');
    expect(typesOf(fold, 1)).toContain('link');
  });
});

import { describe, expect, test } from 'vitest';
import { createDocument } from '../../src/markdown/document.ts';
import type { BlockOp } from '../../src/markdown/index.ts';
import { createFold, type Folded } from './fold.ts';
import { characters, parsePieces } from './stream.ts';
import { inlineTree } from './tree.ts';

/** What is on display after each character, in one line: the leaves' text behind the name of their block. */
function shown(text: string): string[] {
  const document = createDocument({ math: true });
  const fold = createFold();
  return characters(text).map((character) => {
    document.append(character);
    fold.apply(document.advance(() => false).ops);
    return leaves(fold.root).join(' ');
  });
}

function leaves(block: Folded): string[] {
  if (block.segments.length > 0 || block.text !== '')
    return [`${block.block.type}:${block.text}${words(inlineTree(block.segments.flat()))}`];
  return block.children.flatMap(leaves);
}

function words(nodes: readonly { readonly [property: string]: unknown }[]): string {
  return nodes.map((node) => ('children' in node ? words(node['children'] as never) : String(node['text'] ?? ''))).join('');
}

function opsOf(pieces: readonly string[]): BlockOp[] {
  const all: BlockOp[] = [];
  parsePieces(pieces, { math: true }, (_, ops) => all.push(...ops));
  return all;
}

describe('the unfinished last line', () => {
  test('text shows at every character, and a possible marker not before it is one', () => {
    expect(shown('No go')).toEqual(['paragraph:N', 'paragraph:No', 'paragraph:No', 'paragraph:No g', 'paragraph:No go']);
    expect(shown('## A b')).toEqual(['', '', '', 'heading:A', 'heading:A', 'heading:A b']);
    expect(shown('- a')).toEqual(['', '', 'paragraph:a']);
    expect(shown('12. a')).toEqual(['', '', '', '', 'paragraph:a']);
    expect(shown('-a')).toEqual(['', 'paragraph:-a']);
    expect(shown('> > a')).toEqual(['', '', '', '', 'paragraph:a']);
    expect(shown('#a')).toEqual(['', 'paragraph:#a']);
    expect(shown('***a')).toEqual(['', '', '', expect.stringContaining('a')]);
  });

  test('below a paragraph, what may underline it or begin a list is not shown', () => {
    expect(shown('a\n--').slice(-3)).toEqual(['paragraph:a', 'paragraph:a', 'paragraph:a']);
    expect(shown('a\n- b').slice(-3)).toEqual(['paragraph:a', 'paragraph:a', 'paragraph:a paragraph:b']);
    expect(shown('a\n--b').slice(-3)).toEqual(['paragraph:a', 'paragraph:a', 'paragraph:a\n--b']);
    expect(shown('a\n=').at(-1)).toBe('paragraph:a');
  });

  test('a possible closing fence is not shown in the code', () => {
    expect(shown('```\na\n``').at(-1)).toBe('code:a');
    expect(shown('```\na\n```').at(-1)).toBe('code:a');
    expect(shown('```\na\n```b').at(-1)).toBe('code:a\n```b');
    expect(shown('```\na\n```\nb').at(-1)).toBe('code:a paragraph:b');
    expect(shown('$$\na\n$$').at(-1)).toBe('math:a');
  });

  test('the end of a heading that may be its closing sequence is not shown', () => {
    expect(shown('# a ##').at(-1)).toBe('heading:a');
    expect(shown('# a ##b').at(-1)).toBe('heading:a ##b');
  });

  test('a table shows from its first bar on, and is withdrawn when the next line is no delimiter row', () => {
    expect(shown('| a | b').at(-1)).toBe('tableCell:a tableCell:b');
    expect(shown('| a |\n| -').at(-1)).toBe('tableCell:a');
    expect(shown('| a |\n| -x').at(-1)).toBe('paragraph:| a | tableCell:-x');
    expect(shown('| a |\n| -x\n\n').at(-1)).toBe('paragraph:| a |\n| -x');
    expect(shown('a\n| b |').at(-1)).toBe('paragraph:a tableCell:b');
    expect(shown('a\n| b |\nc').at(-1)).toBe('paragraph:a\n| b |\nc');
    const kinds = opsOf(characters('| a | b |\n|---|---|\n| c | d |\n')).map(({ type }) => type);
    expect(kinds).not.toContain('remove');
  });

  test('a definition is never shown, and a link at the beginning is', () => {
    expect(new Set(shown('[a]: /b "c"\n'))).toEqual(new Set(['']));
    expect(new Set(shown('[^a]: '))).toEqual(new Set(['']));
    expect(shown('[a](b').at(-1)).toContain('a');
    expect(shown(`[${'x'.repeat(60)}`).at(-1)).toContain('xxx');
    expect(shown(`[${'x'.repeat(60)}]: /y`).at(-1)).toBe('');
  });

  test('a task’s box is not shown as text', () => {
    expect(shown('- [x] a')).toEqual(['', '', '', '', '', '', 'paragraph:a']);
    expect(shown('- [x](y) a').at(-1)).toBe('paragraph:x a');
  });

  test('what merely continues is appended: nothing is sent twice', () => {
    for (const text of [
      `\`\`\`\n${'code line\n'.repeat(50)}`,
      `    ${'x '.repeat(100)}`,
      `<div>\n${'line\n'.repeat(50)}`,
      `$$\n${'x\n'.repeat(50)}`,
    ]) {
      const sent = opsOf(characters(text)).flatMap((op) => (op.type === 'append' || op.type === 'literal' ? [op] : []));
      expect(sent.every(({ type }) => type === 'append')).toBe(true);
      expect(sent.map((op) => op.text).join('').length).toBeLessThanOrEqual(text.length);
    }
  });

  test('a hidden marker costs no more than what it says: a long line of dashes, quotes or digits is asked about rarely', () => {
    for (const line of [
      '-'.repeat(50_000),
      '- '.repeat(25_000),
      '='.repeat(50_000),
      '1'.repeat(50_000),
      '| - '.repeat(12_000),
      '`'.repeat(50_000),
    ]) {
      expect(() => parsePieces([...characters(`a\n${line}`)], {})).not.toThrow();
    }
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { createDocument } from '../../src/markdown/document.ts';
import { mostTold } from '../../src/markdown/output.ts';
import { parsePieces } from './stream.ts';
import { treeOf } from './tree.ts';
import { count, lengthsRead, restore, takeUnits } from './work.ts';

afterEach(restore);

/** The most units of work between two polls of `isLate`, in pieces of `size`; and of a single one of the calls that it stops at once. */
function longestSteps(text: string, size: number): number {
  const document = createDocument({ math: true });
  let most = 0;
  const poll = (): boolean => {
    most = Math.max(most, takeUnits());
    return true;
  };
  const advance = (): void => {
    for (let isDone = false; !isDone; poll()) {
      takeUnits();
      isDone = document.advance(poll).done;
    }
  };
  count();
  for (let at = 0; at < text.length; at += size) {
    document.append(text.substring(at, at + size));
    advance();
  }
  document.end();
  advance();
  restore();
  return most;
}

const length = 1 << 18;
const repeat = (piece: string): string => piece.repeat(Math.ceil(length / piece.length));

describe('no step between two polls does more than so much, however long the text', () => {
  const ordinary: { readonly [name: string]: string } = {
    'many paragraphs': repeat('Some **bold** and `code`, a [link](https://example.com/a?b=c), see https://example.org.\n\n'),
    'one paragraph': repeat('Some **bold** and `code`, a [link](https://example.com/a?b=c), see https://example.org. '),
    words: repeat('the model of a stream '),
    'a fence': `\`\`\`ts\n${repeat('const a = b;\n')}`,
    'a table': `| a | b |\n|---|---|\n${repeat('| **a** | `b` |\n')}`,
    items: repeat('- some *words*\n'),
    references: repeat('See [a label].\n\n'),
  };
  const hostile: { readonly [name: string]: string } = {
    'no break': repeat('x1y2z3'),
    'images in images': `${'!['.repeat(length / 16)}a${'](b)'.repeat(length / 16)}`,
    'a long description': `![${repeat('*a* `b` ')}](c)`,
    brackets: repeat('['),
    'a bracket early on': `[ ${repeat('*a* `b` ')}`,
    delimiters: repeat('*a **a '),
    nested: `${repeat('*a ')}${repeat('a* ')}`,
    cells: repeat('|a'),
    'references in one paragraph': repeat('[a] '),
    bold: repeat('**a** '),
    'escaped characters': repeat('\\*'),
    ideographs: repeat('这是一个很长的段落没有空格'),
    addresses: repeat('a@b.c '),
    'addresses in one word': repeat('a@b.'),
    'beginnings of closing tags': repeat('</'),
    'brackets in one word': `a${repeat('![')}`,
    'brackets that become links': `${'['.repeat(length / 16)}${repeat('a](b) ')}`,
    'beginnings of addresses': repeat('<http://'),
    'beginnings of addresses in a bracket': `[${repeat('www. ')}`,
    'an address without end': `http://a.b/${repeat('abc')}`,
    'an address of marks': `http://a.b/${repeat('a.b,(c)_')}`,
    'a name of a host without end': `www.${repeat('a.')}`,
    'an address in an address': repeat('http://a'),
    'a host in a host': repeat('_www.'),
    'at signs': repeat('@'),
    'at signs and slashes': repeat('/a@'),
    'a mailbox without end': `${repeat('a')}@b.c`,
    'an autolink without end': `<http://${repeat('a')}`,
    'a target without end': `[a](${repeat('b')}`,
  };
  const sizes = [64, length * 2];
  const bound = (isOrdinary: boolean): number => (isOrdinary ? 8192 : 32_768);

  test.for([
    ...Object.entries(ordinary).map(([name, text]) => ({ name, text, most: bound(true) })),
    ...Object.entries(hostile).map(([name, text]) => ({ name, text, most: bound(false) })),
  ])('[MD3] $name', ({ text, most }) => {
    const steps = sizes.map((size) => longestSteps(text, size));
    expect(Math.max(...steps)).toBeLessThanOrEqual(most);
  });
});

describe('[MD3] what a call returns of a leaf is as much as one task can give to the page, and adds up', () => {
  const node = '[a](b) ';
  const texts: { readonly [name: string]: readonly [text: string, more: string] } = {
    'a paragraph that comes at once': [repeat(node), ''],
    'lines that turn out a heading': [repeat(node), '\n===\n'],
    'a definition that comes late': [repeat('[a] '), '\n\n[a]: b\n'],
  };

  test.for(Object.entries(texts))('%s', ([, [text, more]]) => {
    let most = 0;
    const fold = parsePieces([text, more], {}, (_, ops) => {
      const segments = ops.map((op) => ('segments' in op ? op.segments.length : 0));
      most = Math.max(most, ...segments);
      // What is more than one operation may hold ends a call.
      expect(segments.slice(0, -1).filter((count) => count === mostTold)).toEqual([]);
    });
    expect(most).toBe(mostTold);
    expect(treeOf(fold.root)).toEqual(treeOf(parsePieces([text + more], {}).root));
    const [leaf] = fold.root.children;
    const links = leaf?.segments.flat().filter(({ type }) => type === 'link');
    expect(links?.length).toBe(text.split('[').length - 1);
  });
});

describe('[MD3] what grows piece by piece is not read as a whole for each', () => {
  const texts: { readonly [name: string]: string } = {
    'a title without end': `[a]: /b "${repeat('x\n')}`,
    'a label without end': `[${repeat('x')}`,
    'addresses in an address': repeat('www.'),
    'an address without end in a bracket': `[ ${repeat('http://')}`,
    'a row without end': repeat('|a'),
  };

  test.for(Object.entries(texts))('%s', ([, text]) => {
    const read = lengthsRead(() => {
      const document = createDocument({});
      for (let at = 0; at < length; at += 64) {
        document.append(text.substring(at, at + 64));
        document.advance(() => false);
      }
    });
    // As a whole: 2,048 times as much as there is.
    expect(read).toBeLessThanOrEqual(256 * length);
  });
});

import { describe, expect, test } from 'vitest';
import { deepestNesting } from '../../src/markdown/plan.ts';
import type { Folded } from './fold.ts';
import { parsePieces } from './stream.ts';

/** In pieces of 256: what costs the square of its length would not end within the test's time. */
function parse(text: string): Folded {
  return parsePieces(text.match(/[\s\S]{1,256}/g) ?? [], { math: true }).root;
}

function depthOf(block: Folded): number {
  return 1 + Math.max(0, ...block.children.map(depthOf));
}

describe('hostile texts end, within bounds', () => {
  const length = 100_000;
  const texts: { readonly [name: string]: string } = {
    dashes: '- '.repeat(length / 2),
    underline: `a\n${'='.repeat(length)}`,
    backticks: '`'.repeat(length),
    'info string': `\`\`\`${'x'.repeat(length)}`,
    'spaces without end': ' '.repeat(length),
    'spaces in a heading': `# a${' '.repeat(length)}b`,
    'spaces in math': `$$\na${' $'.repeat(length / 2)}b`,
    'a label without end': `[${'x'.repeat(length)}`,
    'a title without end': `[a]: /b "${'x\n'.repeat(length / 2)}`,
    'definitions without end': '[a]: /b\n'.repeat(length / 8),
    'a tag without end': `<a b="${'x'.repeat(length)}`,
    bars: '|'.repeat(length),
    'a wide table': `${'|a'.repeat(length / 8)}|\n${'|-'.repeat(length / 8)}|\n| b |\n`,
    'delimiter rows': '|-|\n|-|-|\n'.repeat(length / 10),
    'headers without a table': '| a |\nb\n\n'.repeat(length / 10),
    'a box and spaces': `- [x]${' '.repeat(length)}`,
    'open quotes': '>'.repeat(length),
    'quotes line by line': Array.from({ length: 400 }, (_, index) => `${'> '.repeat(index % 130)}a`).join('\n'),
    'lists within lists': Array.from({ length: 200 }, (_, index) => `${'  '.repeat(index)}- a`).join('\n'),
  };

  test.for(Object.entries(texts))('%s', ([, text]) => {
    expect(depthOf(parse(text))).toBeLessThanOrEqual(deepestNesting + 4);
  });

  test('markers deeper than containers may be nested are text', () => {
    const root = parse(`${'> '.repeat(deepestNesting + 10)}a`);
    expect(depthOf(root)).toBe(deepestNesting + 1);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostColumns } from '../../src/markdown/delimiters.ts';
import { cuts } from './arbitrary.ts';
import { gfmExamples } from './gfm-spec.ts';
import { parseWhole } from './oracle.ts';
import { characters, parsePieces, parseStreamed } from './stream.ts';

/** For each construct of GFM what it is, what it is not, and where it begins and ends. Written for these tests; the oracle judges. */
const cases: { readonly [construct: string]: readonly string[] } = {
  table: [
    '| a | b |\n| - | - |\n| 1 | 2 |',
    '| a | b |\n| :-- | --: |\n| 1 | 2 |\n| 3 | 4 |\n',
    '|a|b|c|\n|:-:|:-|-|\n|1|2|3|\n\ntext',
    'a | b\n- | -\n1 | 2',
    'a | b\n-|-\n1 | 2\n> quote',
    'a | b\n:-|-:\n1 | 2\n# heading',
    'a\n:-:\nb',
    '| a |\n| - |',
    '| a |\n| - |\n\n| b |\n| - |\n',
    '| a | b |\n| - |\n| 1 | 2 |',
    '| a |\n| - | - |\n| 1 | 2 |',
    '| a | b |\n| - | x |\n',
    '| a | b\n| - | -\n| 1',
    '| a | b | \n|---|---| \n| 1 | 2 | 3 | 4 |\n|1|\n',
    '| a \\| b | c |\n| --- | --- |\n| `x \\| y` | \\\\| |\n',
    '| \\`a\\` | **b** |\n| --- | --- |\n| [x](y) | ~~z~~ |',
    'text\n| a | b |\n| - | - |\n| 1 | 2 |\nmore',
    'one\ntwo\nthree | four\n--- | ---\n1 | 2',
    '> | a | b |\n> | - | - |\n> | 1 | 2 |\n\ntext',
    '> | a | b |\n> | - | - |\n| 1 | 2 |',
    '- | a | b |\n  | - | - |\n  | 1 | 2 |\n- next',
    '1. text\n\n   | a | b |\n   | - | - |\n   | 1 | 2 |\n\n2. next',
    '   | a |\n   | - |\n   | b |',
    '    | a |\n    | - |',
    '| a |\n    | - |',
    '|\n|-|',
    '||\n|-|',
    '|  | b |\n|--|---|\n| | |\n|||\n',
    '| a |\n|:|\n',
    '| a |\n| - |\n---\n',
    '| a |\n| - |\n- b\n',
    '| a |\n| - |\n```\n| b |\n```',
    '| a |\n===\n',
    '| a | b |\n---\n',
    '[x]: /y\n| a |\n| - |\n| [x] |',
    '| a |\n| - |\n| [x] |\n\n[x]: /y',
    '| [x] |\n| - | - |\n\n[x]: /y',
    '| a |\r\n| - |\r\n| b |\r\n',
    '| *a | b* |\n| --- | --- |\n| `c | d` |',
    '| a | b |\n|---|---|\n| https://x.example/a | <b> |\n',
  ],
  'task list': [
    '- [ ] a\n- [x] b\n- [X] c',
    '1. [ ] a\n2. [x] b',
    '- [ ] a\n  - [x] b\n    - [ ] c',
    '- [ ]a\n- [] b\n- [y] c\n- [  ] d',
    '- [ ]\n- [x]\n',
    '- [x]\n  a',
    '- [ ]\ta',
    '- [x]  a',
    '- a\n  [x] b',
    '- a\n\n  [x] b',
    '-\n  [x] a',
    '- > [x] a',
    '- # [x] a',
    '- [x] # a',
    '- [x] **a** `b`',
    '- [x] a\n  ===',
    '[x] a',
    '- [x]: /y\n- [x]',
    '- [x](y)',
    '- [ ] a\n\n- [x] b\n',
    '+ [x] - [x] a',
  ],
  strikethrough: [
    '~~a~~ ~b~',
    '~~~a~~~',
    'a ~~b\nc~~ d',
    '~~a *b~~ c*',
    'a~~b~~c ~ d ~',
    '~~a~ ~b~~',
    '\\~~a~~',
    '- ~~a~~\n- ~~b',
    '~~a\n\nb~~',
    '**~~a~~** ~~**b**~~',
  ],
  autolink: [
    'www.example.com https://example.com/a?b=c http://x.example',
    'see https://example.com/a_(b)_c).',
    '(https://example.com) "https://example.com"',
    'https://example.com/a&amp; https://example.com/a&hl;',
    'a@b.example mailto:a@b.example xmpp:a@b.example/c',
    'ahttps://example.com a.b-c_d@a.b a.b-c_d@a.b- a.b-c_d@a.b_',
    '*https://example.com* **www.example.com** ~~www.example.com~~',
    '[https://example.com](x) `https://example.com`',
    'www. www.a http:// https://',
    'https://example.com/a<b https://example.com/a*b*',
    '- https://example.com\n- www.example.com\n',
    'ftp://example.com javascript:alert(1) data:text/html,x',
  ],
  footnote: [
    'a[^1]\n\n[^1]: b',
    '[^1]: b\n\na[^1]',
    'a[^1] b[^2] c[^1]\n\n[^1]: d\n[^2]: e',
    'a[^1]',
    '[^1]: b',
    'a[^n]\n\n[^n]: b\n    c\n\n    d\n\n        code\n\ne',
    'a[^n]\n\n[^n]: b\nc\n\nd',
    'a[^n]\n\n[^n]:\n    - b\n    - c\n',
    'a[^N]\n\n[^n]: b\n\n[^n]: c',
    'a[^a b]\n\n[^a b]: c',
    'a[^\\]]\n\n[^\\]]: c',
    'a[^]\n\n[^]: c',
    '![^1] [^1][x] [^1](x)\n\n[^1]: b\n[x]: y',
    '> a[^1]\n>\n> [^1]: b\n\nc[^1]',
    '- a[^1]\n\n  [^1]: b\n',
    'text\n[^1]: b\n\na[^1]',
    '**a[^1]** [b[^1]](c)\n\n[^1]: d',
    'a[^1]\n\n[^1]: | x |\n    | - |\n    | y |',
    'a[^1]\n\n[^1]: ```\n    code\n    ```\n',
    '[^1]: a [^2]\n\n[^2]: b [^1]',
  ],
};

function check(text: string): void {
  const whole = parseWhole(text, {});
  expect(parseStreamed([text]), 'whole').toEqual(whole);
  expect(parseStreamed(characters(text)), 'one character at a time').toEqual(whole);
  for (const [run, pieces] of fc.sample(cuts(text), { numRuns: 16, seed: 7 }).entries()) {
    expect(parseStreamed(pieces), `cut ${run} with seed 7`).toEqual(whole);
  }
}

describe('GFM: every example of its specification ends in the tree of the oracle', () => {
  test.for(Object.entries(gfmExamples))('[MD2] %s', ([, text]) => check(text));
});

describe('GFM: every case ends in the tree of the oracle', () => {
  test.for(Object.entries(cases).flatMap(([construct, texts]) => texts.map((text) => [construct, text] as const)))('%s: %j', ([, text]) =>
    check(text),
  );
});

test('[MD2] a row of more cells than a table may have columns begins none, whatever the cuts', () => {
  const wide = (columns: number): string => `${'| a '.repeat(columns)}|\n${'|-'.repeat(columns)}|\n${'| b '.repeat(columns)}|\n`;
  expect(parseStreamed(characters(wide(mostColumns)))).toEqual(parseWhole(wide(mostColumns), {}));
  const text = wide(mostColumns + 1);
  const streamed = parseStreamed(characters(text));
  expect(streamed).toMatchObject({ children: [{ type: 'paragraph' }] });
  expect(parseStreamed([text])).toEqual(streamed);
});

test('[MD3] a row of however many cells opens no more of them than a table may have columns, and those of a piece', () => {
  let cells = 0;
  parsePieces('|'.repeat(100_000).match(/.{1,64}/g) ?? [], {}, (_, ops) => {
    for (const op of ops) if (op.type === 'open' && op.block.type === 'tableCell') cells += 1;
  });
  expect(cells).toBeLessThanOrEqual(mostColumns + 64);
});

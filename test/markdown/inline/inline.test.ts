import { describe, expect, test } from 'vitest';
import type { Inline, Segment } from '../../../src/markdown/blocks.ts';
import {
  createInlineContent,
  type InlineContent,
  initialCredit,
  parseInline,
  parsesPerUnit,
  type References,
} from '../../../src/markdown/inline/content.ts';
import { joined, oracle } from './oracle.ts';
import { createPage, type Page, textOf } from './page.ts';
import { examples } from './spec.ts';

const nothing: References = { link: () => undefined, footnote: () => false };

interface Leaf {
  readonly content: InlineContent;
  readonly page: Page;
  write(text: string): Leaf;
  /** What is on display. */
  shown(): Inline[];
}

function open(references: References = nothing, math = false): Leaf {
  const content = createInlineContent(references, { math });
  const page = createPage(content);
  let length = 0;
  const leaf: Leaf = {
    content,
    page,
    write(text) {
      content.replace(length, text);
      length += text.length;
      page.show();
      return leaf;
    },
    shown: () => joined(page.segments.flat()),
  };
  return leaf;
}

function text(value: string): Inline {
  return { type: 'text', text: value };
}

describe('the examples of the specification', () => {
  test.each(examples)('$name', ({ source, references, inlines }) => {
    expect(joined(parseInline(source, references, {}))).toEqual(inlines);
    const { content, page, write, shown } = open(references);
    for (const char of source) write(char);
    content.finish();
    page.show();
    expect(shown()).toEqual(inlines);
  });

  test('are all there', () => {
    expect(examples.length).toBeGreaterThan(400);
  });
});

describe('what is open is shown as if it were closed', () => {
  const cases: readonly [string, Inline[]][] = [
    ['a **bo', [text('a '), { type: 'strong', children: [text('bo')] }]],
    ['a *it', [text('a '), { type: 'emphasis', children: [text('it')] }]],
    ['a ~~de', [text('a '), { type: 'delete', children: [text('de')] }]],
    ['a ***bo', [text('a '), { type: 'emphasis', children: [{ type: 'strong', children: [text('bo')] }] }]],
    ['a `co', [text('a '), { type: 'inlineCode', text: 'co' }]],
    ['a $x^2', [text('a '), { type: 'inlineMath', text: 'x^2' }]],
    ['a \\(x', [text('a '), { type: 'inlineMath', text: 'x' }]],
    ['a [te', [text('a '), { type: 'link', url: '', title: undefined, children: [text('te')] }]],
    ['a [te](http://par', [text('a '), { type: 'link', url: '', title: undefined, children: [text('te')] }]],
    ['a [1', [text('a [1')]],
    ['a [1](http://par', [text('a '), { type: 'link', url: '', title: undefined, children: [text('1')] }]],
    ['a www.par', [text('a '), { type: 'link', url: '', title: undefined, children: [text('www.par')] }]],
    ['a www.par now', [text('a '), { type: 'link', url: 'http://www.par', title: undefined, children: [text('www.par')] }, text(' now')]],
    ['a **bo*', [text('a '), { type: 'strong', children: [text('bo')] }]],
  ];
  test.each(cases)('%s', (source, expected) => {
    expect(open(nothing, true).write(source).shown()).toEqual(expected);
  });

  test('and the white space that code begins with, as soon as something follows', () => {
    const leaf = open().write(`a \`\` ${'*'.repeat(256)}`);
    expect(leaf.shown()).toEqual([text('a '), { type: 'inlineCode', text: '' }]);
    expect(leaf.write('*').shown()).toEqual([text('a '), { type: 'inlineCode', text: '*'.repeat(257) }]);
  });

  test.each(['a ', 'a *', 'a **', 'a `', 'a ![', 'a ![alt](u', 'a [', 'a \\', 'a &am', 'a <htt', 'a http', 'a [^no'])(
    'and held back where nothing is decided: %s',
    (source) => {
      const [node, ...others] = open().write(source).shown();
      expect(node).toMatchObject({ type: 'text', text: expect.stringMatching(/^a ?$/) });
      expect(others).toEqual([]);
    },
  );

  test.each(['5*3 and', 'about ~5 minutes', 'costs $5 and', 'snake_case and', 'if a < b then'])('but text is text: %s', (source) => {
    expect(open(nothing, true).write(source).shown()).toEqual([text(source)]);
  });

  test.each([
    ['an address', '[te](http://', 'p', 600],
    ['a footnote', '[^', 'n', 100],
  ])('and %s that does not end is text after so much', (_, begun, letter, most) => {
    const leaf = open().write(`a ${begun}`);
    const ten = letter.repeat(10);
    for (let count = 0; count < most - 50; count += 10) leaf.write(ten);
    expect(textOf(leaf.shown())).not.toContain(ten);
    for (let count = 0; count < 150; count += 10) leaf.write(ten);
    expect(textOf(leaf.shown())).toContain(letter.repeat(most));
  });

  test.each([
    ['an address', '![b](u'],
    ['a title', '![b](u "t'],
    ['an alternative text', '![b'],
  ])('and an image whose %s does not end is text from 600 code units on, in whatever pieces it comes', (_, begun) => {
    for (const size of [1, 3, 50]) {
      const leaf = open().write(`a ${begun}`);
      for (let { length } = begun; length < 600; ) {
        expect(leaf.shown()).toEqual([text('a ')]);
        const piece = Math.min(size, 600 - length);
        leaf.write('x'.repeat(piece));
        length += piece;
      }
      expect(leaf.shown()).toEqual([text(`a ${begun.padEnd(600, 'x')}`)]);
    }
  });

  test('and what waits for nothing is shown at once, also where a parse is not due yet', () => {
    const { content, write, shown } = open().write(`[ ${'word '.repeat(700)}`);
    for (const letter of 'x [y '.repeat(200)) {
      write(letter);
      expect(content.source().length - textOf(shown()).length).toBeLessThan(5);
    }
  });

  test('a word that grows stays in its place', () => {
    const { page, write } = open();
    write('Some **bold');
    const before = page.inlines;
    write(' te').write('xt').write('*').write('*').write(' ');
    expect(page.inlines).toBe(before);
  });
});

describe('work follows what arrives', () => {
  test('prose is appended as it is, without a parse', () => {
    const { content, page, write } = open();
    write('The');
    const parsed = content.parsedLength();
    for (let count = 0; count < 40; count += 1) write(' quick brown');
    expect(content.parsedLength()).toBe(parsed);
    expect(page.appends).toBe(40);
    expect(page.inlines).toBe(1);
  });

  const repeat = (piece: string): string => piece.repeat(Math.ceil(20_000 / piece.length));
  const prose = repeat('some words with `code` and **more** words to follow. ');
  const shapes: Record<string, string> = {
    prose: repeat('The quick brown fox jumps over the lazy dog. '),
    lines: repeat('The quick brown fox\njumps over the lazy dog. '),
    'marks and links': repeat('Some **bold** and `code`, a [link](https://example.com/a?b=c), see https://example.org. '),
    'an asterisk early on': `5*3 and ${prose}`,
    'a bracket early on': `[ ${prose}`,
    'a backtick early on': `a \` ${prose}`,
    'no break': repeat('abcdefghij'),
    'no spaces': repeat('这是一个很长的段落没有空格'),
    brackets: repeat('['),
    closers: repeat('a] '),
    delimiters: repeat('*a **a *a **a '),
    ladder: Array.from({ length: 190 }, (_, index) => `${'`'.repeat(index + 1)}a`).join(' '),
    comments: repeat('<!-- '),
    tags: repeat('<a b="'),
    addresses: repeat('a@b.c.'),
  };
  test.each(Object.entries(shapes))('%s: what is parsed is a bounded multiple of what arrived', (_, source) => {
    const { content, page, shown } = open();
    let length = 0;
    for (; length < source.length; length += 4) {
      content.replace(length, source.slice(length, length + 4));
      page.show();
    }
    content.finish();
    page.show();
    expect(content.parsedLength()).toBeLessThanOrEqual((parsesPerUnit + 1) * source.length + initialCredit);
    expect(shown()).toEqual(joined(parseInline(source, nothing, {})));
  });

  test('where everything settles, a character is parsed a few times', () => {
    const source = shapes['marks and links'] ?? '';
    const { content, page } = open();
    for (let length = 0; length < source.length; length += 4) {
      content.replace(length, source.slice(length, length + 4));
      page.show();
    }
    expect(content.parsedLength()).toBeLessThan(5 * source.length);
  });

  test('a large leaf is parsed in many steps', () => {
    const { content } = open();
    content.replace(0, repeat('*a **a [b](c) `d` ').repeat(5));
    let polls = 0;
    while (
      !content.advance(() => {
        polls += 1;
        return polls % 7 === 0;
      })
    );
    expect(polls).toBeGreaterThan(100);
  });
});

describe('[MD2] an address whose word goes on for more than 4,096 code units is text', () => {
  const most = 4096;
  const words: { readonly [name: string]: (length: number) => string } = {
    'an address': (length) => 'http://a.b/'.padEnd(length, 'xyz'),
    'one of a name': (length) => 'www.a.'.padEnd(length, 'b.c'),
    'one with marks in it': (length) => 'https://a.b/?'.padEnd(length, 'c=(d),&e'),
    'of a mailbox': (length) => `${'a'.repeat(length - 4)}@b.c`,
    'of a host of mail': (length) => 'a@'.padEnd(length, 'b.c'),
  };
  const around: { readonly [place: string]: readonly [string, string] } = {
    'in a sentence': ['see ', ' and more'],
    'in a bracket': ['[see ', ' and more'],
    'behind an escape': ['\\# ', ' and more'],
  };
  const links = (nodes: readonly Inline[]): number => nodes.filter(({ type }) => type === 'link').length;

  test.for(
    Object.entries(words).flatMap(([name, word]) =>
      Object.entries(around).map(([place, [before, after]]) => ({ name, place, word, before, after })),
    ),
  )('$name, $place', ({ word, before, after }) => {
    const short = before + word(most) + after;
    const long = before + word(most + 16) + after;
    expect(links(parseInline(short, nothing, {}))).toBe(1);
    expect(links(parseInline(long, nothing, {}))).toBe(0);
    for (const source of [short, long]) {
      const leaf = open();
      for (let at = 0; at < source.length; at += 97) leaf.write(source.slice(at, at + 97));
      leaf.content.finish();
      leaf.page.show();
      expect(leaf.shown()).toEqual(joined(parseInline(source, nothing, {})));
    }
  });
});

describe('marks within marks', () => {
  /** How deep the nodes are nested, and all the text in them. */
  const depthOf = (nodes: readonly Inline[]): number =>
    Math.max(0, ...nodes.map((node) => ('children' in node ? 1 + depthOf(node.children) : 0)));

  test.each([64, 65, 1000])('%i deep: the innermost ones are text from a depth of 64 on', (depth) => {
    const nodes = parseInline(`${'*a '.repeat(depth)}x${' a*'.repeat(depth)}`, nothing, {});
    expect(depthOf(nodes)).toBe(Math.min(depth, 64));
    expect(textOf(nodes).includes('*')).toBe(depth > 64);
  });

  test('an image’s alternative text is what its description says, whatever is in it', () => {
    const source = '![a *b **c** `d`* [e](f) ![g *h*](i) &amp; \\* j](k)';
    expect(parseInline(source, nothing, {})).toEqual([{ type: 'image', url: 'k', title: undefined, alt: 'a b c d e g h & * j' }]);
    const deep = `![${'*a '.repeat(2000)}x${' a*'.repeat(2000)}](k)`;
    expect(parseInline(deep, nothing, {})).toEqual([
      { type: 'image', url: 'k', title: undefined, alt: `${'a '.repeat(2000)}x${' a'.repeat(2000)}` },
    ]);
  });
});

describe('segments', () => {
  test('stay the same objects once others follow, and are of moderate size', () => {
    const { content, page } = open();
    const seen = new Map<number, Segment>();
    const source = 'Some **bold** text, `code` and [a link](https://example.org), which go on. '.repeat(300);
    for (let at = 0; at < source.length; at += 9) {
      content.replace(at, source.slice(at, at + 9));
      page.show();
      page.segments.slice(0, -1).forEach((segment, index) => {
        expect(seen.get(index) ?? segment).toBe(segment);
        seen.set(index, segment);
      });
    }
    expect(seen.size).toBeGreaterThan(20);
    for (const segment of seen.values()) {
      expect(segment.length).toBeLessThanOrEqual(50);
      expect(segment.reduce((length, node) => length + (node.type === 'text' ? node.text.length : 0), 0)).toBeLessThanOrEqual(2048);
    }
  });

  test('of a long text arriving at once are of moderate size, too', () => {
    const { content, page, shown } = open();
    const source = 'word '.repeat(20_000);
    content.replace(0, source);
    content.finish();
    page.show();
    expect(Math.max(...page.segments.map((segment) => segment.length))).toBe(1);
    expect(page.segments.length).toBeGreaterThan(45);
    expect(shown()).toEqual([text(source.trimEnd())]);
  });
});

test.each(['*', '**', '_', '~~'])(
  '[MD2] a long text that is there at once knows what the escaped %s in front of its last run leaves of it',
  (mark) => {
    const source = `${'word '.repeat(2000)}${mark}!  \\${mark[0]}${mark}`;
    expect(joined(parseInline(source, nothing, {}))).toEqual(oracle(source, { math: false }));
  },
);

test('labels without definition are told, and not those that were looked up only on the way', () => {
  const source = 'See [Foo  Bar] and [^1], [a label](/u) more.';
  const { content, page, shown, write } = open();
  for (const char of source) write(char);
  content.finish();
  page.show();
  expect(shown()).toEqual([
    text('See [Foo  Bar] and [^1], '),
    { type: 'link', url: '/u', title: undefined, children: [text('a label')] },
    text(' more.'),
  ]);
  expect([...content.unresolved].sort()).toEqual(['FOO BAR', '^1']);
});

test.each(['\\(a\\) b', '\\[a\\] b', '\\( a \\) b'])('%s is mathematics where that is on', (source) => {
  expect(parseInline(source, nothing, { math: true })).toEqual([{ type: 'inlineMath', text: 'a' }, text(' b')]);
  expect(joined(parseInline('\\(a\\) b', nothing, {}))).toEqual([text('(a) b')]);
});

describe('[MD2] one dollar', () => {
  test.each([
    'a price of $5 and $10.',
    '$5–$10',
    '$5/month or $50/year',
    'between $1 000 and $2 000',
    '5$ or 10$.',
    'US$5, CA$6',
    '$ x $',
    '$x $',
    '$ x$',
    '$x$5',
    'costs $5',
    '$x\\$',
    '$$x$',
  ])('encloses no formula: %s', (source) => {
    expect(joined(parseInline(source, nothing, { math: true }))).toEqual([text(source.replace('\\$', '$'))]);
  });

  const formulas: readonly (readonly [source: string, formula: string, after?: string])[] = [
    ['$x$', 'x'],
    ['$5$', '5'],
    ['$n$th', 'n', 'th'],
    ['设$x$为', 'x', '为'],
    ['$a\n+ b$', 'a\n+ b'],
    ['$\\text{cost} = \\$5$.', '\\text{cost} = \\$5', '.'],
    ['$a\\\\$', 'a\\\\'],
    ['from $5 to $x$', 'x'],
  ];
  test.for(formulas)('encloses one: %s', ([source, formula, after]) => {
    const nodes = joined(parseInline(source, nothing, { math: true }));
    expect(nodes.filter((node) => node.type === 'inlineMath')).toEqual([{ type: 'inlineMath', text: formula }]);
    if (after) expect(nodes.at(-1)).toEqual(text(after));
  });

  test('is a formula as it grows, and prices are never one', () => {
    const shown = (source: string): Set<string> => {
      const leaf = open(nothing, true);
      const types = [...source].flatMap((char) =>
        leaf
          .write(char)
          .shown()
          .map((node) => node.type),
      );
      leaf.content.finish();
      leaf.page.show();
      return new Set([...types, ...leaf.shown().map((node) => node.type)]);
    };
    expect(shown('from $5 to $10, US$5 or $7.')).toEqual(new Set(['text']));
    expect(shown('$x + y$')).toEqual(new Set(['inlineMath']));
  });
});

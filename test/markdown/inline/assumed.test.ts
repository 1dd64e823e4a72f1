import { describe, expect, test } from 'vitest';
import type { Inline } from '../../../src/markdown/blocks.ts';
import { createInlineContent, parseInline, parsesPerUnit } from '../../../src/markdown/inline/content.ts';
import { joined, references } from './oracle.ts';
import { createPage } from './page.ts';

const prose = 'some **words**, `code` and more of it. ';

function stream(
  text: string,
  size: number,
  each?: (nodes: readonly Inline[], length: number) => void,
): { parsed: number; inlines: number } {
  const content = createInlineContent(references, { math: true });
  const page = createPage(content);
  for (let at = 0; at < text.length; at += size) {
    content.replace(at, text.slice(at, at + size));
    page.show();
    each?.(page.segments.flat(), at + size);
  }
  content.finish();
  page.show();
  expect(joined(page.segments.flat())).toEqual(parseInline(text, references, { math: true }));
  return { parsed: content.parsedLength(), inlines: page.inlines };
}

describe('[MD4] what was taken for text, far behind, and is closed after all', () => {
  test.for([
    ['link', '[ ', '](/url "title")'],
    ['link', '[ ', '][foo]'],
    ['image', '![ ', '](/url)'],
    ['emphasis', '*a ', 'a*'],
    ['strong', '__a ', 'a__'],
    ['delete', '~~a ', 'a~~'],
    ['inlineCode', '``a ', ' ``'],
    ['inlineMath', '$$a ', '$$'],
    ['html', '<!-- ', '-->'],
  ] as const)('is a %s soon: %s…%s', ([type, opening, closing]) => {
    const words = 'words of a text, and more of it. ';
    const open = `See ${opening}${words.repeat(400)}`;
    let shownAt = Number.POSITIVE_INFINITY;
    let tooEarly = false;
    stream(`${open}end${closing} and ${words.repeat(50)}`, 40, (nodes, length) => {
      const isShown = nodes.some((node) => node.type === type && (length < open.length || JSON.stringify(node).includes('end')));
      // At first the end of what it says is closed in advance.
      if (isShown && length > 8192 && length < open.length) tooEarly = true;
      if (isShown && length > open.length) shownAt = Math.min(shownAt, length);
    });
    expect(tooEarly).toBe(false);
    expect(shownAt).toBeLessThan(open.length + 1200);
  });

  test('a target behind a link of its own is none of it, and nothing is parsed again', () => {
    const text = `[ [a](b) ${prose.repeat(400)}](/url) ${prose.repeat(100)}`;
    expect(stream(text, 64).parsed).toBeLessThan(parsesPerUnit * text.length);
  });
});

test.for([
  ['emphasis in emphasis', `${'*a '.repeat(20_000)}${'a* '.repeat(20_000)}`],
  ['images in images', `${'![a '.repeat(10_000)}${'](b) '.repeat(10_000)}`],
  ['targets without end', `[ ${'](a '.repeat(20_000)}`],
  ['prices', '$5 and $$ '.repeat(10_000)],
  ['ends of tags in a value without end', `<a b="${'c> '.repeat(20_000)}`],
] as const)('[MD3] what may close again and again is bounded by what arrived: %s', ([, text]) => {
  expect(stream(text, 64).parsed).toBeLessThan((parsesPerUnit + 8) * text.length);
});

import { describe, expect, test } from 'vitest';
import { createDocument } from '../../src/markdown/document.ts';
import type { Inline } from '../../src/markdown/index.ts';
import { createFold, type Folded } from './fold.ts';

/** Not from fast-check: what is counted is an average over answers as they are written, of which there is no smallest. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

const vocabulary =
  'the model of a stream writes some text that grows, then ends while every reader keeps its place: v2.0 x_1 e.g. (and) 5 - 3'.split(' ');

/** Each letter is of its place in the source, so that what is shown can be followed. */
function answer(random: (below: number) => number): string {
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T;
  const words = (most: number): string => Array.from({ length: 1 + random(most) }, () => pick(vocabulary)).join(' ');
  const mark = (): string =>
    pick([
      () => `**${words(3)}**`,
      () => `*${words(2)}*`,
      () => `***${words(2)}***`,
      () => `\`${words(2)}\``,
      () => `~~${words(2)}~~`,
      () => `[${words(3)}](https://example.com/${random(99)})`,
      () => `[${1 + random(9)}]`,
      () => `[${1 + random(9)}](https://example.com/${random(99)})`,
      () => `https://example.com/a${random(99)}`,
      () => `**${words(2)} \`${words(1)}\` ${words(2)}**`,
      () => `$x_${random(9)} + y$`,
      () => `${random(99)} * ${random(9)}`,
      () => `$${random(99)}`,
    ])();
  const sentence = (): string => `${words(6)} ${mark()} ${words(4)}. `;
  const block = (): string =>
    pick([
      () => sentence() + sentence() + sentence(),
      () => `## ${words(4)}`,
      () => `- ${sentence()}\n- ${sentence()}\n  - ${sentence()}`,
      () => `1. ${sentence()}\n2. ${sentence()}`,
      () => `\`\`\`ts\nconst a = 1;\n\`\`\``,
      () => `| a | ${words(1)} |\n|---|---|\n| ${mark()} | ${words(2)} |`,
      () => `> ${sentence()}`,
    ])();
  return Array.from({ length: 12 }, block).join('\n\n');
}

interface Shown {
  readonly text: string;
  /** What it stands in, by the key of its block and the types of its inlines. */
  readonly path: string;
}

/** Text as it is on display, in order, character by character. */
function display(root: Folded): Shown[] {
  const shown: Shown[] = [];
  const put = (text: string, path: string): void => {
    for (const char of text) if (char.trim() !== '') shown.push({ text: char, path });
  };
  const inline = (nodes: readonly Inline[], path: string): void => {
    for (const node of nodes) {
      if ('children' in node) inline(node.children, `${path}/${node.type}`);
      else if ('text' in node) put(node.text, node.type === 'text' ? path : `${path}/${node.type}`);
    }
  };
  const visit = (block: Folded, path: string): void => {
    const here = `${path}/${block.block.type}`;
    inline(block.segments.flat(), here);
    put(block.text, here);
    for (const child of block.children) visit(child, here);
  };
  visit(root, '');
  return shown;
}

/** How often what was shown was not what the next step shows, or stood in something else; from one step to the next. */
function flickers(text: string, size: number): { readonly unshown: string[]; readonly moved: string[] } {
  const document = createDocument({ math: true });
  const fold = createFold();
  const unshown: string[] = [];
  const moved: string[] = [];
  let before: Shown[] = [];
  const step = (at: number): void => {
    fold.apply(document.advance(() => false).ops);
    const now = display(fold.root);
    const around = text.slice(Math.max(0, at - 100), at);
    const same = before.every((char, index) => char.text === now[index]?.text);
    if (!same) unshown.push(around);
    else if (before.some((char, index) => char.path !== now[index]?.path)) moved.push(around);
    before = now;
  };
  for (let at = 0; at < text.length; at += size) {
    document.append(text.slice(at, at + size));
    step(at + size);
  }
  document.end();
  step(text.length);
  return { unshown, moved };
}

/**
 * What is documented to be withdrawn: a number in brackets is shown as it is written, and as a link once its address begins.
 */
const documented = /\[\d[^\]]*\]\([^)]*$/;

describe('what is shown stays', () => {
  test.each([1, 4])('[MD4] in answers that come in pieces of %i', (size) => {
    const answers = Array.from({ length: 60 }, (_, seed) => answer(createRandom(seed + 1)));
    const results = answers.map((text) => flickers(text, size));
    const unshown = results.flatMap((result) => result.unshown);
    const links = answers.join('').match(/\[\d[^\]]*\]\(/g)?.length ?? 0;
    // Once each, at most; and it is not that nothing was counted.
    expect(unshown.length).toBeLessThanOrEqual(links + answers.length / 10);
    expect(size > 1 || unshown.length > links / 2).toBe(true);
    expect(unshown.filter((before) => !documented.test(before))).toEqual([]);
    expect(results.flatMap((result) => result.moved)).toEqual([]);
  });

  test('[MD4] code without end is text in the end, and turns once', () => {
    for (const size of [1, 4]) {
      const { unshown, moved } = flickers(`Then \`${'some words '.repeat(300)}`, size);
      expect([...unshown, ...moved]).toHaveLength(1);
    }
  });

  test('[MD4] a citation is what it says from its first character on', () => {
    for (const size of [1, 4]) {
      const { unshown, moved } = flickers('As shown [1], and [12] [3, 4]. See [5].', size);
      expect([...unshown, ...moved]).toEqual([]);
    }
  });
});

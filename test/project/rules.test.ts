import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './repository.ts';

const protocol = readFileSync(join(root, 'docs/PROTOCOL.md'), 'utf8');
const rules = new Set([...protocol.matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gm)].map(([, rule]) => String(rule)));

const citations = ['test', 'stories'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(test|contract|stories)\.tsx?$/.test(name) && name !== 'project/rules.test.ts')
    .flatMap((name) => citedIn(readFileSync(join(root, folder, name), 'utf8')).map((rule) => ({ file: join(folder, name), rule }))),
);

describe('docs/PROTOCOL.md and the titles of the tests', () => {
  test('the protocol has rules of every kind, each stated once', () => {
    expect(new Set([...rules].map((rule) => rule.slice(0, 2)))).toEqual(new Set(['FR', 'SQ', 'CR', 'CN', 'RL', 'ST', 'UI', 'MD']));
    expect(protocol.match(/^- \*\*[A-Z]{2}\d+\*\* /gm)).toHaveLength(rules.size);
  });

  test.for([...rules])('%s is shown by a test', (rule) => {
    expect(new Set(citations.map((citation) => citation.rule))).toContain(rule);
  });

  test('every rule a title cites exists', () => {
    expect(citations.filter(({ rule }) => !rules.has(rule))).toEqual([]);
  });

  test('citations are found in titles of every form, and not in skipped tests', () => {
    expect(citedIn("test('[SQ4] text only grows', () => {})")).toEqual(['SQ4']);
    expect(citedIn("test.each([[1], [2]])('[SQ4, CR1] both', () => {})")).toEqual(['SQ4', 'CR1']);
    expect(citedIn('describe(`[SQ4] [CR1] both`, () => {})')).toEqual(['SQ4', 'CR1']);
    expect(citedIn("test.skip('[SQ4] later', () => {})")).toEqual([]);
    expect(citedIn("const first = 'a [SQ4] b'[0]")).toEqual([]);
  });
});

/** Rules at the beginning of a string, which is how titles cite them. */
function citedIn(source: string): string[] {
  const strings = source.matchAll(/(\.(?:skip|todo)\(\s*)?['"`]((?:\[[A-Z]{2}\d+(?:,\s*[A-Z]{2}\d+)*\]\s*)+)/g);
  return [...strings].filter(([, skipped]) => !skipped).flatMap(([, , tags]) => String(tags).match(/[A-Z]{2}\d+/g) ?? []);
}

import { expect, test } from 'vitest';
import type { Inline } from '../../../src/markdown/index.ts';
import { keysOf } from '../../../src/react/markdown/keys.ts';

const link = (url: string): Inline => ({ type: 'link', url, title: undefined, children: [{ type: 'text', text: 'a link' }] });
const keys = (found: readonly { readonly key: number }[]): number[] => found.map(({ key }) => key);

test('[UI32] a link keeps its key where others come or go in front of it', () => {
  const first = keysOf([link('/b')], []);
  const second = keysOf([link('/a'), link('/b')], first);
  expect(keys(second)[1]).toBe(keys(first)[0]);
  expect(keys(keysOf([link('/b')], second))).toEqual(keys(first));
});

test('[UI32] one whose address grows keeps it, and none that leads elsewhere gets it', () => {
  const first = keysOf([link('http://a.exam')], []);
  const second = keysOf([link('http://a.example/')], first);
  expect(keys(second)).toEqual(keys(first));
  expect(keys(keysOf([link('http://b.example/')], second))).not.toEqual(keys(second));
  expect(keys(keysOf([{ type: 'emphasis', children: [] }], second))).not.toEqual(keys(second));
});

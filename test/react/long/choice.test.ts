import { expect, test } from 'vitest';
import { choose, type Wanted } from '../../../src/react/markdown/long/choice.ts';

/** Of a hundred groups, of which 40 and 41 are in view. */
function chosen(wanted: Partial<Wanted>): { readonly kept: number[]; readonly missing: number[] } {
  const none: ReadonlySet<number> = new Set();
  const defaults: Wanted = { count: 100, inView: { from: 40, to: 41 }, pinned: none, whole: false, shown: none, limit: 4 };
  const { kept, missing } = choose({ ...defaults, ...wanted });
  return { kept: [...kept].sort((a, b) => a - b), missing: [...missing] };
}

test('[UI37] the last group comes first, for it grows, then those in view, then one on each side; no more than asked for', () => {
  expect(chosen({ limit: 9 }).missing).toEqual([99, 40, 41, 42, 39]);
  expect(chosen({}).missing).toEqual([99, 40, 41, 42]);
  expect(chosen({ inView: undefined }).missing).toEqual([99]);
});

test('[UI37] what has been in view stays two groups further, and goes beyond', () => {
  const shown = new Set([36, 37, 38, 39, 40, 41, 42, 43, 44, 99]);
  expect(chosen({ shown }).kept).toEqual([38, 39, 40, 41, 42, 43, 99]);
});

test('[UI39] what holds the focus or an end of the selection stays, wherever it is', () => {
  expect(chosen({ shown: new Set([3, 7, 99]), pinned: new Set([7]) }).kept).toEqual([7, 99]);
});

test('[UI40] where all of it is wanted everything comes, and nothing goes', () => {
  expect(chosen({ whole: true, limit: 200 }).missing).toHaveLength(100);
  expect(chosen({ whole: true, shown: new Set([3, 99]) }).kept).toEqual([3, 99]);
});

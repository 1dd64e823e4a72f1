import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moved } from '../../../src/react/markdown/moved.ts';

const seed = Number(process.env['SEED'] ?? 20_261_124);
/** Each of its letters is there once. */
const before = Array.from({ length: 300 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');

/** What `before` is where some letters are gone, and others stand in front of some. */
function edited(gone: ReadonlySet<number>, added: ReadonlySet<number>): string {
  return [...before].map((letter, index) => (added.has(index) ? '**' : '') + (gone.has(index) ? '' : letter)).join('');
}

test(`[UI32] an end of a selection stays at its letter, whatever goes or comes in front of it and behind (seed ${seed})`, () => {
  const places = fc.uniqueArray(fc.nat(before.length - 1), { maxLength: 20 });
  fc.assert(
    fc.property(places, places, fc.integer({ min: 40, max: 240 }), (gone, added, at) => {
      const others = new Set(gone.filter((index) => index !== at && index !== at - 1));
      const now = edited(others, new Set(added));
      expect(now[moved(before, now, at, false)]).toBe(before[at]);
      expect(now[moved(before, now, at, true) - 1]).toBe(before[at - 1]);
    }),
    { numRuns: 300, seed },
  );
});

test('[UI32] in another text it is as far from the end, or else from the beginning', () => {
  const much = 'x'.repeat(500);
  expect(moved(before, much + before, 150, false)).toBe(650);
  expect(moved(before, much, 150, false)).toBe(150);
});

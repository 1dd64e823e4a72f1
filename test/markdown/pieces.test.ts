import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPieces, mostHeld } from '../../src/markdown/pieces.ts';

const seed = Number(process.env['SEED'] ?? 20_261_123);

function open() {
  const got: string[] = [];
  const pieces = createPieces((text) => got.push(text));
  return { pieces, text: () => got.join('') };
}

test(`[MD5] pieces in any order, any of them twice, are the text once, in order, and its end (seed ${seed})`, () => {
  const whole = 'abcdefghijklmnopqrstuvwxyz';
  const spans = fc.array(fc.tuple(fc.nat(whole.length), fc.nat(whole.length)), { maxLength: 30 });
  fc.assert(
    fc.property(spans, (cuts) => {
      const { pieces, text } = open();
      let furthest = 0;
      for (const [one, other] of cuts) {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        furthest = Math.max(furthest, to);
        expect(pieces.add({ offset: from, text: whole.slice(from, to), ended: to === whole.length })).toBe(true);
        expect(whole.startsWith(text())).toBe(true);
        expect(pieces.length).toBe(text().length);
        expect(pieces.isMissing).toBe(pieces.length < furthest);
        expect(pieces.ended).toBe(text() === whole && furthest === whole.length);
      }
      pieces.add({ offset: 0, text: whole, ended: true });
      expect([text(), pieces.ended, pieces.isMissing]).toEqual([whole, true, false]);
    }),
    { numRuns: 1000, seed },
  );
});

test('[MD5] what waits for a gap to close is bounded; what was too much has to come again', () => {
  const { pieces, text } = open();
  const half = 'x'.repeat(mostHeld / 2);
  for (const offset of [1, 1 + half.length, 1 + 2 * half.length]) expect(pieces.add({ offset, text: half, ended: false })).toBe(true);
  expect(text()).toBe('');
  pieces.add({ offset: 0, text: 'x', ended: false });
  expect([pieces.length, pieces.isMissing]).toEqual([1 + mostHeld, true]);
  pieces.add({ offset: 1 + 2 * half.length, text: half, ended: true });
  expect([pieces.length, pieces.isMissing, pieces.ended]).toEqual([1 + 3 * half.length, false, true]);
});

test('[MD5] what has been taken from there leaves its room, however often', () => {
  const { pieces, text } = open();
  const most = 'x'.repeat(mostHeld);
  for (let count = 1; count <= 3; count += 1) {
    pieces.add({ offset: pieces.length + 1, text: most, ended: false });
    pieces.add({ offset: pieces.length, text: 'x', ended: false });
    expect(text().length).toBe(count * (1 + mostHeld));
  }
});

test('[MD5] text behind the end, or an end within the text, is of another text', () => {
  const { pieces } = open();
  expect(pieces.add({ offset: 0, text: 'abc', ended: true })).toBe(true);
  expect(pieces.add({ offset: 3, text: 'd', ended: false })).toBe(false);
  const other = open().pieces;
  expect(other.add({ offset: 0, text: 'abc', ended: false })).toBe(true);
  expect(other.add({ offset: 0, text: 'ab', ended: true })).toBe(false);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyFold, foldEntries, foldedText, mergeEntries, SurrogateGuard } from '../../src/wire/index.ts';
import { deltas, entries } from './arbitrary.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);

test(`[SQ5] merging keeps the fold, the range and the bound on a delta (seed ${seed})`, () => {
  fc.assert(
    fc.property(deltas, fc.integer({ min: 1, max: 30 }), (log, maxLength) => {
      const merged = mergeEntries(log, maxLength);
      expect(foldEntries(emptyFold(), merged)).toEqual(foldEntries(emptyFold(), log));
      expect(merged[0]?.fromSeq).toBe(1);
      expect(merged.at(-1)?.seq).toBe(log.length);
      for (const [index, { fromSeq, seq, event }] of merged.entries()) {
        expect(fromSeq).toBe((merged[index - 1]?.seq ?? 0) + 1);
        if ('delta' in event && seq > fromSeq) expect(event.delta.length).toBeLessThanOrEqual(maxLength);
      }
      // Nothing that could be merged further.
      expect(mergeEntries(merged, maxLength).length).toBe(merged.length);
    }),
    { seed },
  );
});

test(`[SQ5] merging changes no entry that it leaves alone, and not its input (seed ${seed})`, () => {
  fc.assert(
    fc.property(deltas, (log) => {
      const before = structuredClone(log);
      for (const entry of mergeEntries(log)) if (entry.fromSeq === entry.seq) expect(log).toContain(entry);
      expect(log).toEqual(before);
    }),
    { seed },
  );
});

test(`[SQ11] folding the same entries again, or in pieces, changes nothing (seed ${seed})`, () => {
  fc.assert(
    fc.property(entries, fc.nat(), (list, cut) => {
      const at = cut % (list.length + 1);
      const whole = foldEntries(emptyFold(), list);
      const pieces = foldEntries(foldEntries(emptyFold(), list.slice(0, at)), list);
      expect(pieces).toEqual(whole);
      expect(foldedText(pieces)).toBe(foldedText(whole));
    }),
    { seed },
  );
});

test(`[SQ3] however text is cut, no delta ends inside a pair and nothing is lost (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.array(fc.integer({ min: 1, max: 4 })), (text, cuts) => {
      const guard = new SurrogateGuard();
      const out: string[] = [];
      for (let at = 0, index = 0; at < text.length; index += 1) {
        const end = at + (cuts[index] ?? 1);
        out.push(guard.push(text.slice(at, end)));
        at = end;
      }
      out.push(guard.end());
      expect(out.join('')).toBe(text);
      for (const delta of out) expect(delta.isWellFormed()).toBe(true);
    }),
    { seed },
  );
});

test('[SQ3] half a pair whose other half never comes becomes U+FFFD', () => {
  const guard = new SurrogateGuard();
  expect(guard.push('a\ud83c')).toBe('a');
  expect(guard.end()).toBe('\ufffd');
  expect(guard.end()).toBe('');
});

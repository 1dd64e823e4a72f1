import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlockKey } from '../../src/markdown/index.ts';
import { markdown } from './arbitrary.ts';
import type { Folded } from './fold.ts';
import { characters, parsePieces, parseStreamed } from './stream.ts';
import { treeOf } from './tree.ts';

const seed = Number(process.env['SEED'] ?? 20_261_122);

describe(`operations are consistent at every moment (seed ${seed})`, () => {
  test('[MD1] keys ascend, parents are open, only open blocks grow, closed ones change by revision alone', () => {
    fc.assert(
      fc.property(markdown, fc.boolean(), (text, math) => {
        // The fold throws at the first operation that breaks a promise.
        const closed = new Map<BlockKey, unknown>();
        parsePieces(characters(text), { math }, ({ root }, ops) => {
          const revised = new Set(ops.flatMap((op) => (op.type === 'revise' ? [op.key] : [])));
          for (const block of blocks(root)) {
            if (block.open) continue;
            const before = closed.get(block.key);
            const now = [block.block, block.segments, block.text, block.children.length];
            if (before && !revised.has(block.key)) expect(now).toEqual(before);
            closed.set(block.key, now);
          }
        });
      }),
      { numRuns: 1500, seed },
    );
  });

  test('a step that is late goes on where it stopped, and ends in the same', () => {
    fc.assert(
      fc.property(markdown, fc.integer({ min: 0, max: 5 }), (text, polls) => {
        expect(treeOf(late(text, polls))).toEqual(parseStreamed([text]));
      }),
      { numRuns: 300, seed },
    );
  });
});

function late(text: string, polls: number): Folded {
  let left = polls;
  const fold = parsePieces([text], {}, undefined, () => {
    left -= 1;
    if (left >= 0) return false;
    left = polls;
    return true;
  });
  return fold.root;
}

function* blocks(block: Folded): Generator<Folded> {
  for (const child of block.children) {
    yield child;
    yield* blocks(child);
  }
}

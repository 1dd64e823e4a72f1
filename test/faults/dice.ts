import { createRandom } from '../../server/providers/answer.ts';

/** Decisions from a seed. Each `fork` is a sequence of its own, so that what one part asks for changes nothing for another. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  /** An integer, both ends included. */
  between(low: number, high: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  fork(label: string): Dice;
}

export function createDice(seed: number, label = ''): Dice {
  const random = createRandom(seed ^ hash(label));
  // Neighbouring seeds begin alike.
  for (let skipped = 0; skipped < 4; skipped += 1) random();
  return {
    next: random,
    between: (low, high) => low + Math.floor(random() * (high - low + 1)),
    chance: (share) => random() < share,
    pick: (from) => from[Math.floor(random() * from.length)] ?? from[0],
    fork: (name) => createDice(seed, `${label}/${name}`),
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

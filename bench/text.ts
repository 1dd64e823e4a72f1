const words =
  'the of stream to and a in log is it token for frame with as cursor, on credit. that each\n be by not **one** `seq` or 流れ — '.split(
    ' ',
  );

/** Small seeded generator (mulberry32), so that every subject sees the same text and the same arrivals. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` tokens of about four characters. */
export function tokens(count: number, random: () => number): string[] {
  return Array.from({ length: count }, () => `${words[Math.floor(random() * words.length)]} `);
}

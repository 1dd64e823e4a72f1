const words =
  'the of stream to and a in log is it token for frame with as cursor, on credit. that each\n be by not **one** `seq` or 流れ — '.split(
    ' ',
  );

/** `count` tokens of about four characters. */
export function tokens(count: number, random: () => number): string[] {
  return Array.from({ length: count }, () => `${words[Math.floor(random() * words.length)]} `);
}

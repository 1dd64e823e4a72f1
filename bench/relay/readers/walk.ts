/**
 * Finds what one MessagePack value ends with, without building it: how a subscriber that shows nothing learns what a batch
 * costs of its credit. Trusts its input.
 */
export function endOf(bytes: Uint8Array, at: number): number {
  let missing = 1;
  let next = at;
  while (missing > 0) {
    const token = bytes[next++] as number;
    missing -= 1;
    if (token < 0x80 || token >= 0xe0) continue;
    if (token < 0x90) missing += 2 * (token & 0x0f);
    else if (token < 0xa0) missing += token & 0x0f;
    else if (token < 0xc0) next += token & 0x1f;
    else if (token === 0xc4 || token === 0xd9) next += 1 + (bytes[next] as number);
    else if (token === 0xc5 || token === 0xda) next += 2 + uint(bytes, next, 2);
    else if (token === 0xc6 || token === 0xdb) next += 4 + uint(bytes, next, 4);
    else if (token === 0xcc || token === 0xd0) next += 1;
    else if (token === 0xcd || token === 0xd1) next += 2;
    else if (token === 0xca || token === 0xce || token === 0xd2) next += 4;
    else if (token === 0xcb || token === 0xcf || token === 0xd3) next += 8;
    else if (token === 0xdc) {
      missing += uint(bytes, next, 2);
      next += 2;
    } else if (token === 0xdd) {
      missing += uint(bytes, next, 4);
      next += 4;
    } else if (token === 0xde) {
      missing += 2 * uint(bytes, next, 2);
      next += 2;
    } else if (token === 0xdf) {
      missing += 2 * uint(bytes, next, 4);
      next += 4;
    }
  }
  return next;
}

/** A small non-negative integer, and where it ends. */
export function integerAt(bytes: Uint8Array, at: number): [value: number, end: number] {
  const token = bytes[at] as number;
  if (token < 0x80) return [token, at + 1];
  const width = token === 0xcc ? 1 : token === 0xcd ? 2 : 4;
  return [uint(bytes, at + 1, width), at + 1 + width];
}

function uint(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let index = 0; index < width; index += 1) value = value * 256 + (bytes[at + index] as number);
  return value;
}

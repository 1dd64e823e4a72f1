import type { Random } from './random.ts';

/** Bytes with a meaning in MessagePack or at the edge of a range, which chance alone would seldom find. */
const telling = [
  0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcc, 0xcf, 0xd0, 0xd3,
  0xd4, 0xd8, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xed, 0xf4, 0xff,
];

/** A valid message with one to four things wrong with it, or some other message's bytes in it. */
export function mutate(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const pick = (): Uint8Array => corpus[random.below(corpus.length)] ?? new Uint8Array();
  let bytes = Uint8Array.from(pick());
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const at = random.below(bytes.length + 1);
    const length = 1 + random.below(8);
    switch (random.below(8)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        bytes[at] = telling[random.below(telling.length)] ?? 0;
        break;
      case 2:
        bytes[at] = random.below(256);
        break;
      case 3:
        bytes = joined(
          bytes.subarray(0, at),
          Uint8Array.from({ length }, () => random.below(256)),
          bytes.subarray(at),
        );
        break;
      case 4:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 5:
        bytes = bytes.slice(0, at);
        break;
      case 6:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(Math.max(0, at - length)));
        break;
      default: {
        const other = pick();
        bytes = joined(bytes.subarray(0, at), other.subarray(random.below(other.length + 1)));
      }
    }
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

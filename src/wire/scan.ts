import { StreamError } from './errors.ts';

export interface ScanLimits {
  /** Nesting allowed, counting the outermost value as 1. */
  readonly maxDepth: number;
  /** Refuse extension types, which are private to one library or another. */
  readonly rejectExtensions: boolean;
}

/**
 * Walks a sequence of MessagePack values without building them, and refuses what a decoder should not see:
 * truncated or reserved encodings, nesting beyond the limit, extension types, maps with keys that are not strings.
 * O(bytes), allocates nothing. @throws {StreamError} `bad_frame`
 *
 * Source: MessagePack specification, "Formats".
 */
export function scanMessage(bytes: Uint8Array, limits: ScanLimits): void {
  if (bytes.byteLength === 0) throw refuse('it is empty');
  let at = 0;
  while (at < bytes.byteLength) at = value(bytes, at, limits.maxDepth, limits.rejectExtensions);
}

function value(bytes: Uint8Array, at: number, depth: number, rejectExtensions: boolean): number {
  if (depth === 0) throw refuse('it is nested too deeply');
  const token = byte(bytes, at);
  if (token < 0x80 || token >= 0xe0 || token === 0xc0 || token === 0xc2 || token === 0xc3) return at + 1;
  if (token < 0x90) return map(bytes, at + 1, token & 0x0f, depth, rejectExtensions);
  if (token < 0xa0) return array(bytes, at + 1, token & 0x0f, depth, rejectExtensions);
  if (token < 0xc0) return skip(bytes, at + 1, token & 0x1f);
  switch (token) {
    case 0xc4:
    case 0xd9:
      return skip(bytes, at + 2, byte(bytes, at + 1));
    case 0xc5:
    case 0xda:
      return skip(bytes, at + 3, uint16(bytes, at + 1));
    case 0xc6:
    case 0xdb:
      return skip(bytes, at + 5, uint32(bytes, at + 1));
    case 0xcc:
    case 0xd0:
      return skip(bytes, at + 1, 1);
    case 0xcd:
    case 0xd1:
      return skip(bytes, at + 1, 2);
    case 0xca:
    case 0xce:
    case 0xd2:
      return skip(bytes, at + 1, 4);
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return skip(bytes, at + 1, 8);
    case 0xdc:
      return array(bytes, at + 3, uint16(bytes, at + 1), depth, rejectExtensions);
    case 0xdd:
      return array(bytes, at + 5, uint32(bytes, at + 1), depth, rejectExtensions);
    case 0xde:
      return map(bytes, at + 3, uint16(bytes, at + 1), depth, rejectExtensions);
    case 0xdf:
      return map(bytes, at + 5, uint32(bytes, at + 1), depth, rejectExtensions);
    case 0xc1:
      throw refuse('it has a byte MessagePack never uses');
  }
  if (rejectExtensions) throw refuse('it has an extension type');
  if (token >= 0xd4) return skip(bytes, at + 2, 2 ** (token - 0xd4));
  if (token === 0xc7) return skip(bytes, at + 3, byte(bytes, at + 1));
  if (token === 0xc8) return skip(bytes, at + 4, uint16(bytes, at + 1));
  return skip(bytes, at + 6, uint32(bytes, at + 1));
}

function array(bytes: Uint8Array, at: number, count: number, depth: number, rejectExtensions: boolean): number {
  let next = at;
  for (let index = 0; index < count; index += 1) next = value(bytes, next, depth - 1, rejectExtensions);
  return next;
}

function map(bytes: Uint8Array, at: number, count: number, depth: number, rejectExtensions: boolean): number {
  let next = at;
  for (let index = 0; index < count; index += 1) {
    const key = byte(bytes, next);
    if (!(key >= 0xa0 && key < 0xc0) && key !== 0xd9 && key !== 0xda && key !== 0xdb) throw refuse('a map has a key that is not a string');
    next = value(bytes, value(bytes, next, 1, rejectExtensions), depth - 1, rejectExtensions);
  }
  return next;
}

function skip(bytes: Uint8Array, at: number, length: number): number {
  if (at + length > bytes.byteLength) throw refuse('it is truncated');
  return at + length;
}

function byte(bytes: Uint8Array, at: number): number {
  const found = bytes[at];
  if (found === undefined) throw refuse('it is truncated');
  return found;
}

function uint16(bytes: Uint8Array, at: number): number {
  return byte(bytes, at) * 256 + byte(bytes, at + 1);
}

function uint32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 65_536 + uint16(bytes, at + 2);
}

function refuse(what: string): StreamError {
  return new StreamError('bad_frame', `A message was refused: ${what}. The connection closes. Check that both ends run the same version.`);
}

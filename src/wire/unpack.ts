import { StreamError } from './errors.ts';

/** In every browser and in Node (Encoding Standard §7.2), but in no library of types they share. */
declare const TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface Unpacked {
  readonly value: unknown;
  /** Encoded size of the value. */
  readonly bytes: number;
}

/**
 * Decodes a sequence of MessagePack values, and refuses what has no place in a message: truncated or reserved encodings,
 * extension types, map keys that are not strings, invalid UTF-8, nesting beyond `maxDepth` (the outermost value is 1).
 * Integers beyond 2^53 lose precision. Byte strings are copies. What a length promises is not allocated before it is there.
 *
 * Source: MessagePack specification, "Formats".
 * @throws {StreamError} `bad_frame`
 */
export function unpackAll(bytes: Uint8Array, maxDepth: number): Unpacked[] {
  if (bytes.byteLength === 0) throw refuse('it is empty');
  const reader = new Reader(bytes);
  const values: Unpacked[] = [];
  while (reader.at < bytes.byteLength) {
    const start = reader.at;
    const value = reader.value(maxDepth);
    values.push({ value, bytes: reader.at - start });
  }
  return values;
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): unknown {
    if (depth === 0) throw refuse('it is nested too deeply');
    const token = this.#view.getUint8(this.#take(1));
    if (token < 0x80) return token;
    if (token < 0x90) return this.#map(token & 0x0f, depth);
    if (token < 0xa0) return this.#list(token & 0x0f, depth);
    if (token < 0xc0) return this.#text(token & 0x1f);
    if (token >= 0xe0) return token - 0x100;
    switch (token) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#slice(this.#unsigned(1 << (token - 0xc4)));
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(1 << (token - 0xcc));
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#take(8)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (token - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#unsigned(2 << (token - 0xdc)), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(2 << (token - 0xde)), depth);
      case 0xc1:
        throw refuse('it has a byte MessagePack never uses');
      default:
        throw refuse('it has an extension type');
    }
  }

  #list(length: number, depth: number): unknown[] {
    const list: unknown[] = [];
    for (let index = 0; index < length; index += 1) list.push(this.value(depth - 1));
    return list;
  }

  #map(length: number, depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (let index = 0; index < length; index += 1) {
      const key = this.value(1);
      if (typeof key !== 'string') throw refuse('a map has a key that is not a string');
      const value = this.value(depth - 1);
      // Assigning it would change the prototype.
      if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
      else map[key] = value;
    }
    return map;
  }

  #text(length: number): string {
    const start = this.#take(length);
    if (length > 24) return this.#decode(start);
    let text = '';
    for (let index = start; index < this.at; index += 1) {
      const unit = this.#view.getUint8(index);
      if (unit > 0x7f) return this.#decode(start);
      text += String.fromCharCode(unit);
    }
    return text;
  }

  #decode(start: number): string {
    try {
      return decoder.decode(this.#bytes.subarray(start, this.at));
    } catch {
      throw refuse('a string is not valid UTF-8');
    }
  }

  #slice(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.slice(start, this.at);
  }

  #unsigned(size: number): number {
    const start = this.#take(size);
    if (size === 1) return this.#view.getUint8(start);
    if (size === 2) return this.#view.getUint16(start);
    return size === 4 ? this.#view.getUint32(start) : Number(this.#view.getBigUint64(start));
  }

  /** Steps over `length` bytes and returns where they begin. */
  #take(length: number): number {
    const start = this.at;
    if (start + length > this.#bytes.byteLength) throw refuse('it is truncated');
    this.at = start + length;
    return start;
  }
}

function refuse(what: string): StreamError {
  return new StreamError('bad_frame', `A message was refused: ${what}. The connection closes. Check that both ends run the same version.`);
}

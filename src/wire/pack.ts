/** In every browser and in Node (Encoding Standard §7.4), but in no library of types they share. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

const encoder = new TextEncoder();

/** What control frames are made of. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/**
 * Encodes one value of a control frame as MessagePack. Small, because every page loads it; batches, which are large and
 * many, have `encodeBatch`. Fields that are `undefined` are left out. Numbers must be integers.
 *
 * Source: MessagePack specification, "Formats".
 */
export function pack(value: Plain): Uint8Array {
  const bytes: number[] = [];
  write(bytes, value);
  return Uint8Array.from(bytes);
}

function write(bytes: number[], value: Plain): void {
  if (value === null) bytes.push(0xc0);
  else if (typeof value === 'boolean') bytes.push(value ? 0xc3 : 0xc2);
  else if (typeof value === 'number') writeInteger(bytes, value);
  else if (typeof value === 'string') writeString(bytes, value);
  else if (isList(value)) {
    writeHead(bytes, value.length, 0x90, 16, 0xdc);
    for (const item of value) write(bytes, item);
  } else {
    const fields = Object.entries(value).filter((field): field is [string, Plain] => field[1] !== undefined);
    writeHead(bytes, fields.length, 0x80, 16, 0xde);
    for (const [key, field] of fields) {
      writeString(bytes, key);
      write(bytes, field);
    }
  }
}

function writeInteger(bytes: number[], value: number): void {
  if (value >= 0 && value < 0x80) bytes.push(value);
  else if (value >= 0 && value <= 0xffff) bytes.push(0xcd, value >> 8, value & 0xff);
  else if (value >= 0 && value <= 0xffff_ffff) bytes.push(0xce, ...bigEndian(value, 4));
  else bytes.push(0xd3, ...bigEndian(value, 8));
}

function writeString(bytes: number[], value: string): void {
  const text = encoder.encode(value);
  if (text.length < 32) bytes.push(0xa0 | text.length);
  else if (text.length <= 0xffff) bytes.push(0xda, text.length >> 8, text.length & 0xff);
  else bytes.push(0xdb, ...bigEndian(text.length, 4));
  for (const byte of text) bytes.push(byte);
}

/** Of an array or a map. */
function writeHead(bytes: number[], length: number, short: number, shortMax: number, code16: number): void {
  if (length < shortMax) bytes.push(short | length);
  else if (length <= 0xffff) bytes.push(code16, length >> 8, length & 0xff);
  else bytes.push(code16 + 1, ...bigEndian(length, 4));
}

function bigEndian(value: number, size: number): number[] {
  let rest = BigInt(value);
  const bytes = new Array<number>(size);
  for (let at = size - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

function isList(value: Plain & object): value is readonly Plain[] {
  return Array.isArray(value);
}

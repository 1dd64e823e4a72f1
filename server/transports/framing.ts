import { StreamError } from '../../src/wire/index.ts';

/** Bytes of the length in front of each message on a WebTransport stream (docs/PROTOCOL.md, CN12). */
export const LENGTH_BYTES = 4;

/** A message with its length in front, as written to a WebTransport stream. */
export function frameMessage(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + message.byteLength);
  framed.writeUInt32BE(message.byteLength, 0);
  framed.set(message, LENGTH_BYTES);
  return framed;
}

/** Cuts a byte stream into the messages that were framed into it. Holds at most one message and one chunk. */
export class MessageReader {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** Bytes to wait for: joining sooner would cost O(n²) where a message comes byte by byte. */
  #needed = LENGTH_BYTES;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * The messages that are complete with this chunk.
   * @throws {StreamError} `frame_too_large` as soon as a length above the limit is announced
   */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    const messages: Uint8Array[] = [];
    if (this.#size < this.#needed) return messages;
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#size);
    this.#needed = LENGTH_BYTES;
    while (bytes.byteLength >= LENGTH_BYTES) {
      const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      if (length > this.#maxBytes) {
        throw new StreamError(
          'frame_too_large',
          `A message of ${length} bytes was announced, the limit is ${this.#maxBytes}; the connection closes. Send smaller messages.`,
        );
      }
      if (bytes.byteLength < LENGTH_BYTES + length) {
        this.#needed = LENGTH_BYTES + length;
        break;
      }
      messages.push(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
      bytes = bytes.subarray(LENGTH_BYTES + length);
    }
    // An empty rest would keep the whole pool its chunk was cut from.
    this.#chunks = bytes.byteLength === 0 ? [] : [bytes];
    this.#size = bytes.byteLength;
    return messages;
  }
}

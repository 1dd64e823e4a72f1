import { StreamError } from '../../wire/index.ts';

/** Largest message taken from the relay, in bytes. */
const MAX_MESSAGE_BYTES = 67_108_864;

/** Puts the length in front: 32 bits, big-endian (docs/PROTOCOL.md, CN12). */
export function prefixed(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + message.byteLength);
  new DataView(bytes.buffer).setUint32(0, message.byteLength);
  bytes.set(message, 4);
  return bytes;
}

/** Cuts one byte stream into the messages it carries. */
export class MessageSplitter {
  #head = new Uint8Array(4);
  #headBytes = 0;
  #message: Uint8Array | undefined;
  #messageBytes = 0;

  /** The messages the chunk completes. @throws {StreamError} `bad_frame` on a length out of range */
  push(chunk: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#message === undefined) {
        const taken = Math.min(4 - this.#headBytes, chunk.byteLength - at);
        this.#head.set(chunk.subarray(at, at + taken), this.#headBytes);
        this.#headBytes += taken;
        at += taken;
        if (this.#headBytes < 4) break;
        const length = new DataView(this.#head.buffer).getUint32(0);
        if (length === 0 || length > MAX_MESSAGE_BYTES) {
          throw new StreamError('bad_frame', `The relay announced a message of ${length} bytes. The connection is made again.`);
        }
        this.#headBytes = 0;
        if (chunk.byteLength - at >= length) {
          messages.push(chunk.subarray(at, at + length));
          at += length;
          continue;
        }
        this.#message = new Uint8Array(length);
        this.#messageBytes = 0;
      }
      const taken = Math.min(this.#message.byteLength - this.#messageBytes, chunk.byteLength - at);
      this.#message.set(chunk.subarray(at, at + taken), this.#messageBytes);
      this.#messageBytes += taken;
      at += taken;
      if (this.#messageBytes === this.#message.byteLength) {
        messages.push(this.#message);
        this.#message = undefined;
      }
    }
    return messages;
  }
}

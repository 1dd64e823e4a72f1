/**
 * The sending side of a QUIC stream that may not be open yet. What is written before is sent once it is.
 * `done` is called exactly once for each write: when the bytes have left, or are given up.
 */
export class SendStream {
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #waiting: { bytes: Uint8Array; done: () => void }[] = [];
  #ended = false;
  #dead = false;

  open(writable: WritableStream<Uint8Array>): void {
    if (this.#dead) {
      writable.abort().catch(() => {});
      return;
    }
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => {});
    for (const { bytes, done } of this.#waiting.splice(0)) this.write(bytes, done);
    if (this.#ended) this.end();
  }

  write(bytes: Uint8Array, done: () => void): void {
    if (this.#dead) done();
    else if (this.#writer === undefined) this.#waiting.push({ bytes, done });
    else this.#writer.write(bytes).then(done, done);
  }

  /** Ends the stream after what was written. */
  end(): void {
    this.#ended = true;
    this.#writer?.close().catch(() => {});
  }

  /** Gives up what has not left yet. */
  reset(): void {
    this.#dead = true;
    this.#writer?.abort().catch(() => {});
    for (const { done } of this.#waiting.splice(0)) done();
  }
}

/**
 * The sending side of a QUIC stream that may not be open yet. One write is under way at a time; what comes meanwhile
 * goes as one with the next, because each native write costs more than its bytes.
 * `done` is called exactly once for each write: when the bytes have left, or are given up.
 */
export class SendStream {
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #waiting: { readonly bytes: Uint8Array; readonly done: () => void }[] = [];
  #writing = false;
  #ended = false;
  #dead = false;

  open(writable: WritableStream<Uint8Array>): void {
    if (this.#dead) {
      writable.abort().catch(() => {});
      return;
    }
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => {});
    this.#next();
  }

  write(bytes: Uint8Array, done: () => void): void {
    if (this.#dead) done();
    else {
      this.#waiting.push({ bytes, done });
      this.#next();
    }
  }

  /** Ends the stream after what was written. */
  end(): void {
    this.#ended = true;
    this.#next();
  }

  /** Gives up what has not left yet. */
  reset(): void {
    this.#dead = true;
    this.#writer?.abort().catch(() => {});
    for (const { done } of this.#waiting.splice(0)) done();
  }

  #next(): void {
    if (this.#writer === undefined || this.#writing || this.#dead) return;
    const writes = this.#waiting.splice(0);
    const [only] = writes;
    if (only === undefined) {
      if (this.#ended) this.#writer.close().catch(() => {});
      return;
    }
    this.#writing = true;
    const settled = (): void => {
      this.#writing = false;
      for (const { done } of writes) done();
      this.#next();
    };
    this.#writer.write(writes.length === 1 ? only.bytes : Buffer.concat(writes.map(({ bytes }) => bytes))).then(settled, settled);
  }
}

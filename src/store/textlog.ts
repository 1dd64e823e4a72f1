import type { TextLog } from './state.ts';

/** Pieces are joined into one flat string of about this many UTF-16 code units. */
const CHUNK = 4096;

/**
 * Text kept as flat chunks, so that an append never copies or flattens what came before, and a read near the
 * end touches the end only.
 */
export class ChunkedText implements TextLog {
  /** Flat chunks, then from `#sealed` on the deltas of the open one. */
  #pieces: string[] = [];
  #sealed = 0;
  #openLength = 0;
  length = 0;

  append(delta: string): void {
    if (delta === '') return;
    this.#pieces.push(delta);
    this.#openLength += delta.length;
    this.length += delta.length;
    if (this.#openLength >= CHUNK) this.#seal(this.#sealed);
  }

  from(offset: number): string {
    return readBack(this.#pieces, this.length, offset);
  }

  toString(): string {
    // The whole replaces its chunks: remembering it costs no second copy.
    if (this.#pieces.length > 1) this.#seal(0);
    return this.#pieces[0] ?? '';
  }

  /** What is from `start` on becomes one chunk. */
  #seal(start: number): void {
    this.#pieces.push(this.#pieces.splice(start).join(''));
    this.#sealed = this.#pieces.length;
    this.#openLength = 0;
  }
}

/** Several logs read as one, without a second copy of the text. Only the last of them grows. */
export class JoinedText implements TextLog {
  readonly #logs: TextLog[] = [];
  /** Of all logs but the last. */
  #sealedLength = 0;
  #whole = '';

  get length(): number {
    return this.#sealedLength + (this.#logs.at(-1)?.length ?? 0);
  }

  add(log: TextLog): void {
    this.#sealedLength = this.length;
    this.#logs.push(log);
  }

  from(offset: number): string {
    return readBack(this.#logs, this.length, offset);
  }

  toString(): string {
    if (this.#logs.length <= 1) return this.#logs[0]?.toString() ?? '';
    if (this.#whole.length !== this.length) this.#whole = this.#logs.join('');
    return this.#whole;
  }
}

/** Walks back from the end only as far as `offset`. */
function readBack(pieces: readonly (string | TextLog)[], length: number, offset: number): string {
  let read = '';
  let end = length;
  for (let index = pieces.length - 1; index >= 0 && end > offset; index -= 1) {
    const piece = pieces[index] ?? '';
    const start = Math.max(0, offset - end + piece.length);
    end -= piece.length;
    read = (typeof piece === 'string' ? piece.slice(start) : piece.from(start)) + read;
  }
  return read;
}

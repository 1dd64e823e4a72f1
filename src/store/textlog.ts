import type { TextLog } from './state.ts';

/** Pieces are joined into one flat string of about this many UTF-16 code units. */
const CHUNK = 4096;

/**
 * Text kept as flat chunks, so that an append never copies or flattens what came before, and a read near the
 * end touches the end only.
 */
export class ChunkedText implements TextLog {
  #chunks: string[] = [];
  #pieces: string[] = [];
  #pieceLength = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(delta: string): void {
    if (delta === '') return;
    this.#pieces.push(delta);
    this.#pieceLength += delta.length;
    this.#length += delta.length;
    if (this.#pieceLength >= CHUNK) this.#seal();
  }

  from(offset: number): string {
    return readFrom([this.#chunks, this.#pieces], this.#length, offset);
  }

  toString(): string {
    this.#seal();
    // The whole replaces its chunks: remembering it costs no second copy.
    if (this.#chunks.length > 1) this.#chunks = [this.#chunks.join('')];
    return this.#chunks[0] ?? '';
  }

  #seal(): void {
    if (this.#pieces.length === 0) return;
    this.#chunks.push(this.#pieces.join(''));
    this.#pieces = [];
    this.#pieceLength = 0;
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
    const last = this.#logs.at(-1);
    if (last === undefined) return '';
    if (offset >= this.#sealedLength) return last.from(offset - this.#sealedLength);
    const found: string[] = [];
    let end = this.length;
    for (let index = this.#logs.length - 1; index >= 0 && end > offset; index -= 1) {
      const log = this.#logs[index];
      if (log === undefined) break;
      const start = end - log.length;
      found.push(log.from(Math.max(0, offset - start)));
      end = start;
    }
    return found.reverse().join('');
  }

  toString(): string {
    if (this.#logs.length <= 1) return this.#logs[0]?.toString() ?? '';
    if (this.#whole.length !== this.length) this.#whole = this.#logs.join('');
    return this.#whole;
  }
}

/** Walks back from the end only as far as `offset`. */
function readFrom(groups: readonly (readonly string[])[], length: number, offset: number): string {
  const wanted = Math.max(0, offset);
  const found: string[] = [];
  let end = length;
  for (let group = groups.length - 1; group >= 0; group -= 1) {
    const pieces = groups[group] ?? [];
    for (let index = pieces.length - 1; index >= 0 && end > wanted; index -= 1) {
      const piece = pieces[index] ?? '';
      const start = end - piece.length;
      found.push(start >= wanted ? piece : piece.slice(wanted - start));
      end = start;
    }
  }
  return found.length === 1 ? (found[0] ?? '') : found.reverse().join('');
}

// Pieces up to this length are joined, so that a text that comes by the letter has no piece per letter. UTF-16 code units.
const pieceLength = 4096;

/** A text that grows at its end, and of whose end something may be withdrawn. Costs what is written or read, not the length. */
export class GrowingText {
  readonly #pieces: string[] = [];
  #length = 0;

  /** UTF-16 code units. */
  get length(): number {
    return this.#length;
  }

  append(text: string): void {
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.length < pieceLength) this.#pieces[this.#pieces.length - 1] = last + text;
    else this.#pieces.push(text);
    this.#length += text.length;
  }

  /** Withdraws what is behind the first `length` code units. */
  truncate(length: number): void {
    while (this.#length > length) {
      const last = this.#pieces.pop() ?? '';
      this.#length -= last.length;
      if (this.#length < length) this.append(last.slice(0, length - this.#length));
    }
  }

  /** The text from a code unit on, up to another. */
  from(offset: number, end: number = this.#length): string {
    const found: string[] = [];
    let start = this.#length;
    for (let index = this.#pieces.length - 1; index >= 0 && start > offset; index -= 1) {
      const piece = this.#pieces[index] ?? '';
      start -= piece.length;
      if (start < end)
        found.push(start < offset || start + piece.length > end ? piece.slice(Math.max(0, offset - start), end - start) : piece);
    }
    return found.length === 1 ? (found[0] ?? '') : found.reverse().join('');
  }

  toString(): string {
    return this.from(0);
  }
}

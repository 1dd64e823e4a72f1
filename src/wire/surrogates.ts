/**
 * Holds back a high surrogate at the end of a delta until its low half arrives, so that no delta
 * ever ends inside a pair (docs/PROTOCOL.md, SQ rules). A half without its other, which has no UTF-8, becomes U+FFFD.
 * One instance per part.
 */
export class SurrogateGuard {
  #held = '';

  /** The text that may go out now; may be empty. */
  push(delta: string): string {
    const text = this.#held + delta;
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#held = text.slice(-1);
      return text.slice(0, -1).toWellFormed();
    }
    this.#held = '';
    return text.toWellFormed();
  }

  /** What is still held when the part ends: empty, or U+FFFD for a half that never got its other. */
  end(): string {
    const rest = this.#held === '' ? '' : '\ufffd';
    this.#held = '';
    return rest;
  }
}

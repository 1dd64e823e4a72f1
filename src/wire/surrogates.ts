/**
 * Holds back a high surrogate at the end of a delta until its low half arrives, so that no delta
 * ever ends inside a pair (docs/PROTOCOL.md, SQ rules). One instance per part.
 */
export class SurrogateGuard {
  #held = '';

  /** The text that may go out now; may be empty. */
  push(delta: string): string {
    const text = this.#held + delta;
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#held = text.slice(-1);
      return text.slice(0, -1);
    }
    this.#held = '';
    return text;
  }

  /** What is still held when the part ends: empty, or U+FFFD for a half that never got its other. */
  end(): string {
    const rest = this.#held === '' ? '' : '\ufffd';
    this.#held = '';
    return rest;
  }
}

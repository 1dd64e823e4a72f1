/** What is remembered by key, of so many keys at most: the longest unused is forgotten first. */
export class Recent<V> {
  readonly #kept = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#kept.get(key);
  }

  /** Also where the key is known already, and is used again. */
  set(key: string, value: V): void {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    if (this.#kept.size > MAX_KEYS) for (const oldest of this.#kept.keys()) if (this.#kept.delete(oldest)) break;
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }
}

export const MAX_KEYS = 10_000;

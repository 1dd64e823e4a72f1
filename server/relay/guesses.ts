import { Buckets } from './buckets.ts';

/** Whether credentials may be looked at: now, once others have been, or not. */
export type Turn = 'now' | 'later' | 'no';

/** Refused credentials by key, with those the app is looking at: each of them may turn out to be refused, so they take room as well. */
export class Guesses {
  readonly #refused: Buckets;
  /** How many of each key are being looked at, where any are. */
  readonly #open = new Map<string, number>();

  constructor(perSecond: number, now: () => number) {
    this.#refused = new Buckets(perSecond, now);
  }

  turn(key: string): Turn {
    if (this.#refused.allows(key, (this.#open.get(key) ?? 0) + 1)) return 'now';
    // Where many were refused lately those who wait would only trickle in: they are refused, too, and keep nobody else from waiting.
    return this.#refused.allows(key, this.#refused.perSecond) ? 'later' : 'no';
  }

  begin(key: string): void {
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
  }

  end(key: string): void {
    const left = (this.#open.get(key) ?? 1) - 1;
    if (left === 0) this.#open.delete(key);
    else this.#open.set(key, left);
  }

  refused(key: string): void {
    this.#refused.charge(key);
  }
}

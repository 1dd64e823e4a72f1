/** Token bucket: `perSecond` on average, twice as many in a burst. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#tokens = 2 * perSecond;
    this.#at = nowMs;
  }

  /** Whether one more, or something that costs as much as several, is allowed now. */
  take(nowMs: number, cost: number = 1): boolean {
    if (!this.allows(nowMs, cost)) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Whether it would be. */
  allows(nowMs: number, cost: number = 1): boolean {
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + ((nowMs - this.#at) / 1000) * this.#perSecond);
    this.#at = nowMs;
    return this.#tokens >= cost;
  }

  /** Counts what was not asked for. It owes a burst at most, so nothing is paid back for longer than two seconds. */
  charge(nowMs: number): void {
    this.allows(nowMs);
    this.#tokens = Math.max(-2 * this.#perSecond, this.#tokens - 1);
  }
}

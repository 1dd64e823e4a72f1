import { TokenBucket } from './bucket.ts';
import { Recent } from './recent.ts';

/** Token buckets, one a key, of the keys that were used lately. */
export class Buckets {
  readonly perSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Recent<TokenBucket>();

  constructor(perSecond: number, now: () => number) {
    this.perSecond = perSecond;
    this.#now = now;
  }

  /** Whether one more is allowed now, which then counts. */
  take(key: string): boolean {
    return this.#used(key).take(this.#now());
  }

  /** Whether so many more would be. Keys that were never charged cost nothing. */
  allows(key: string, count: number = 1): boolean {
    return this.#buckets.get(key)?.allows(this.#now(), count) ?? count <= 2 * this.perSecond;
  }

  /** Counts what has happened already, also beyond what was allowed. */
  charge(key: string): void {
    this.#used(key).charge(this.#now());
  }

  #used(key: string): TokenBucket {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.perSecond, this.#now());
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

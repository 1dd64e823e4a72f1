import { wireLimits } from './limits.ts';

/**
 * Credit as the relay counts it: cumulative bytes against a cumulative limit (docs/PROTOCOL.md, CR rules).
 * A batch may be sent while anything is left, so that one batch larger than the window still passes;
 * the overshoot is at most one batch.
 */
export class CreditAccount {
  #limit: number;
  #spent = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get available(): number {
    return this.#limit - this.#spent;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Raises the limit; a lower one is ignored. */
  raise(limit: number): void {
    if (limit > this.#limit) this.#limit = limit;
  }

  spend(bytes: number): void {
    this.#spent += bytes;
  }
}

export interface CreditWindowOptions {
  /** Bytes granted to begin with, and the least the window shrinks to. @default 49152 */
  readonly initialBytes?: number;
  /** @default 1048576 */
  readonly maxBytes?: number;
  /** Silence after which the window starts again from `initialBytes`. @default 1000 */
  readonly idleMs?: number;
}

export const creditWindowDefaults: Required<CreditWindowOptions> = {
  initialBytes: 3 * wireLimits.targetBatchBytes,
  maxBytes: 1024 * 1024,
  idleMs: 1000,
};

/**
 * Credit as the reader grants it: what was applied plus a window. The window doubles each time a whole
 * window was applied within `idleMs`, and falls back to its initial size after `idleMs` without an acknowledgement.
 */
export class CreditWindow {
  readonly #options: Required<CreditWindowOptions>;
  #window: number;
  #applied = 0;
  #limit: number;
  #roundStart = 0;
  #roundAt: number;
  #lastAt: number;

  constructor(nowMs: number, options: CreditWindowOptions = {}) {
    this.#options = { ...creditWindowDefaults, ...options };
    this.#window = this.#options.initialBytes;
    this.#limit = this.#window;
    this.#roundAt = nowMs;
    this.#lastAt = nowMs;
  }

  /** Cumulative limit to announce. Never falls. */
  get limit(): number {
    return this.#limit;
  }

  /** Bytes the other end may still have on the way or waiting here, at most (plus one batch). */
  get window(): number {
    return this.#window;
  }

  /** `bytes` more were applied. Returns whether the limit rose by at least a quarter of the window: time to announce it. */
  applied(bytes: number, nowMs: number): boolean {
    if (nowMs - this.#lastAt > this.#options.idleMs) {
      this.#window = this.#options.initialBytes;
      this.#roundStart = this.#applied;
      this.#roundAt = nowMs;
    }
    this.#lastAt = nowMs;
    this.#applied += bytes;
    if (this.#applied - this.#roundStart >= this.#window) {
      if (nowMs - this.#roundAt <= this.#options.idleMs) this.#window = Math.min(this.#window * 2, this.#options.maxBytes);
      this.#roundStart = this.#applied;
      this.#roundAt = nowMs;
    }
    const limit = this.#applied + this.#window;
    if (limit - this.#limit < this.#window / 4) return false;
    this.#limit = limit;
    return true;
  }
}

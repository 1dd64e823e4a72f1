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
 * It outlives connections: what has arrived and is not applied counts against the window of the next one (CR10).
 */
export class CreditWindow {
  readonly #options: Required<CreditWindowOptions>;
  #window: number;
  #arrived = 0;
  #applied = 0;
  #limit: number;
  /** What had arrived when the connection began, which counts from zero. */
  #base = 0;
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

  /** Limit to announce, cumulative since `begin`. Never falls meanwhile, and is never negative. */
  get limit(): number {
    return Math.max(0, this.#limit - this.#base);
  }

  /** Bytes the other end may still have on the way or waiting here, at most (plus one batch). */
  get window(): number {
    return this.#window;
  }

  /** Bytes that have arrived and are not applied. */
  get owed(): number {
    return this.#arrived - this.#applied;
  }

  /** The other end counts from zero again: it may send what of the window is not owed from before. */
  begin(nowMs: number): void {
    this.#rest(nowMs);
    this.#base = this.#arrived;
    this.#limit = this.#applied + this.#window;
  }

  /** `bytes` more are here, to be applied. Needed only where `begin` or `owed` is. */
  arrived(bytes: number): void {
    this.#arrived += bytes;
  }

  /** `bytes` more were applied. Returns whether the limit rose by at least a quarter of the window: time to announce it. */
  applied(bytes: number, nowMs: number): boolean {
    this.#rest(nowMs);
    this.#lastAt = nowMs;
    this.#applied += bytes;
    if (this.#applied - this.#roundStart >= this.#window) {
      if (nowMs - this.#roundAt <= this.#options.idleMs) this.#window = Math.min(this.#window * 2, this.#options.maxBytes);
      this.#roundStart = this.#applied;
      this.#roundAt = nowMs;
    }
    return this.#raise();
  }

  /** `bytes` more will never be applied: given back, and no sign of how fast others are. Returns the same. */
  dropped(bytes: number): boolean {
    this.#applied += bytes;
    this.#roundStart += bytes;
    return this.#raise();
  }

  #raise(): boolean {
    const limit = this.#applied + this.#window;
    if (limit - this.#limit < this.#window / 4) return false;
    this.#limit = limit;
    return true;
  }

  /** Starts again after silence. */
  #rest(nowMs: number): void {
    if (nowMs - this.#lastAt <= this.#options.idleMs) return;
    this.#window = this.#options.initialBytes;
    this.#roundStart = this.#applied;
    this.#roundAt = nowMs;
    this.#lastAt = nowMs;
  }
}

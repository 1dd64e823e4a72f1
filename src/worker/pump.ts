import type { StreamBuffer, Taken } from './buffer.ts';
import type { Clock } from './environment.ts';
import type { PatchMessage } from './messages.ts';
import type { Taps } from './taps.ts';

export interface PumpOptions {
  readonly patchIntervalMs: number;
  readonly maxStalenessMs: number;
}

/** A stream as the pump sees it. */
export interface Outlet {
  readonly buffer: StreamBuffer;
  /** Of the buffered entries. */
  readonly epoch: string;
}

/**
 * Brings what has arrived to the page: one patch per interval, at most one unacknowledged, at once where a buffer
 * asks for it, and never later than `maxStalenessMs` while the page keeps up (docs/PROTOCOL.md, ST1, ST4).
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #clock: Clock;
  readonly #post: (message: PatchMessage) => void;
  readonly #taps: Taps | undefined;
  readonly #settle: (taken: readonly Taken[]) => void;
  readonly #waiting = new Set<Outlet>();
  #patch = 0;
  #unacknowledged: readonly Taken[] | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  /** `settle` is called with what the page has applied; `taps` are given what a patch takes. */
  constructor(
    options: PumpOptions,
    clock: Clock,
    post: (message: PatchMessage) => void,
    settle: (taken: readonly Taken[]) => void,
    taps?: Taps,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#post = post;
    this.#settle = settle;
    this.#taps = taps;
  }

  /** Something arrived for the stream. `run` follows, once, after everything that came together. */
  mark(outlet: Outlet): void {
    this.#waiting.add(outlet);
  }

  forget(outlet: Outlet): void {
    this.#waiting.delete(outlet);
  }

  /** Sends the patch that is due, or sees to it that it leaves in time. */
  run(): void {
    if (this.#unacknowledged !== undefined || this.#waiting.size === 0) return;
    const now = this.#clock.now();
    const due = this.#due();
    if (due <= now) this.#flush(now);
    // What comes later is not due earlier.
    else
      this.#cancelTimer ??= this.#clock.setTimer(() => {
        this.#cancelTimer = undefined;
        this.run();
      }, due - now);
  }

  /** The page has folded the patch in. `run` follows. */
  applied(patch: number): void {
    const taken = this.#unacknowledged;
    if (taken === undefined || patch !== this.#patch) return;
    this.#unacknowledged = undefined;
    this.#settle(taken);
  }

  close(): void {
    this.#cancelTimer?.();
    this.#waiting.clear();
  }

  #due(): number {
    const interval = this.#lastAt + this.#options.patchIntervalMs;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { buffer } of this.#waiting) {
      if (buffer.urgent) return Number.NEGATIVE_INFINITY;
      oldest = Math.min(oldest, buffer.oldestAt);
    }
    return Math.min(interval, oldest + this.#options.maxStalenessMs);
  }

  #flush(now: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const taken: Taken[] = [];
    for (const { buffer, epoch } of this.#waiting) if (!buffer.empty) taken.push(buffer.take(epoch));
    this.#waiting.clear();
    if (taken.length === 0) return;
    this.#lastAt = now;
    this.#patch += 1;
    this.#unacknowledged = taken;
    const changes = taken.map(({ change }) => change);
    const marked = this.#taps?.mark(changes, now);
    this.#post({ type: 'patch', patch: this.#patch, changes: marked?.changes ?? changes });
    marked?.hand();
  }
}

import { createRandom } from './answer.ts';

/** Time as the pacing sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls `wake` once, at `time` or (coarse timers) somewhat later. The result takes it back. */
  at(time: number, wake: () => void): () => void;
}

export interface PaceOptions {
  readonly seed: number;
  /** Tokens per second on average; 0 is as fast as possible. */
  readonly rate: number;
  /** 0: even. 1: a token may be late by up to its own interval. */
  readonly jitter: number;
  /** Most tokens that arrive at once. */
  readonly burst: number;
  /** Longest stall, ms; what it held up follows at once, so that the average rate holds. */
  readonly stallMs: number;
}

/** When each next token is due, in ms since the first could be: an endless, never falling sequence around `index / rate`. */
export function* dueTimes(options: PaceOptions): Generator<number, never> {
  if (options.rate === 0) while (true) yield 0;
  const random = createRandom(options.seed ^ 0x5eed);
  const interval = 1000 / options.rate;
  let index = 0;
  let last = 0;
  let stalledUntil = 0;
  while (true) {
    const size = 1 + Math.floor(random() ** 2 * options.burst);
    index += size;
    const ideal = (index - 1) * interval;
    if (options.stallMs > 0 && random() < 0.02) stalledUntil = Math.max(stalledUntil, ideal + random() * options.stallMs);
    last = Math.max(last, stalledUntil, ideal + random() * options.jitter * interval);
    for (let token = 0; token < size; token += 1) yield last;
  }
}

const TICK_MS = 4;

/** One timer for everything that waits; wakes what is due at once, at most every 4 ms. */
export function createClock(): Clock {
  const waiting = new Set<{ time: number; wake: () => void }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  const now = (): number => performance.now();

  const arm = (time: number): void => {
    if (time >= timerAt) return;
    clearTimeout(timer);
    timerAt = Math.ceil(time / TICK_MS) * TICK_MS;
    timer = setTimeout(tick, Math.max(0, timerAt - now()));
  };

  const tick = (): void => {
    timerAt = Number.POSITIVE_INFINITY;
    const present = now();
    let next = Number.POSITIVE_INFINITY;
    for (const waiter of waiting) {
      if (waiter.time > present) next = Math.min(next, waiter.time);
      else {
        waiting.delete(waiter);
        waiter.wake();
      }
    }
    arm(next);
  };

  return {
    now,
    at: (time, wake) => {
      const waiter = { time, wake };
      waiting.add(waiter);
      arm(time);
      return () => {
        waiting.delete(waiter);
        if (waiting.size > 0) return;
        clearTimeout(timer);
        timerAt = Number.POSITIVE_INFINITY;
      };
    },
  };
}

/** The clock every scripted stream of this process (or page) shares. */
export const sharedClock: Clock = createClock();

/**
 * Something of another package that is loaded when it is first needed. What could not be loaded is tried again: some times, longer
 * and longer apart, while somebody waits for it, and after that whenever somebody else comes to need it.
 */
export interface Loading<Loaded> {
  readonly loaded: Loaded | undefined;
  /** Calls back once it is there, at once if it is already. `signal` ends the need. */
  need(onLoaded: (loaded: Loaded) => void, signal: AbortSignal): void;
}

export interface LoadingOptions<Loaded> {
  readonly request: () => Promise<Loaded>;
  /** The first attempt has failed; of the others it is not told. */
  readonly onFailed: (error: unknown) => void;
  readonly clock?: LoadingClock;
}

export interface LoadingClock {
  /** ms since whenever; never jumps back. */
  now(): number;
  after(ms: number, task: () => void): void;
}

/** Between the first attempt and the second, ms; then each time twice as long, */
const firstWaitMs = 1000;
/** up to this, ms. */
const longestWaitMs = 60_000;
/** Attempts for who waits: they take some two minutes. */
const mostAttempts = 8;

export function createLoading<Loaded>({ request, onFailed, clock = platform }: LoadingOptions<Loaded>): Loading<Loaded> {
  const waiting = new Set<(loaded: Loaded) => void>();
  let loaded: Loaded | undefined;
  let attempts = 0;
  /** When the next attempt may be made; never while one is under way. */
  let nextAt = 0;
  let isPlanned = false;

  const attempt = async (): Promise<void> => {
    attempts += 1;
    nextAt = Number.POSITIVE_INFINITY;
    try {
      loaded = await request();
    } catch (error) {
      if (attempts === 1) onFailed(error);
      nextAt = clock.now() + Math.min(longestWaitMs, firstWaitMs * 2 ** (attempts - 1));
      if (waiting.size > 0) plan();
      return;
    }
    for (const onLoaded of waiting) onLoaded(loaded);
    waiting.clear();
  };
  const plan = (): void => {
    if (isPlanned || attempts >= mostAttempts) return;
    isPlanned = true;
    clock.after(nextAt - clock.now(), () => {
      isPlanned = false;
      if (waiting.size > 0) void attempt();
    });
  };

  return {
    get loaded() {
      return loaded;
    },
    need(onLoaded, signal) {
      if (loaded !== undefined) {
        onLoaded(loaded);
        return;
      }
      // Of its own, so that who needs it twice is told twice.
      const one = (value: Loaded): void => onLoaded(value);
      waiting.add(one);
      signal.addEventListener('abort', () => waiting.delete(one));
      if (clock.now() >= nextAt) void attempt();
      else if (nextAt < Number.POSITIVE_INFINITY) plan();
    },
  };
}

const platform: LoadingClock = {
  now: () => performance.now(),
  after: (ms, task) => void setTimeout(task, ms),
};

/** Runs jobs one after the other, in order, with a pause behind each, and a bounded number of them. */
export interface Turns {
  /**
   * Runs `job` when it is its turn. Answers `undefined` at once when too many wait.
   * `signal` takes it out of the line; one that has begun runs to its end.
   */
  take<Result>(job: () => Promise<Result>, signal: AbortSignal): Promise<Result> | undefined;
}

export function createTurns(maxWaiting: number, pause: () => Promise<void>): Turns {
  const waiting = new Set<() => Promise<void>>();
  let isRunning = false;

  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    for (const next of waiting) {
      waiting.delete(next);
      await next();
      await pause();
    }
    isRunning = false;
  };

  return {
    take<Result>(job: () => Promise<Result>, signal: AbortSignal) {
      if (waiting.size >= maxWaiting) return undefined;
      return new Promise<Result>((resolve, reject) => {
        const turn = (): Promise<void> => job().then(resolve, reject);
        waiting.add(turn);
        signal.addEventListener('abort', () => waiting.delete(turn));
        void run();
      });
    },
  };
}

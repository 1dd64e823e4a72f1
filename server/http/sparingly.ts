/** Of the process's time, since anybody may ask. */
const MAX_SHARE = 1 / 16;

/**
 * Work that takes a sixteenth of the time at most, however often it is asked for: who asks while it would take more waits for the next, and
 * all who wait have the same. Nobody is given what was begun before they asked. `now` is in ms, from any moment on.
 */
export function sparingly(work: () => Promise<string>, now: () => number = () => performance.now()): () => Promise<string> {
  let next: Promise<string> | undefined;
  let notBefore = 0;
  const run = async (): Promise<string> => {
    const waitMs = notBefore - now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const begun = now();
    try {
      return await work();
    } finally {
      const ended = now();
      notBefore = ended + (ended - begun) * (1 / MAX_SHARE - 1);
      next = undefined;
    }
  };
  return () => {
    next ??= run();
    return next;
  };
}

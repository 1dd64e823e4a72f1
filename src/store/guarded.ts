/** Runs what is not ours, or one of several: a failure is reported, and keeps nothing else from going on. */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (typeof reportError === 'function') reportError(error);
    else console.error(error);
  }
}

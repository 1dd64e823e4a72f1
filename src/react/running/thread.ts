/** Not in every browser, and not in TypeScript's library. */
interface Scheduling {
  readonly scheduling?: { isInputPending?(): boolean };
}
interface TaskScheduler {
  readonly scheduler?: { postTask?(callback: () => void, options: { priority: 'user-blocking' }): Promise<void> };
}

/** Called in a frame: calls back once after its picture has been made, which is before a task that is posted in it. */
export function afterPaint(callback: () => void): void {
  const { scheduler } = globalThis as TaskScheduler;
  if (scheduler?.postTask === undefined) setTimeout(callback);
  else void scheduler.postTask(callback, { priority: 'user-blocking' });
}

/** Whether the reader has done something that waits for the page's thread. `false` where the browser does not tell. */
export function isInputPending(): boolean {
  return (navigator as Scheduling).scheduling?.isInputPending?.() ?? false;
}

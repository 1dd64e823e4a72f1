/** How often the page's display takes a picture, from the frames themselves: nothing tells a page. */
export interface Refresh {
  /** ms between pictures: 16.7 until something else was seen. */
  readonly intervalMs: number;
  /** A frame came `ms` after the one before it, in which the page had (`idle`) next to nothing to do. */
  observe(ms: number, idle: boolean): void;
}

export function createRefresh(): Refresh {
  let intervalMs = 1000 / 60;
  let last = 0;
  let idleFrames = 0;
  let idleLeast = Number.POSITIVE_INFINITY;
  return {
    get intervalMs() {
      return intervalMs;
    },
    observe(ms, idle) {
      // Twice in a row: one early frame is only jitter.
      if (Math.max(ms, last) < intervalMs * 0.9 && Math.min(ms, last) > 3) intervalMs = Math.max(ms, last);
      last = ms;
      // A load makes frames late, too. That the display is slower shows only in frames without one.
      if (!idle || ms < intervalMs * 1.1) {
        idleFrames = 0;
        idleLeast = Number.POSITIVE_INFINITY;
        return;
      }
      idleFrames += 1;
      idleLeast = Math.min(idleLeast, ms);
      if (idleFrames < 8) return;
      intervalMs = Math.min(idleLeast, 50);
      idleFrames = 0;
      idleLeast = Number.POSITIVE_INFINITY;
    },
  };
}

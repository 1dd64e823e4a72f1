/** How often the page's display takes a picture, from the frames themselves: nothing tells a page. */
export interface Refresh {
  /** ms between pictures: 16.7 until something else was seen. */
  readonly intervalMs: number;
  /** A frame came `ms` after the one before it, which had left the page's thread free (`idle`) for half an interval and more. */
  observe(ms: number, idle: boolean): void;
}

// So many late frames in a row are not for a load.
const lateFrames = 12;

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
      // A load makes frames late, too, but not for long: it is cut down each time. A slower display stays late.
      const isSlow = idle && ms >= intervalMs * 1.1;
      if (isSlow) {
        idleFrames += 1;
        idleLeast = Math.min(idleLeast, ms);
        if (idleFrames < lateFrames) return;
        intervalMs = Math.min(idleLeast, 50);
      }
      idleFrames = 0;
      idleLeast = Number.POSITIVE_INFINITY;
    },
  };
}

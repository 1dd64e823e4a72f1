/** One animation-frame loop for all panels. */
export interface Loop {
  /** The panel has something to show. Asking again before it is shown changes nothing. */
  request(panel: number): void;
}

/** Shows each panel in the next frame. `show` writes; `settle` may read layout, after all have written. */
export function createLoop(show: (panel: number) => void, settle: (panel: number) => void): Loop {
  const waiting = new Set<number>();
  let scheduled = false;
  const run = (): void => {
    scheduled = false;
    for (const panel of waiting) show(panel);
    for (const panel of waiting) settle(panel);
    waiting.clear();
  };
  return {
    request(panel) {
      waiting.add(panel);
      if (scheduled) return;
      scheduled = true;
      requestAnimationFrame(run);
    },
  };
}

const longFrameMs = 20;

/**
 * The same with as many panels per frame as frames can afford: a quarter less after a long frame, a third of a panel more after
 * a good one. A set keeps its order, so the longest waiting come first.
 */
export function createScheduledLoop(panels: number, show: (panel: number) => void, settle: (panel: number) => void): Loop {
  const waiting = new Set<number>();
  let scheduled = false;
  let capacity = panels;
  let last = Number.NEGATIVE_INFINITY;
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(run);
  };
  const run = (now: number): void => {
    scheduled = false;
    if (now - last > longFrameMs && last !== Number.NEGATIVE_INFINITY) capacity = Math.max(1, capacity * 0.75);
    else capacity = Math.min(panels, capacity + 1 / 3);
    const due = Array.from(waiting).slice(0, Math.floor(capacity));
    for (const panel of due) waiting.delete(panel);
    for (const panel of due) show(panel);
    for (const panel of due) settle(panel);
    last = waiting.size > 0 ? now : Number.NEGATIVE_INFINITY;
    if (waiting.size > 0) schedule();
  };
  return {
    request(panel) {
      waiting.add(panel);
      // A frame without work says nothing of what work costs, and none was asked for.
      schedule();
    },
  };
}

import type { FrameTask } from '../frame.ts';
import { createRefresh } from './refresh.ts';
import { blockSlices, type Slices, textSlices } from './slices.ts';

/** How many tasks of each class a frame ran. */
export type Counts = ReadonlyMap<string, number>;

/**
 * What the next frame can afford, in milliseconds of the page's thread as past frames have shown them: style, layout and paint
 * included. What happens beside that thread (raster, compositing, other programs) shows in frames that come late.
 */
export interface Budget {
  /** For the tasks of one frame. */
  readonly frameMs: number;
  /** Of the display. */
  readonly intervalMs: number;
  /** What one more task of a class is expected to cost, ms. */
  cost(kind: string): number;
  /** A frame began `ms` after the one before, which had run `counts`; `limited`: tasks had to wait. */
  paced(ms: number, counts: Counts, limited: boolean): void;
  /** There was nothing to do for `ms`: what made frames late may have ended with that. */
  rested(ms: number): void;
  /** A frame with `counts` took the page's thread `ms`, from its beginning until it was painted. */
  measured(ms: number, counts: Counts): void;
  /**
   * Serves by place, from where the last frame ended: everybody has a turn in each round, and what one frame changes is near
   * together, since the browser draws the rectangle around all of it anew. `serve` returns the last it could afford.
   */
  inTurn(tasks: readonly FrameTask[], serve: (tasks: readonly FrameTask[]) => FrameTask | undefined): void;
}

// Part of the display's interval that the page's own frames may take; the rest is the app's, input's and the store's.
const share = 0.9;
// Cost of a task of a class that has not been seen yet, ms.
const unknownMs = 0.3;
const leastMs = 0.02;

export function createBudget(slices: readonly Slices[] = [textSlices, blockSlices]): Budget {
  const refresh = createRefresh();
  const costs = new Map<string, number>();
  // Cost of a frame as such.
  let base = 1;
  // What late frames leave of the budget.
  let allowance = Number.POSITIVE_INFINITY;
  let good = 0;
  let lastCost = 0;
  // Of the task that was served last in its turn: those served out of turn say nothing about whose it is.
  let lastPlace = 0;

  const cost = (kind: string): number => costs.get(kind) ?? unknownMs;
  const total = (counts: Counts): { readonly ms: number; readonly tasks: number } => {
    let ms = 0;
    let tasks = 0;
    for (const [kind, count] of counts) {
      ms += count * cost(kind);
      tasks += count;
    }
    return { ms, tasks };
  };
  const begin = (): void => {
    for (const slice of slices) slice.begin();
  };
  const most = (): number => Math.max(1, refresh.intervalMs * share - base);

  return {
    get frameMs() {
      return Math.min(allowance, most());
    },
    get intervalMs() {
      return refresh.intervalMs;
    },
    cost,
    paced(ms, counts, limited) {
      begin();
      const { ms: spent, tasks } = total(counts);
      refresh.observe(ms, lastCost < refresh.intervalMs / 2);
      if (tasks === 0) return;
      if (ms > refresh.intervalMs * 1.25) {
        good = 0;
        allowance = Math.max(leastMs, Math.min(allowance, spent) * 0.75);
      } else if (allowance !== Number.POSITIVE_INFINITY) {
        // A third of a task at first, more the longer it goes well; not further than anybody has tried.
        good += 1;
        allowance += (spent / tasks) * (1 / 3 + (limited ? good : tasks) / 30);
        if (allowance > 2 * most()) allowance = Number.POSITIVE_INFINITY;
      }
    },
    rested(ms) {
      begin();
      allowance *= 1 + Math.max(0, ms) / 100;
      if (allowance > 2 * most()) allowance = Number.POSITIVE_INFINITY;
    },
    measured(ms, counts) {
      for (const slice of slices) slice.measured(ms);
      lastCost = ms;
      const { ms: expected, tasks } = total(counts);
      if (tasks === 0) return;
      // Least mean squares, normalised: each class takes its part of the error. Up slowly: what a frame took too long for was
      // often somebody else's.
      let norm = 1;
      for (const count of counts.values()) norm += count * count;
      const error = Math.min(ms - base - expected, base + expected + 2);
      const step = ((error > 0 ? 0.15 : 0.3) * error) / norm;
      base = Math.max(0, base + step);
      for (const [kind, count] of counts) costs.set(kind, Math.max(leastMs, cost(kind) + step * count));
    },
    inTurn(tasks, serve) {
      const placed = tasks.map((task) => [task.place?.() ?? 0, task] as const).sort(([a], [b]) => a - b);
      const next = Math.max(
        0,
        placed.findIndex(([place]) => place > lastPlace),
      );
      const last = serve([...placed.slice(next), ...placed.slice(0, next)].map(([, task]) => task));
      lastPlace = last?.place?.() ?? lastPlace;
    },
  };
}

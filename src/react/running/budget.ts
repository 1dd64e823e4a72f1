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
  /** Of what waits, that each whole frame serves at least, so that nobody comes to wait too long together with all the others. */
  readonly share: number;
  /** What one more task of a class is expected to cost, ms. */
  cost(kind: string): number;
  /**
   * A frame begins; the one before has run `counts`, and `limited`: tasks had to wait. Returns whether it is a whole
   * one. One that comes before its time is not: it is there for what is urgent.
   */
  begins(now: number, counts: Counts, limited: boolean): boolean;
  /** Whether it is too early to ask for the next whole frame. `resume` is called, once, when it no longer is. */
  pauses(resume: () => void): boolean;
  /** There is nothing to do any more: what made frames late may end with that. */
  rests(now: number): void;
  /** A frame with `counts` took the page's thread `ms`, from its beginning until it was painted. */
  measured(ms: number, counts: Counts): void;
  /**
   * Serves by place, from where the last frame ended: everybody has a turn in each round, and what one frame changes is near
   * together, since the browser draws the rectangle around all of it anew. `serve` returns the last it could afford.
   */
  inTurn(tasks: readonly FrameTask[], serve: (tasks: readonly FrameTask[]) => FrameTask | undefined): void;
}

/** When whole frames come. */
export interface Cadence {
  /** Intervals of the display from one to the next. */
  readonly stride: number;
}

export interface PacedBudget extends Budget {
  /** Whole frames come by this one from now on. Without any, each picture is one. */
  follow(cadence: Cadence): void;
}

// Part of the time from one to the next that the page's own frames may take; the rest is the app's, input's and the store's.
const share = 0.9;
// Within this everybody has a turn.
const roundMs = 100;
// Sooner where pictures are left out: one that is drawn costs as much as many tasks, whoever is in it.
const sparseRoundMs = 66;
// Cost of a task of a class that has not been seen yet, ms.
const unknownMs = 0.3;
const leastMs = 0.02;
/** Intervals from the beginning of a frame until the next is asked for, at least: within the picture that is left out. */
const pauseIntervals = 1.3;
/**
 * Where the frame before took longer than this, ms, there is a pause in any case. A frame that was asked for within one of 100 ms runs in front of
 * the messages that wait in Chromium, so that nothing would come in any more.
 */
const longMs = 80;
/** However long a frame was, ms: a timer runs behind what has come meanwhile. */
const leastPauseMs = 4;

export function createBudget(
  slices: readonly Slices[] = [textSlices, blockSlices],
  clock: () => number = () => performance.now(),
  later: (callback: () => void, ms: number) => void = setTimeout,
): PacedBudget {
  const refresh = createRefresh();
  let cadence: Cadence = { stride: 1 };
  const costs = new Map<string, number>();
  // Cost of a frame as such.
  let base = 1;
  // What late frames leave of the budget.
  let allowance = Number.POSITIVE_INFINITY;
  let good = 0;
  let lastCost = 0;
  // Of the last whole frame.
  let lastWhole = Number.NEGATIVE_INFINITY;
  let wholeCounts: Counts | undefined;
  // The last one that was followed by a pause.
  let pausedSince = lastWhole;
  let isPausing = false;
  // When there was nothing left to do.
  let restingSince = 0;
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
  const most = (): number => Math.max(1, refresh.intervalMs * cadence.stride * share - base);
  const paced = (ms: number, counts: Counts, limited: boolean): void => {
    const { ms: spent, tasks } = total(counts);
    if (cadence.stride === 1) refresh.observe(ms, lastCost < refresh.intervalMs / 2);
    if (tasks === 0) return;
    if (ms > refresh.intervalMs * (cadence.stride + 0.25)) {
      good = 0;
      allowance = Math.max(leastMs, Math.min(allowance, spent) * 0.75);
    } else {
      // A third of a task at first, more the longer it goes well; not further than anybody has tried.
      good += 1;
      allowance += (spent / tasks) * (1 / 3 + (limited ? good : tasks) / 30);
    }
  };

  return {
    get frameMs() {
      return Math.min(allowance, most());
    },
    get intervalMs() {
      return refresh.intervalMs;
    },
    get share() {
      return (refresh.intervalMs * cadence.stride) / (cadence.stride > 1 ? sparseRoundMs : roundMs);
    },
    cost,
    begins(now, counts, limited) {
      const elapsed = now - lastWhole;
      // Of the whole one, not of those that came after it for what was urgent.
      wholeCounts ??= counts;
      if (elapsed < (cadence.stride - 1) * refresh.intervalMs * 1.25) return false;
      if (elapsed < Number.POSITIVE_INFINITY) paced(elapsed, wholeCounts, limited);
      else allowance *= 1 + Math.max(0, now - restingSince) / 100;
      lastWhole = now;
      wholeCounts = undefined;
      return true;
    },
    pauses(resume) {
      if (lastWhole > pausedSince && (cadence.stride > 1 || lastCost > longMs)) {
        pausedSince = lastWhole;
        isPausing = true;
        const resumed = (): void => {
          isPausing = false;
          resume();
        };
        later(resumed, Math.max(leastPauseMs, lastWhole + pauseIntervals * refresh.intervalMs - clock()));
      }
      return isPausing;
    },
    rests(now) {
      lastWhole = Number.NEGATIVE_INFINITY;
      restingSince = now;
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
    follow(next) {
      cadence = next;
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

// Of this page.
export const pageBudget: PacedBudget = createBudget();

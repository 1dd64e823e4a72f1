import { startTransition } from 'react';
import { type Frames, type FrameTask, frames } from './frame.ts';

/** A React update that may wait a little. */
export interface Promotion {
  /** Sets state. May run twice: it says what the state is, never how it changes. */
  apply(): void;
  /** Whether it is on the page: set by the component's layout effect, say. Read once a frame. */
  isDone(): boolean;
}

/** React transitions with a deadline: no load of urgent updates, of sibling streams or the app, can starve one. */
export interface Promotions {
  /**
   * Applies the update in a transition, and, if it is not done 150 ms later, as an urgent one in the frame that follows.
   * Returns the canceller, for what has become obsolete or unmounts.
   */
  promote(job: Promotion): () => void;
  /** Longest time a job took until it was done, ms, and how many had to be forced. */
  stats(): { readonly longestMs: number; readonly forced: number };
}

const deadlineMs = 150;

export function createPromotions(
  loop: () => Frames = frames,
  now: () => number = () => performance.now(),
  transition: (update: () => void) => void = startTransition,
): Promotions {
  const waiting = new Map<Promotion, { readonly since: number; forced: boolean }>();
  let longestMs = 0;
  let forced = 0;

  const settle = (): void => {
    const at = now();
    for (const [job, { since }] of waiting) {
      if (!job.isDone()) continue;
      longestMs = Math.max(longestMs, at - since);
      waiting.delete(job);
    }
    if (waiting.size > 0) loop().request(task, true);
  };
  const task: FrameTask = {
    immediate: true,
    flush() {
      const at = now();
      for (const [job, wait] of waiting) {
        if (wait.forced || at - wait.since < deadlineMs || job.isDone()) continue;
        wait.forced = true;
        forced += 1;
        loop().commit(() => job.apply());
      }
    },
    settle,
  };

  return {
    promote(job) {
      waiting.set(job, { since: now(), forced: false });
      transition(() => job.apply());
      loop().request(task, true);
      return () => void waiting.delete(job);
    },
    stats: () => ({ longestMs, forced }),
  };
}

let pagePromotions: Promotions | undefined;

/** The promotions of this page, made on first use. */
export function promotions(): Promotions {
  pagePromotions ??= createPromotions();
  return pagePromotions;
}

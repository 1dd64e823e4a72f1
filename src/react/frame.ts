import { flushSync } from 'react-dom';

/** Display work of one part of the page, such as a panel. */
export interface FrameTask {
  /** Writes what is pending to the DOM, without reading layout. `now` is the frame's time, ms. */
  flush(now: number): void;
  /** Runs after all of the frame's flushes: the place to read layout and to scroll. */
  settle?(): void;
}

/** The page's one animation-frame loop. It runs only while something is pending and the page is visible. */
export interface Frames {
  /**
   * Asks for one `flush`. Urgent tasks run in the next frame; under load the others wait their turn, longest
   * waiting first, at most 150 ms. Asking again before the flush changes nothing but the urgency.
   */
  request(task: FrameTask, urgent?: boolean): void;
  /** Forgets a pending request. */
  cancel(task: FrameTask): void;
  /**
   * A React update that belongs to what is being written. Within a `flush` it waits for the frame's others: all of them run
   * in one `flushSync`, after the flushes and before `settle`. Outside of a frame it runs in a `flushSync` of its own.
   */
  commit(update: () => void): void;
  /**
   * Flushes a task at once, in a layout effect: React renders what is committed there before the browser paints.
   * Its `settle` runs in the next frame.
   */
  mount(task: FrameTask): void;
}

/** What the loop needs of a page; replaced in tests. */
export interface FrameHost {
  requestFrame(callback: (now: number) => void): void;
  now(): number;
  isHidden(): boolean;
  /** Calls back each time the page becomes visible. */
  onVisible(callback: () => void): void;
}

/** A frame that comes later than this after the one before was too expensive. */
const slowFrameMs = 25;
const maxStalenessMs = 150;

export function createFrames(host: FrameHost): Frames {
  // Insertion order is order of waiting: whoever was served asks again behind the others.
  const waiting = new Map<FrameTask, { readonly since: number; urgent: boolean }>();
  let scheduled = false;
  let lastFrame = Number.NEGATIVE_INFINITY;
  let touched = 0;
  let capacity = Number.POSITIVE_INFINITY;
  /** Commits of the frame that is being written. */
  let updates: (() => void)[] | undefined;
  let mounting = false;

  const schedule = (): void => {
    if (scheduled || waiting.size === 0 || host.isHidden()) return;
    scheduled = true;
    host.requestFrame(run);
  };
  host.onVisible(() => {
    // A frame asked for before the page was hidden may have been lost with it.
    scheduled = false;
    lastFrame = Number.NEGATIVE_INFINITY;
    for (const wait of waiting.values()) wait.urgent = true;
    schedule();
  });

  function run(now: number): void {
    scheduled = false;
    if (host.isHidden()) return;
    adapt(now);
    const due: FrameTask[] = [];
    for (const [task, { since, urgent }] of waiting) {
      if (urgent || due.length < capacity || now - since >= maxStalenessMs) due.push(task);
    }
    for (const task of due) waiting.delete(task);
    updates = [];
    for (const task of due) guard(() => task.flush(now));
    const commits = updates;
    updates = undefined;
    if (commits.length > 0)
      flushSync(() => {
        for (const update of commits) guard(update);
      });
    for (const task of due) guard(() => task.settle?.());
    touched = due.length;
    schedule();
    if (!scheduled) lastFrame = Number.NEGATIVE_INFINITY;
  }

  /** Additive increase, multiplicative decrease: how many tasks the last frames could afford. */
  function adapt(now: number): void {
    if (now - lastFrame > slowFrameMs && lastFrame !== Number.NEGATIVE_INFINITY && touched > 0) {
      capacity = Math.max(1, Math.floor(touched * 0.7));
    } else if (touched >= capacity) {
      capacity += 1;
    }
    lastFrame = now;
  }

  const request = (task: FrameTask, urgent = false): void => {
    const wait = waiting.get(task);
    if (wait === undefined) waiting.set(task, { since: host.now(), urgent });
    else if (urgent) wait.urgent = true;
    schedule();
  };

  return {
    request,
    cancel(task) {
      waiting.delete(task);
    },
    commit(update) {
      if (mounting) update();
      else if (updates !== undefined) updates.push(update);
      else flushSync(update);
    },
    mount(task) {
      mounting = true;
      if (!host.isHidden()) guard(() => task.flush(host.now()));
      mounting = false;
      request(task, true);
    },
  };
}

let pageFrames: Frames | undefined;

/** The loop of this page, made on first use. Not for servers. */
export function frames(): Frames {
  pageFrames ??= createFrames({
    requestFrame: (callback) => void requestAnimationFrame(callback),
    now: () => performance.now(),
    isHidden: () => document.hidden,
    onVisible: (callback) => document.addEventListener('visibilitychange', () => document.hidden || callback()),
  });
  return pageFrames;
}

/** One task's failure is reported and stops no other. */
function guard(work: () => void): void {
  try {
    work();
  } catch (error) {
    reportError(error);
  }
}

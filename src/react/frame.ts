import { flushSync } from 'react-dom';
import { guarded } from '../store/index.ts';
import type { Budget } from './running/budget.ts';
import { running } from './running.ts';

/** How much it matters that something is up to date: it has the reader's attention, is in view, or is not. */
export type Rank = 'focused' | 'visible' | 'offscreen';

/** Display work of one part of the page, such as a panel. */
export interface FrameTask {
  /**
   * Writes what is pending to the DOM, without reading layout. `now` is the frame's time, ms. `all`: leave nothing for later
   * frames, there is none before the page is printed.
   */
  flush(now: number, all?: boolean): void;
  /** Runs after all of the frame's flushes and commits: the place to read layout and to scroll. */
  settle?(): void;
  /** Asked for once per frame in which the task waits; between frames without `now`: only whether it is off-screen. @default 'visible' */
  rank?(now?: number): Rank;
  /** Where it is on the page: neighbours have numbers near each other. @default 0 */
  place?(): number;
  /** Class of work: what one costs tells what another of its class will. @default 'text' */
  readonly kind?: string;
  /** Where it is urgent it runs in the next frame, whatever that can afford. @default false */
  readonly immediate?: boolean;
}

/** The page's one animation-frame loop. It runs only while something is pending and the page is visible. */
export interface Frames {
  /**
   * Asks for one `flush`. Urgent tasks run in the next frame. The others share what a frame can afford, by measured cost:
   * focused ones first, then visible ones, longest waiting first, none later than 150 ms. Off-screen ones wait until they are
   * in view, or urgent. Asking again before the flush changes nothing but the urgency.
   */
  request(task: FrameTask, urgent?: boolean): void;
  /** Forgets a pending request. */
  cancel(task: FrameTask): void;
  /** Ranks may have changed: who waited off-screen is looked at again. */
  reconsider(): void;
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
  /** Calls back before the page is printed. */
  onPrint?(callback: () => void): void;
  /** Called in a frame: calls back once after it has been painted. Without it, only late frames tell what frames cost. */
  afterPaint?(callback: () => void): void;
  /** What learns what frames cost, the same each time; until there is one, they may cost what it would begin with. */
  budget?(): Budget | undefined;
  /** Whether the reader has done something that waits for this frame to end. */
  isInputPending?(): boolean | undefined;
}

interface Wait {
  since: number;
  urgent: boolean;
}

const maxStalenessMs = 150;
/** What is urgent overrides the budget up to this many frames' worth; a crowd of a hundred ends spreads over a few frames. */
const urgentFrames = 2;

const unlearned: Budget = {
  frameMs: 14,
  intervalMs: 1000 / 60,
  share: 1 / 6,
  cost: () => 0.3,
  begins: () => true,
  pauses: () => false,
  rests() {},
  measured() {},
  inTurn: (tasks, serve) => void serve(tasks),
};

export function createFrames(host: FrameHost): Frames {
  let budget = unlearned;
  // Insertion order is order of waiting: whoever was served asks again behind the others.
  const waiting = new Map<FrameTask, Wait>();
  let scheduled = false;
  /** Something waits that may be served. */
  let wanted = false;
  /** Something urgent does. */
  let hurried = false;
  let counts = new Map<string, number>();
  let limited = false;
  /** Commits of the frame that is being written. */
  let updates: (() => void)[] | undefined;
  let mounting = false;

  const schedule = (): void => {
    if (scheduled || !wanted || host.isHidden() || (!hurried && budget.pauses(schedule))) return;
    scheduled = true;
    host.requestFrame(run);
  };

  function run(now: number): void {
    scheduled = false;
    if (host.isHidden()) return;
    budget = host.budget?.() ?? budget;
    const whole = budget.begins(now, counts, limited);
    const startedAt = host.now();
    wanted = hurried = false;
    const due = choose(now, whole);
    // What the flushes ask for again is for the next frame.
    write(due, now);
    if (due.length > 0) {
      const ran = counts;
      host.afterPaint?.(() => budget.measured(host.now() - startedAt, ran));
    }
    schedule();
    if (!wanted) budget.rests(now);
  }

  /**
   * Whom this frame serves: urgent, focused, too long waiting, visible; as many as it can afford, and one at least. One that is
   * not `whole` came for the urgent: nobody else who can wait is served.
   */
  function choose(now: number, whole: boolean): FrameTask[] {
    const urgent: FrameTask[] = [];
    const overdue: FrameTask[] = [];
    const focused: FrameTask[] = [];
    const visible: FrameTask[] = [];
    let demandMs = 0;
    for (const [task, wait] of waiting) {
      const rank = task.rank?.(now);
      if (wait.urgent) (task.immediate ? overdue : urgent).push(task);
      else if (rank !== 'offscreen') {
        demandMs += budget.cost(task.kind ?? 'text');
        if (rank === 'focused') focused.push(task);
        else if (now - wait.since > maxStalenessMs - budget.intervalMs) overdue.push(task);
        else visible.push(task);
      }
    }
    const due: FrameTask[] = [];
    counts = new Map();
    limited = false;
    let spent = 0;
    const take = (tasks: readonly FrameTask[], limitMs: number): FrameTask | undefined => {
      let last: FrameTask | undefined;
      for (const task of tasks) {
        const kind = task.kind ?? 'text';
        spent += budget.cost(kind);
        if (spent > limitMs && due.length > 0) {
          limited = wanted = true;
          break;
        }
        due.push(task);
        last = task;
        waiting.delete(task);
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
      return last;
    };
    take(urgent, Math.max(budget.frameMs, urgentFrames * budget.intervalMs));
    hurried = limited;
    // The reader's turn: what can wait does.
    const limitMs = !whole || host.isInputPending?.() ? 0 : Math.max(budget.frameMs, demandMs * budget.share);
    take(focused, limitMs);
    take(overdue, Number.POSITIVE_INFINITY);
    budget.inTurn(visible, (tasks) => take(tasks, limitMs));
    return due;
  }

  function write(due: readonly FrameTask[], now: number, all = false): void {
    const commits: (() => void)[] = [];
    updates = commits;
    for (const task of due) guarded(() => task.flush(now, all));
    updates = undefined;
    if (commits.length > 0) {
      flushSync(() => {
        for (const update of commits) guarded(update);
      });
    }
    for (const task of due) guarded(() => task.settle?.());
  }

  const request = (task: FrameTask, urgent = false): void => {
    const wait = waiting.get(task);
    if (wait === undefined) waiting.set(task, { since: host.now(), urgent });
    else if (urgent) wait.urgent = true;
    hurried ||= urgent;
    wanted ||= urgent || task.rank?.() !== 'offscreen';
    schedule();
  };
  const reconsider = (): void => {
    wanted = waiting.size > 0;
    schedule();
  };

  host.onVisible(() => {
    // A frame asked for before the page was hidden may have been lost with it.
    scheduled = false;
    // Nobody has waited for a hidden page: what the frames can afford is brought up to date in each.
    const now = host.now();
    budget.rests(now);
    for (const wait of waiting.values()) wait.since = now;
    reconsider();
  });
  host.onPrint?.(() => {
    // Some take several turns: those are what they have left.
    for (let turn = 0; turn < 100 && waiting.size > 0; turn += 1) {
      const due = [...waiting.keys()];
      waiting.clear();
      write(due, host.now(), true);
    }
  });

  return {
    request,
    cancel(task) {
      waiting.delete(task);
    },
    reconsider,
    commit(update) {
      if (mounting) update();
      else if (updates !== undefined) updates.push(update);
      else flushSync(update);
    },
    mount(task) {
      mounting = true;
      if (!host.isHidden()) guarded(() => task.flush(host.now()));
      mounting = false;
      request(task, true);
    },
  };
}

let pageFrames: Frames | undefined;

/** The loop of this page, made on first use. Not for servers. */
export function frames(): Frames {
  pageFrames ??= createFrames(pageHost());
  return pageFrames;
}

function pageHost(): FrameHost {
  return {
    requestFrame: (callback) => void requestAnimationFrame(callback),
    now: () => performance.now(),
    isHidden: () => document.hidden,
    onVisible: (callback) => document.addEventListener('visibilitychange', () => document.hidden || callback()),
    onPrint: (callback) => addEventListener('beforeprint', callback),
    afterPaint: (callback) => running.module?.afterPaint(callback),
    budget: () => running.module?.pageBudget,
    isInputPending: () => running.module?.isInputPending(),
  };
}

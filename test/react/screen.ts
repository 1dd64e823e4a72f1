import { createFrames, type FrameHost, type Frames, type FrameTask, type Rank } from '../../src/react/frame.ts';
import { type Cadence, createBudget } from '../../src/react/running/budget.ts';

/** A page under load: what tasks cost delays the display's next picture. Time moves only here. */
export interface Screen extends FrameHost {
  readonly loop: Frames;
  /** ms from one picture to the next. */
  intervalMs: number;
  /** What a frame costs as such, on the page's thread and beside it (raster). */
  baseMs: number;
  rasterMs: number;
  hidden: boolean;
  input: boolean;
  readonly waitsForFrame: boolean;
  /** The next picture. Returns how long after the last one it came. */
  frame(): number;
  /** Frames come by this one from now on. */
  follow(cadence: Cadence): void;
  show(): void;
  print(): void;
  /** A task of the frame takes the page's thread, or what comes after it. */
  spend(ms: number, rasterMs?: number): void;
}

export function createScreen(intervalMs = 1000 / 60): Screen {
  let time = 1000;
  let wanted: ((now: number) => void) | undefined;
  let painted: (() => void)[] = [];
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  let shown = (): void => {};
  let printed = (): void => {};
  let spentMs = 0;
  let rasterMs = 0;
  const later = (callback: () => void, ms: number): void => void timers.push({ at: time + ms, callback });
  const budget = createBudget(undefined, () => time, later);
  const screen: Omit<Screen, 'loop'> = {
    intervalMs,
    baseMs: 0,
    rasterMs: 0,
    hidden: false,
    input: false,
    get waitsForFrame() {
      return wanted !== undefined;
    },
    requestFrame: (callback) => {
      wanted = callback;
    },
    now: () => time,
    isHidden: () => screen.hidden,
    onVisible: (callback) => {
      shown = callback;
    },
    onPrint: (callback) => {
      printed = callback;
    },
    afterPaint: (callback) => void painted.push(callback),
    budget: () => budget,
    isInputPending: () => screen.input,
    frame() {
      const startedAt = time;
      const callback = wanted;
      wanted = undefined;
      painted = [];
      spentMs = screen.baseMs;
      rasterMs = screen.rasterMs;
      callback?.(time);
      time += spentMs;
      for (const done of painted) done();
      const tookMs = spentMs + rasterMs;
      const elapsed = Math.max(1, Math.ceil(tookMs / screen.intervalMs)) * screen.intervalMs;
      const due = timers.filter(({ at }) => at <= startedAt + elapsed);
      timers = timers.filter((timer) => !due.includes(timer));
      for (const { at, callback: ring } of due) {
        time = Math.max(time, at);
        ring();
      }
      time = startedAt + elapsed;
      return elapsed;
    },
    follow: budget.follow,
    show() {
      screen.hidden = false;
      shown();
    },
    print: () => printed(),
    spend(ms, beside = 0) {
      spentMs += ms;
      rasterMs += beside;
    },
  };
  return Object.assign(screen, { loop: createFrames(screen) });
}

export interface Busy extends FrameTask {
  costMs: number;
  rank: () => Rank;
  /** When it was served, ms. */
  readonly served: number[];
  /** Longest it had to wait so far. */
  longestMs(): number;
}

/** A task that always has more to show, as a panel of a running stream. */
export function createBusy(screen: Screen, { costMs = 1, rasterMs = 0, rank = 'visible' as Rank } = {}): Busy {
  const busy: Busy = {
    costMs,
    rank: () => rank,
    served: [],
    longestMs: () => Math.max(0, ...busy.served.map((at, index) => at - (busy.served[index - 1] ?? at))),
    flush: () => {
      busy.served.push(screen.now());
      screen.spend(busy.costMs, rasterMs);
      screen.loop.request(busy);
    },
  };
  screen.loop.request(busy);
  return busy;
}

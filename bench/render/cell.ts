import type { Arrival } from './source/schedule.ts';
import type { TextKind } from './source/text.ts';

/** What is shown how: one line of the tables. */
export interface Cell {
  readonly streams: number;
  /** Tokens per second of each stream. */
  readonly rate: number;
  readonly kind: TextKind;
  readonly highlight?: boolean;
  /** How many times slower the main thread is made. */
  readonly throttle?: number;
  /** The tab is hidden during the window, and shown at its end. */
  readonly hidden?: boolean;
}

export interface Source {
  readonly kind: TextKind;
  readonly arrival: Arrival;
}

export interface Timing {
  readonly warmupMs: number;
  /** Traced, and observed for mutations; not part of any other figure. */
  readonly inspectMs: number;
  readonly settleMs: number;
  readonly windowMs: number;
}

const plain = (streams: number, rate: number): Cell => ({ streams, rate, kind: 'plain' });
const markdown = (streams: number, rate: number): Cell => ({ streams, rate, kind: 'markdown' });

/**
 * Ten of the eighteen combinations. Each number of streams and each rate occurs in both views; the five that the aims name are
 * among them; left out is what is idle for everybody (8 × 50 plain) or beyond everybody on two cores (Markdown, 32 × 1,000).
 */
export const coreCells: readonly Cell[] = [
  plain(1, 50),
  plain(1, 1000),
  plain(8, 200),
  plain(32, 200),
  plain(32, 1000),
  markdown(1, 200),
  markdown(8, 50),
  markdown(8, 200),
  markdown(8, 1000),
  markdown(32, 200),
];

/** One factor at a time, beside a core cell. */
export const factorCells: readonly Cell[] = [
  { ...plain(8, 200), kind: 'breakless' },
  { ...markdown(8, 200), kind: 'code' },
  { ...markdown(8, 200), kind: 'code', highlight: true },
  { ...markdown(8, 200), kind: 'tables' },
  { ...plain(8, 200), throttle: 4 },
  { ...markdown(8, 200), throttle: 4 },
  { ...plain(8, 200), hidden: true },
  { ...markdown(8, 200), hidden: true },
];

export const quickCells: readonly Cell[] = [plain(8, 200), plain(32, 200), markdown(8, 200)];

export const fullTiming: Timing = { warmupMs: 2000, inspectMs: 2000, settleMs: 700, windowMs: 6000 };
export const quickTiming: Timing = { warmupMs: 1200, inspectMs: 800, settleMs: 500, windowMs: 2500 };

export function viewOf({ kind }: Cell): 'plain' | 'markdown' {
  return kind === 'plain' || kind === 'breakless' ? 'plain' : 'markdown';
}

/** Such as `plain:8x200`, `code:8x200+highlight`, `plain:8x200+throttle4`. */
export function cellName({ kind, streams, rate, highlight, throttle, hidden }: Cell): string {
  const factors = [highlight ? '+highlight' : '', throttle === undefined ? '' : `+throttle${throttle}`, hidden ? '+hidden' : ''];
  return `${kind}:${streams}x${rate}${factors.join('')}`;
}

/** @throws {Error} for what is no cell's name */
export function parseCell(name: string): Cell {
  const match = /^(plain|breakless|markdown|code|tables):(\d+)x(\d+)(\+highlight)?(?:\+throttle(\d+))?(\+hidden)?$/.exec(name);
  if (match === null) throw new Error(`A cell is such as plain:8x200, markdown:32x200+throttle4 or code:8x200+highlight, not ${name}.`);
  const [, kind, streams, rate, highlight, throttle, hidden] = match;
  return {
    kind: kind as TextKind,
    streams: Number(streams),
    rate: Number(rate),
    ...(highlight === undefined ? {} : { highlight: true }),
    ...(throttle === undefined ? {} : { throttle: Number(throttle) }),
    ...(hidden === undefined ? {} : { hidden: true }),
  };
}

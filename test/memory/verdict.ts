import type { RelaySample } from './child.ts';
import type { PageSample } from './page.ts';

/** What is held against the bound. */
export interface SoakSample {
  /** Since the load was whole. */
  readonly seconds: number;
  readonly relay: RelaySample;
  readonly page: PageSample;
}

export interface Trend {
  readonly name: string;
  readonly second: number;
  readonly last: number;
  /** Of the last quarter's median over the second's, in per cent. */
  readonly growth: number;
}

/** Growth from the second quarter to the last that still counts as flat, per cent. */
export const FLAT = 5;

const figures: readonly (readonly [name: string, of: (sample: SoakSample) => number])[] = [
  ['relay, resident', ({ relay }) => relay.rss],
  ['relay, heap and buffers', ({ relay }) => relay.heapUsed + relay.external],
  ['page, heap', ({ page }) => page.heap],
  ['page, workers’ heaps', ({ page }) => page.workersHeap],
  ['page, nodes', ({ page }) => page.nodes],
];

/** Medians of the second and the last quarter, of each figure. */
export function trends(samples: readonly SoakSample[]): Trend[] {
  const end = samples.at(-1)?.seconds ?? 0;
  const quarter = (index: number): readonly SoakSample[] =>
    samples.filter(({ seconds }) => seconds >= (end * index) / 4 && seconds <= (end * (index + 1)) / 4);
  return figures.map(([name, of]) => {
    const [second, last] = [median(quarter(1).map(of)), median(quarter(3).map(of))];
    return { name, second, last, growth: (last / second - 1) * 100 };
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? Number.NaN;
}

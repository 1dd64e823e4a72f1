import type { Outcome } from './recovery.ts';
import type { Result } from './run.ts';

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Nearest rank. `undefined` of nothing. */
export function quantiles(values: readonly number[]): Quantiles | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  if (sorted.length === 0) return undefined;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export interface FaultRow {
  readonly fault: string;
  readonly count: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly recoveryMs: Quantiles | undefined;
}

/** One row for each kind of fault, in alphabetical order. */
export function faultRows(results: readonly Result[]): FaultRow[] {
  const byFault = Map.groupBy(
    results.flatMap(({ recoveries }) => recoveries),
    ({ fault }) => fault,
  );
  return [...byFault]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([fault, recoveries]) => {
      const outcomes: Partial<Record<Outcome, number>> = {};
      for (const { outcome } of recoveries) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      const times = recoveries.flatMap(({ recoveryMs }) => recoveryMs ?? []);
      return { fault, count: recoveries.length, outcomes, recoveryMs: quantiles(times) };
    });
}

type Counter = { [name in keyof Result]: Result[name] extends number ? name : never }[keyof Result];

export function sum(results: readonly Result[], counter: Counter): number {
  return results.reduce((total, result) => total + result[counter], 0);
}

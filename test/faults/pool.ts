import { type PlanLimits, planSchedule } from './plan.ts';
import { type Result, runSchedule } from './run.ts';

export interface PoolOptions extends PlanLimits {
  readonly seeds: readonly number[];
  readonly parallel: number;
  readonly onResult?: (result: Result) => void;
  /** A schedule that could not be run to its end. */
  readonly onThrown?: (seed: number, cause: unknown) => void;
}

/** Runs the schedules of the seeds, so many at a time. */
export async function runPool({ seeds, parallel, onResult, onThrown, ...limits }: PoolOptions): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...seeds];
  const worker = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      try {
        const result = await runSchedule(planSchedule(seed, limits));
        results.push(result);
        onResult?.(result);
      } catch (cause) {
        if (onThrown === undefined) throw cause;
        onThrown(seed, cause);
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results.sort((a, b) => a.seed - b.seed);
}

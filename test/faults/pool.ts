import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type PlanLimits, planSchedule } from './plan.ts';
import { type Clients, type Result, runSchedule } from './run.ts';

export interface PoolOptions extends PlanLimits {
  readonly seeds: readonly number[];
  readonly parallel: number;
  /** @default in this process */
  readonly clients?: Clients | undefined;
  readonly onResult?: (result: Result) => void;
  /** A schedule that could not be run to its end. */
  readonly onThrown?: (seed: number, cause: unknown) => void;
}

/** A process later than this has enough to do: timeouts of its own making are no faults. */
const CALM_MS = 15;

/** Runs the schedules of the seeds, up to so many at a time; fewer while the machine is busy. */
export async function runPool({ seeds, parallel, clients, onResult, onThrown, ...limits }: PoolOptions): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...seeds];
  const lateness = monitorEventLoopDelay({ resolution: 10 });
  lateness.enable();
  let running = 0;
  const calm = async (): Promise<void> => {
    await delay(100);
    while (running > 0 && lateness.percentile(95) / 1e6 - 10 > CALM_MS) {
      lateness.reset();
      await delay(500);
    }
    lateness.reset();
  };
  const worker = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      await calm();
      running += 1;
      try {
        const result = await runSchedule(planSchedule(seed, limits), clients);
        results.push(result);
        onResult?.(result);
      } catch (cause) {
        if (onThrown === undefined) throw cause;
        onThrown(seed, cause);
      } finally {
        running -= 1;
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  lateness.disable();
  return results.sort((a, b) => a.seed - b.seed);
}

import { expect, test } from 'vitest';
import { planSchedule } from './plan.ts';
import { runPool } from './pool.ts';
import { sum } from './summary.ts';

// The short version of `npm run faults`: the same schedules, fewer of them.

const seeds = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

test('a schedule is decided by its seed alone', () => {
  for (const seed of seeds(1, 50)) expect(planSchedule(seed)).toEqual(planSchedule(seed));
  expect(planSchedule(1)).not.toEqual(planSchedule(9));
});

test('[SQ10] [SQ11] [CN16] [RL11] [ST1] faults of all kinds lose, repeat and move nothing (seeds 1 to 32)', {
  timeout: 180_000,
}, async () => {
  const results = await runPool({ seeds: seeds(1, 32), parallel: 8 });
  for (const { seed, violations } of results) expect({ seed, violations }).toEqual({ seed, violations: [] });
  expect([sum(results, 'lost'), sum(results, 'repeated'), sum(results, 'misplaced'), sum(results, 'takenBack')]).toEqual([0, 0, 0, 0]);
  expect(new Set(results.flatMap(({ transportsUsed }) => transportsUsed))).toEqual(new Set(['webtransport', 'websocket', 'sse']));
  expect(sum(results, 'events')).toBeGreaterThan(10_000);
});

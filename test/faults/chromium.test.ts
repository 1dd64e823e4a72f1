import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from './chromium.ts';
import { runPool } from './pool.ts';
import { sum } from './summary.ts';

// The same schedules as in `faults.test.ts`, with real pages, which judge what they show after every change of the DOM.

let chromium: Awaited<ReturnType<typeof openChromium>>;
beforeAll(async () => {
  chromium = await openChromium();
}, 60_000);
afterAll(() => chromium.close());

test('[UI1] [SQ10] [CN16] what a page shows is a prefix of the truth at every moment, whatever the network does (seeds 1 to 6)', {
  timeout: 180_000,
}, async () => {
  const results = await runPool({ seeds: [1, 2, 3, 4, 5, 6], parallel: 3, clients: chromium });
  for (const { seed, violations } of results) expect({ seed, violations }).toEqual({ seed, violations: [] });
  expect(sum(results, 'observations')).toBeGreaterThan(200);
});

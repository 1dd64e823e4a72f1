import { expect, test } from 'vitest';
import { runHerd } from './herd.ts';

/** What an orchestrator commonly allows a probe, ms. */
const PROBE_MS = 1_000;

test.each([
  ['websocket', 'kill'],
  ['sse', 'drain'],
] as const)(
  '[CN16] [RL11] [RL13] 150 clients over %s come back to a restarted relay (%s), and its health is answered all the while',
  async (transport, end) => {
    const { recoveredMs, healthMs, wrong } = await runHerd({ clients: 150, transport, end });
    expect(wrong).toEqual([]);
    expect(recoveredMs).toHaveLength(150);
    expect(healthMs.length).toBeGreaterThan(3);
    expect(Math.max(...healthMs)).toBeLessThan(PROBE_MS);
    // Full jitter: they do not come together.
    expect(Math.max(...recoveredMs) - Math.min(...recoveredMs)).toBeGreaterThan(100);
  },
  120_000,
);

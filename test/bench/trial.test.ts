import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildKit } from '../../bench/prepare.ts';
import { buildSubject, findSubjects } from '../../bench/render/build.ts';
import { runTrial } from '../../bench/render/trial.ts';

/** Not to measure anything: whether what is measured is what is shown. Long to settle: on a busy machine a trace takes its time to end. */
const timing = { warmupMs: 300, inspectMs: 700, settleMs: 4000, windowMs: 2000 };

// The kit is measured as it is built; what is there already will do to see that a trial works.
beforeAll(() => {
  if (!existsSync('dist/index.js')) buildKit();
});

describe.each(['hand', 'sluice'])('a trial of %s', (name) => {
  test('shows every word, and has a figure for everything', { timeout: 60_000 }, async () => {
    const subject = (await findSubjects()).find((candidate) => candidate.name === name);
    if (subject === undefined) throw new Error(`There is no subject ${name}.`);
    const directory = await buildSubject(subject, { markdown: false });
    const figures = await runTrial({ subject, directory, cell: { streams: 4, rate: 100, kind: 'plain' }, round: 0, timing });
    expect(figures).toMatchObject({ exact: true, errors: [] });
    expect(figures.frames).toBeGreaterThan(1);
    expect(figures.lagMs.count).toBeGreaterThan(20);
    expect(figures.lagMs.p50).toBeGreaterThan(0);
    expect(figures.inputMs.count).toBeGreaterThan(0);
    expect(figures.inputMs.p50).toBeGreaterThan(0);
    for (const share of [figures.mainThread, figures.rendererCpu, figures.browserCpu, figures.split.script, figures.split.paint]) {
      expect(share).toBeGreaterThan(0);
    }
    expect(figures.mutationsPerSecond).toBeGreaterThan(0);
    expect(figures.catchUpMs).toBeLessThan(15_000);
    expect(figures.clockErrorMs).toBeLessThan(50);
  });
});

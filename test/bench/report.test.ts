import { describe, expect, test } from 'vitest';
import type { Figures } from '../../bench/render/figures.ts';
import type { Run } from '../../bench/render/journal.ts';
import { aimsOf } from '../../bench/render/report/acceptance.ts';
import { aheadTable } from '../../bench/render/report/rivals.ts';
import { cellTables, ratioOf, trialsOf } from '../../bench/render/report/tables.ts';

interface Sketch {
  readonly subject: string;
  readonly cell?: string;
  readonly round?: number;
  readonly commit?: string;
  readonly lag?: number;
  readonly long?: number;
  readonly input?: number;
  readonly main?: number;
  readonly exact?: boolean;
}

const throttled = 'plain:8x200+throttle4';
const quantiles = (value: number) => ({ p50: value, p95: value, p99: value, max: value, count: 1 });

/** What the tables read of a trial; the rest of its figures is not looked at. */
function runOf(...sketches: readonly Sketch[]): Run {
  const entries = sketches.map(
    ({ subject, cell = throttled, round = 0, commit, lag = 50, long = 0, input = 20, main = 0.5, exact = true }) => ({
      cell,
      subject,
      round,
      ...(commit !== undefined && { commit }),
      figures: {
        frameMs: quantiles(16.7),
        lagMs: quantiles(lag),
        inputMs: quantiles(input),
        longFrames: long,
        mainThread: main,
        exact,
        split: { script: 0, style: 0, layout: 0, paint: 0, garbage: 0, other: 0 },
      } as unknown as Figures,
    }),
  );
  const titles = Object.fromEntries(entries.map(({ subject }) => [subject, subject.toUpperCase()]));
  return { machine: {} as Run['machine'], timing: {} as Run['timing'], titles, versions: {}, entries };
}

describe('who is ahead', () => {
  test('is looked for among all who were measured in the cell, not only those that are best elsewhere', () => {
    const run = runOf(
      { subject: 'sluice', lag: 80 },
      { subject: 'hand-scheduled', lag: 10 },
      // The best kit by its main thread, behind in lag; another one is ahead.
      { subject: 'calm', cell: 'plain:8x200', main: 0.1 },
      { subject: 'calm', lag: 200 },
      { subject: 'quick', lag: 40 },
    );
    const lag = aimsOf(run).find(({ cell, what }) => cell === throttled && what === 'lag p95');
    expect(lag).toMatchObject({ met: false, measured: '80.0 ms beside 40.0 ms (QUICK)' });
    const row = aheadTable(run).find((line) => line.includes('lag p95'));
    expect(row).toContain('| 80.0 ms | QUICK 40.0 ms |');
    expect(row).not.toMatch(/CALM|HAND/);
  });

  test('is nobody who loses text, or by less than is measured', () => {
    const run = runOf(
      { subject: 'sluice', lag: 80, long: 0.004, input: 20 },
      { subject: 'lossy', lag: 10, exact: false },
      { subject: 'near', lag: 78, long: 0, input: 19.5 },
    );
    expect(aheadTable(run)).toEqual(['Nobody, in no cell that was measured.', '']);
  });

  test('is not said where nobody else was measured', () => {
    const run = runOf({ subject: 'sluice' }, { subject: 'hand' }, { subject: 'hand-scheduled', lag: 10 }, { subject: 'sluice-before' });
    expect(aheadTable(run)).toEqual(['Nobody else was measured.', '']);
  });
});

test('ratios are of trials of one commit, and each row says which it is of', () => {
  const run = runOf(
    { subject: 'sluice', commit: 'new', main: 0.4 },
    { subject: 'sluice', commit: 'old', round: 1, main: 0.9 },
    { subject: 'hand-scheduled', commit: 'new', main: 0.2 },
    { subject: 'hand-scheduled', commit: 'new', round: 1, main: 0.1 },
  );
  const [own, beside] = [trialsOf(run, throttled, 'sluice'), trialsOf(run, throttled, 'hand-scheduled')];
  expect(ratioOf(own, beside, ({ mainThread }) => mainThread)).toBe(2);
  const rows = cellTables(run).filter((line) => line.startsWith('| SLUICE'));
  expect(rows[0]).toMatch(/\| new, old \|$/);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Figures } from '../../bench/render/figures.ts';
import { givenJournal, openJournal, type Run } from '../../bench/render/journal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const head = { machine: {} as Run['machine'], timing: { windowMs: 1 } as Run['timing'], titles: { sluice: 'Sluice' }, versions: {} };
const of = (round: number) => ({ cell: 'plain:8x200', subject: 'sluice', round });
const figures = { longFrames: 0.25 } as Figures;

test('a run that is gone on with has what was measured, with its own timing, and tries again what failed', () => {
  const file = pathToFileURL(join(folder, 'run.jsonl'));
  const begun = openJournal(file, head);
  begun.add({ ...of(0), figures });
  begun.add({ ...of(1), failed: 'too busy' });
  const resumed = openJournal(givenJournal(join(folder, 'run.jsonl')), { ...head, timing: { windowMs: 2 } as Run['timing'] });
  expect([0, 1, 2].map((round) => resumed.has('plain:8x200', 'sluice', round))).toEqual([true, false, false]);
  expect(resumed.run.timing.windowMs).toBe(1);
  resumed.add({ ...of(1), figures });
  expect(openJournal(file, head).run.entries).toEqual([
    { ...of(0), figures },
    { ...of(1), figures },
  ]);
});

test('a run that is not there is not gone on with', () => {
  writeFileSync(join(folder, 'run.jsonl'), '{}\n');
  expect(() => givenJournal(join(folder, 'ran.jsonl'))).toThrow(`There is no run at ${join(folder, 'ran.jsonl')}.`);
});

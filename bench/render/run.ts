import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { Machine } from '../machine.ts';
import { buildSubject, findSubjects, type Subject, versionsOf } from './build.ts';
import { type Cell, cellName, fullTiming, quickTiming, type Timing } from './cell.ts';
import { givenPath, openJournal, type Run, readRun } from './journal.ts';
import { chooseCells, chooseSubjects, isCore, isOurs, planTrials } from './plan.ts';
import { bestPeers } from './report/best.ts';
import { writeReport } from './report/report.ts';
import { runTrial } from './trial.ts';

export interface RenderOptions {
  readonly quick: boolean;
  readonly subjects: readonly string[] | undefined;
  readonly cells: readonly string[] | undefined;
  readonly rounds: number | undefined;
  readonly windowMs: number | undefined;
  /** Journal of an earlier run to go on with. */
  readonly resume: URL | undefined;
  /** Journal of an earlier run, whose tables are all that is wanted. */
  readonly tables: URL | undefined;
  readonly variants: readonly string[];
  /** In front of other work on this machine. */
  readonly first: boolean;
  readonly machine: Machine;
  readonly results: URL;
  readonly name: string;
  readonly say: (line: string) => void;
}

const fullRounds = 5;
/** Of the window that was asked for, at least. */
const shortest = 0.8;

/** Returns the tables; writes them, the plots and, trial by trial, the figures. */
export async function runRender(options: RenderOptions): Promise<string> {
  const { quick, machine, results, say } = options;
  if (options.tables !== undefined) return writeReport(readRun(options.tables), results, basename(options.tables.pathname, '.jsonl'));
  const all = [...(await findSubjects()), ...options.variants.map(variantOf)];
  const cells = chooseCells(options.cells, quick);
  const subjects = chooseSubjects(all, options.subjects, quick);
  const base = quick ? quickTiming : fullTiming;
  const timing: Timing = { ...base, windowMs: options.windowMs ?? base.windowMs };
  const file = options.resume ?? new URL(`${options.name}.jsonl`, results);
  if (options.resume === undefined) rmSync(file, { force: true });
  const journal = openJournal(file, {
    machine,
    timing,
    titles: Object.fromEntries(all.map(({ name, title }) => [name, title])),
    versions: versionsOf(subjects),
  });
  const directories = new Map<string, string>();
  const rounds = options.rounds ?? (quick ? 1 : fullRounds);
  // Cell by cell: which peer takes part beyond the core cells is known only after them.
  for (const cell of cells) {
    for (const { subject, round } of planTrials([cell], subjects, rounds, takesPart(journal.run, options.subjects !== undefined))) {
      const name = cellName(cell);
      if (journal.has(name, subject.name, round)) continue;
      try {
        const directory = directories.get(subject.name) ?? (await buildSubject(subject));
        directories.set(subject.name, directory);
        const figures = await runTrial({ subject, directory, cell, round, timing: journal.run.timing, first: options.first });
        if (figures.windowMs < shortest * journal.run.timing.windowMs)
          throw new Error('The harness came too late for its own window: the machine is too busy.');
        journal.add({ cell: name, subject: subject.name, round, commit: machine.commit, figures });
        const { longFrames, mainThread, lagMs, inputMs, exact, errors } = figures;
        say(
          `${name} ${subject.name} round ${round + 1}: ${(100 * longFrames).toFixed(1)} % long frames, main ${(100 * mainThread).toFixed(0)} %, lag p95 ${lagMs.p95.toFixed(0)} ms, input p95 ${inputMs.p95.toFixed(0)} ms${exact ? '' : `, NOT EXACT: ${figures.inexact ?? 'late'}`}${errors.length === 0 ? '' : `, ${errors.length} errors: ${errors[0]}`}`,
        );
      } catch (cause) {
        const failed = cause instanceof Error ? cause.message : String(cause);
        journal.add({ cell: name, subject: subject.name, round, commit: machine.commit, failed });
        say(`${name} ${subject.name} round ${round + 1} failed: ${failed}`);
      }
    }
  }
  return writeReport(journal.run, results, basename(file.pathname, '.jsonl'));
}

/** Beyond the core cells only ours, those that were named, and the best peer of that view. */
function takesPart(run: Run, named: boolean): (cell: Cell, subject: Subject) => boolean {
  const best = bestPeers(run);
  return (cell, subject) => named || isCore(cell) || isOurs(subject) || best(cell) === subject.name;
}

/** Another build of the kit, such as `before=/path/to/dist`. */
function variantOf(text: string): Subject {
  const [name, directory] = text.split('=');
  if (name === undefined || directory === undefined) throw new Error(`A variant is name=directory, not ${text}.`);
  return {
    name: `sluice-${name}`,
    title: `Sluice (${name})`,
    versions: [],
    views: ['plain', 'markdown'],
    highlight: true,
    relay: true,
    folder: new URL('./subjects/sluice/', import.meta.url),
    dist: givenPath(directory),
  };
}

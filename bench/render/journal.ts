import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Machine } from '../machine.ts';
import type { Timing } from './cell.ts';
import type { Figures } from './figures.ts';

/** One trial as it is kept. */
export type Entry = {
  readonly cell: string;
  readonly subject: string;
  readonly round: number;
  /** Of the kit and the harness. A run that is resumed may have several; absent in older journals. */
  readonly commit?: string;
} & ({ readonly figures: Figures } | { readonly failed: string });

export type Trial = Extract<Entry, { figures: Figures }>;

export interface Run {
  readonly machine: Machine;
  readonly timing: Timing;
  /** Subjects' names and how they are called. */
  readonly titles: Readonly<Record<string, string>>;
  /** Of the packages that subjects are made with, by package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly entries: readonly Entry[];
}

/** A line of JSON for each trial, as it finishes, behind one for the run. */
export interface Journal {
  readonly run: Run;
  has(cell: string, subject: string, round: number): boolean;
  add(entry: Entry): void;
}

/** As seen from where the command was given: npm runs scripts in their package's folder. */
export function givenPath(given: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', given);
}

/** @throws {Error} where there is none: what is mistyped would begin another run */
export function givenJournal(given: string): URL {
  const path = givenPath(given);
  if (!existsSync(path)) throw new Error(`There is no run at ${path}.`);
  return pathToFileURL(path);
}

/** Opens the journal of an earlier run, or begins one. Trials that failed are tried again. */
export function openJournal(file: URL, head: Omit<Run, 'entries'>): Journal {
  const { entries: kept, ...begun } = existsSync(file) ? readRun(file) : { ...head, entries: [] };
  const entries = kept.filter((entry) => 'figures' in entry);
  const run = { ...begun, titles: { ...begun.titles, ...head.titles }, versions: { ...begun.versions, ...head.versions }, entries };
  const { entries: _, ...first } = run;
  writeFileSync(file, [first, ...entries].map((line) => `${JSON.stringify(line, rounded)}\n`).join(''));
  return {
    run,
    has: (cell, subject, round) => entries.some((entry) => entry.cell === cell && entry.subject === subject && entry.round === round),
    add(entry) {
      entries.push(entry as Trial);
      appendFileSync(file, `${JSON.stringify(entry, rounded)}\n`);
    },
  };
}

export function readRun(file: URL): Run {
  const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return { ...(JSON.parse(head ?? '') as Omit<Run, 'entries'>), entries: lines.map((line) => JSON.parse(line) as Entry) };
}

/** Four digits behind the point are more than is measured. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(4)) : value;
}

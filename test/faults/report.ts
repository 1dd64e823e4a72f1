import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ending } from './judge.ts';
import type { Outcome } from './recovery.ts';
import type { Result } from './run.ts';
import { faultRows, quantiles, sum } from './summary.ts';

/** What one run of the command gave. */
export interface Chunk {
  readonly command: string;
  readonly failedSeeds: readonly number[];
  readonly unhandled: readonly string[];
  /** Of the rig's own process, which all clients share. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number };
  readonly results: readonly Result[];
}

const docs = join(import.meta.dirname, '../../docs');
const marks = ['<!-- rig: begin (npm run faults -- --report) -->', '<!-- rig: end -->'] as const;
const outcomes: readonly Outcome[] = ['unnoticed', 'resumed', 'switched', 'snapshot', 'new epoch', 'gone', 'ended', 'overtaken'];
const endings: readonly Ending[] = ['whole', 'stopped', 'interrupted', 'gone', 'not started'];

/** Puts the figures between the marks of `docs/RELIABILITY.md`, and into `docs/reliability.json`. What else is in the file stays. */
export function writeReport(chunks: readonly Chunk[]): void {
  const file = join(docs, 'RELIABILITY.md');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : `# Reliability\n\n${marks[0]}\n${marks[1]}\n`;
  const [begin, end] = [before.indexOf(marks[0]), before.indexOf(marks[1])];
  if (begin === -1 || end < begin) throw new Error(`docs/RELIABILITY.md has not the marks ${marks.join(' and ')}.`);
  writeFileSync(file, `${before.slice(0, begin + marks[0].length)}\n\n${section(chunks)}\n${before.slice(end)}`);
  writeFileSync(join(docs, 'reliability.json'), `${JSON.stringify(figures(chunks), undefined, 2)}\n`);
}

function figures(chunks: readonly Chunk[]): object {
  const results = chunks.flatMap((chunk) => chunk.results);
  return {
    commands: chunks.map(({ command }) => command),
    schedules: results.length,
    failedSeeds: chunks.flatMap(({ failedSeeds }) => failedSeeds),
    unhandled: chunks.reduce((count, { unhandled }) => count + unhandled.length, 0),
    ...Object.fromEntries(counters.map((name) => [name, sum(results, name)])),
    groups: groups(results).map(([name, own]) => ({ name, schedules: own.length, recoveryMs: recoveryOf(own), endings: endingsOf(own) })),
    faults: faultRows(results),
    withdrawnAtEpochs: quantiles(results.filter(({ epochs }) => epochs > 0).map(({ withdrawn }) => withdrawn)),
    datagrams: datagramsOf(results),
    loopDelayMs: chunks.map(({ loopDelayMs }) => loopDelayMs),
  };
}

/** What is counted of each schedule. */
export const counters = [
  'observations',
  'events',
  'lost',
  'repeated',
  'misplaced',
  'takenBack',
  'withdrawn',
  'snapshots',
  'epochs',
  'gone',
] as const;

function section(chunks: readonly Chunk[]): string {
  const results = chunks.flatMap((chunk) => chunk.results);
  const failed = chunks.flatMap(({ failedSeeds }) => failedSeeds);
  const unhandled = chunks.reduce((count, chunk) => count + chunk.unhandled.length, 0);
  const total = (name: (typeof counters)[number]): string => grouped(sum(results, name));
  const withdrawn = quantiles(results.filter(({ epochs }) => epochs > 0).map((result) => result.withdrawn));
  const passed = datagramsOf(results);
  return [
    `${grouped(results.length)} schedules (${[...new Set(results.map(({ client }) => client))].join(' and ')} clients), ${failed.length} failed${failed.length === 0 ? '' : ` (seeds ${failed.join(', ')})`}, ${unhandled} unhandled rejections.`,
    '',
    `| | |\n|---|--:|`,
    `| events applied | ${total('events')} |`,
    `| looks at a text, each held against the truth | ${total('observations')} |`,
    `| events lost | ${total('lost')} |`,
    `| events repeated | ${total('repeated')} |`,
    `| events out of place, or not what the truth has there | ${total('misplaced')} |`,
    `| bytes taken back within an epoch | ${total('takenBack')} |`,
    `| bytes withdrawn at a new epoch (relay killed, SQLite) | ${total('withdrawn')} |`,
    `| …of one schedule with a new epoch: p50, p95, most | ${withdrawn === undefined ? '–' : `${withdrawn.p50}, ${withdrawn.p95}, ${withdrawn.max}`} |`,
    `| streams read anew: snapshot of the same epoch, new epoch | ${total('snapshots')}, ${total('epochs')} |`,
    `| largest patch to a page, UTF-16 code units | ${grouped(Math.max(0, ...results.map(({ largestPatch }) => largestPatch)))} |`,
    `| most bytes queued in the relay’s transports | ${grouped(Math.max(0, ...results.map(({ queuedBytes }) => queuedBytes)))} |`,
    `| how late the rig’s own thread was, p99 of each run, ms: a busy machine makes recovery look longer | ${chunks.map(({ loopDelayMs }) => Math.round(loopDelayMs.p99)).join(', ')} |`,
    `| datagrams passed, dropped, doubled, overtaken, shortened | ${Object.values(passed).map(grouped).join(', ')} |`,
    '',
    'Faults and what came of them, for each reader that waited for something. Recovery is from the moment the way is free again to the next event in the page’s store, ms.',
    '',
    `| fault | times | ${outcomes.join(' | ')} | p50 | p95 | p99 |`,
    `|---|--:|${'--:|'.repeat(outcomes.length + 3)}`,
    ...faultRows(results).map(({ fault, count, outcomes: found, recoveryMs }) =>
      row(fault, count, ...outcomes.map((name) => found[name] ?? 0), ...times(recoveryMs)),
    ),
    '',
    `| transport, log | schedules | ${endings.join(' | ')} | recovery p50 | p95 | p99 |`,
    `|---|--:|${'--:|'.repeat(endings.length + 3)}`,
    ...groups(results).map(([name, own]) => {
      const found = endingsOf(own);
      return row(name, own.length, ...endings.map((ending) => found[ending]), ...times(recoveryOf(own)));
    }),
    '',
    `Run as ${[...new Set(chunks.map(({ command }) => `\`${command}\``))].join(', ')}.`,
    '',
  ].join('\n');
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function times(found: ReturnType<typeof quantiles>): (string | number)[] {
  return found === undefined ? ['–', '–', '–'] : [found.p50, found.p95, found.p99].map((value) => Math.round(value));
}

function groups(results: readonly Result[]): [string, Result[]][] {
  const named = Map.groupBy(results, ({ client, transport, log }) => `${transport}, ${log}${client === 'chromium' ? ', Chromium' : ''}`);
  return [...named].sort(([a], [b]) => (a < b ? -1 : 1));
}

function recoveryOf(results: readonly Result[]): ReturnType<typeof quantiles> {
  return quantiles(results.flatMap(({ recoveries }) => recoveries.flatMap(({ recoveryMs }) => recoveryMs ?? [])));
}

function endingsOf(results: readonly Result[]): Record<Ending, number> {
  const total: Record<Ending, number> = { whole: 0, stopped: 0, interrupted: 0, gone: 0, 'not started': 0 };
  for (const result of results) for (const ending of endings) total[ending] += result.endings[ending];
  return total;
}

function datagramsOf(results: readonly Result[]): Result['datagrams'] {
  const total = { passed: 0, dropped: 0, doubled: 0, overtaken: 0, shortened: 0 };
  for (const { datagrams } of results) for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += datagrams[name];
  return total;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

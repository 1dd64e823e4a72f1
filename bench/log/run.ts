/**
 * What durability costs: `node_modules/.bin/node bench/log/run.ts`. The same relay, once with logs in memory and once on the disk, in turns;
 * then the storages alone. Nothing here measures a slow disk, or one that others use.
 */
import { cpus, loadavg } from 'node:os';
import { measureStorage } from './storages.ts';
import { type Cell, runTrial, type StorageName, type Trial } from './trial.ts';

const cells: readonly Cell[] = [
  { streams: 64, rate: 100, readers: 1 },
  { streams: 128, rate: 100, readers: 4 },
];
const ROUNDS = 3;
const WARM_UP_MS = 2_000;
const MEASURE_MS = 8_000;
const names: readonly StorageName[] = ['memory', 'sqlite'];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, load before ${loadavg()[0]?.toFixed(2)}`);
for (const cell of cells) {
  const trials: Trial[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) trials.push(await runTrial(name, cell, WARM_UP_MS, MEASURE_MS));
  }
  say(
    `\n${cell.streams} streams × ${cell.rate} tokens/s, ${cell.readers} readers of all; medians of ${ROUNDS} (each: delay p50/p99, CPU, loop p99/max, memory)`,
  );
  for (const name of names) {
    const own = trials.filter(({ storage }) => storage === name);
    const of = (pick: (trial: Trial) => number): string => median(own.map(pick)).toFixed(1);
    say(
      `${name.padEnd(7)} ${of((t) => t.delayP50Ms)}/${of((t) => t.delayP99Ms)} ms  ${of((t) => t.cpuPercent)} %  ${of((t) => t.loopP99Ms)}/${of((t) => t.loopMaxMs)} ms  ${of((t) => t.rssMB)} MB  ${of((t) => t.delivered / MEASURE_MS)} tokens/ms delivered`,
    );
    const stats = own.flatMap(({ stats }) => stats ?? []);
    if (stats.length > 0) {
      say(
        `        commits: ${median(stats.map((s) => s.commitMsSum / s.commits)).toFixed(2)} ms on average, ${median(stats.map((s) => s.commitMsMax)).toFixed(1)} ms at most, ${median(stats.map((s) => s.committedEvents / s.commits)).toFixed(0)} events each`,
      );
    }
  }
}
say('\nstorages alone, by processor time; medians of 3');
const figures = [0, 1, 2].flatMap(() => names.map(measureStorage));
for (const name of names) {
  const own = figures.filter(({ storage }) => storage === name);
  const of = (pick: (figure: (typeof own)[number]) => number): number => Math.round(median(own.map(pick)));
  say(
    `${name.padEnd(7)} ${of((f) => f.appendsPerSecond)} appends/s  ${of((f) => f.answersPerSecond)} answers/s  replay ${of((f) => f.replayMBs)} MB/s  ${name === 'sqlite' ? `opened in ${of((f) => f.openMs ?? 0)} ms` : ''}`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? Number.NaN;
}

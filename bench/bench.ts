import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { writeDocument } from './document.ts';
import { describeMachine } from './machine.ts';
import { buildKit, installPeers } from './prepare.ts';
import { givenJournal } from './render/journal.ts';

const help = `Measures Sluice beside what one would use in its place. Prints tables. A whole run writes bench/results/ and docs/BENCHMARKS.md, any other bench/.bench/results/.

  --quick                    a few cells, one round of each: under three minutes for everything
  --only relay,render,micro  suites; of the relay's also fan-out or first-token
  --subjects a,b             render: folders of bench/render/subjects and peers; relay: see bench/relay/scenario.ts
  --cells a,b                render: plain:8x200, markdown:32x200+throttle4, core, factors; relay: 200x8 (subscribers x streams)
  --rounds n                 repetitions, interleaved
  --window ms                measured time of each trial
  --resume FILE              render: goes on with an earlier run (bench/results/render.jsonl, or one in bench/.bench/results/)
  --tables FILE              render: only prints the tables of an earlier run
  --keep                     replaces bench/results/ and docs/BENCHMARKS.md, as a whole run does
  --document                 only assembles docs/BENCHMARKS.md from bench/results/
  --variant name=DIRECTORY   render: another build of the kit, as subject sluice-name
  --first                    render: in front of other work on this machine, for tuning where it is not quiet
  --no-build                 takes dist/ as it is
  --sources                  relay: runs from its sources instead of building it
  --profile                  relay: writes a .cpuprofile of each trial's window; its figures are not comparable then
`;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    subjects: { type: 'string' },
    cells: { type: 'string' },
    rounds: { type: 'string' },
    window: { type: 'string' },
    resume: { type: 'string' },
    tables: { type: 'string' },
    variant: { type: 'string', multiple: true },
    first: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    document: { type: 'boolean', default: false },
    build: { type: 'boolean', default: true },
    sources: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const startedAt = performance.now();
const list = (text: string | undefined): string[] | undefined => text?.split(',');
const number = (name: 'rounds' | 'window'): number | undefined => {
  const text = values[name];
  if (text === undefined || /^[1-9]\d*$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Error(`--${name} is ${text}; it must be a whole number from 1 on.`);
};
const known = ['relay', 'fan-out', 'first-token', 'render', 'micro'];
const [rounds, windowMs] = [number('rounds'), number('window')];
const resume = values.resume === undefined ? undefined : givenJournal(values.resume);
const tables = values.tables === undefined ? undefined : givenJournal(values.tables);
const suites = list(values.only) ?? (tables === undefined ? ['relay', 'render', 'micro'] : ['render']);
for (const suite of suites) if (!known.includes(suite)) throw new Error(`There is no suite ${suite}. Known: ${known.join(', ')}.`);
const kept = new URL('./results/', import.meta.url);
if (values.document) {
  writeDocument(kept);
  process.exit(0);
}
const chosen = [values.only, values.subjects, values.cells, rounds, windowMs, values.variant, tables];
const part = values.quick || values.sources || values.profile || chosen.some((choice) => choice !== undefined);
const keep = values.keep || !part;
const results = keep ? kept : new URL('./.bench/results/', import.meta.url);
await mkdir(results, { recursive: true });
if (tables === undefined) {
  installPeers();
  if (values.sources) process.env['SLUICE_SOURCES'] = '1';
  else if (values.build) buildKit();
}

const machine = describeMachine();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const common = {
  quick: values.quick,
  subjects: list(values.subjects),
  cells: list(values.cells),
  rounds,
  windowMs,
  machine,
  results,
  say,
};
const stamp = `${machine.date.slice(0, 19).replaceAll(':', '')}-`;
const named = (suite: string): string => (keep ? suite : `${stamp}${suite}`);

// What a suite imports is there only now.
const parts = (['fan-out', 'first-token'] as const).filter((part) => suites.includes('relay') || suites.includes(part));
if (parts.length > 0) {
  const { runRelay } = await import('./relay/run.ts');
  process.stdout.write(`${await runRelay({ ...common, parts, profile: values.profile, name: named('relay') })}\n`);
}
if (suites.includes('render')) {
  const { runRender } = await import('./render/run.ts');
  const variants = values.variant ?? [];
  const report = await runRender({
    ...common,
    resume,
    tables,
    variants,
    first: values.first,
    name: named('render'),
  });
  process.stdout.write(`${report}\n`);
}
if (suites.includes('micro')) {
  const { runMicro } = await import('./micro/run.ts');
  process.stdout.write(`${await runMicro({ ...common, name: named('micro') })}\n`);
}
if (keep) writeDocument(kept);
else say(`Written: bench/.bench/results/${(resume ?? tables) === undefined ? `${stamp}*` : ''}`);
say(`Took ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
process.exit(0);

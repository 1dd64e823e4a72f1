import { mkdir } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import { prepare } from './prepare.ts';

const help = `Measures Sluice beside what one would use in its place. Prints tables, writes bench/results/.

  --quick                    a few cells, one round of each: under three minutes for everything
  --only relay,render        suites; of the relay's also fan-out or first-token
  --subjects a,b             render: folders of bench/render/subjects and peers; relay: see bench/relay/scenario.ts
  --cells a,b                render: plain:8x200, markdown:32x200+throttle4, core, factors; relay: 200x8 (subscribers x streams)
  --rounds n                 repetitions, interleaved
  --window ms                measured time of each trial
  --resume FILE              render: goes on with the trials of an earlier run (bench/results/NAME.jsonl)
  --tables FILE              render: only prints the tables of an earlier run
  --variant name=DIRECTORY   render: another build of the kit, as subject sluice-name
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

// Before other work on this machine, where that is allowed: browsers and relays started from here inherit it.
try {
  setPriority(-15);
} catch {}
const startedAt = performance.now();
const list = (text: string | undefined): string[] | undefined => text?.split(',');
const suites = list(values.only) ?? ['relay', 'render'];
for (const suite of suites) {
  if (!['relay', 'fan-out', 'first-token', 'render'].includes(suite)) throw new Error(`There is no suite ${suite}.\n${help}`);
}
const results = new URL('./results/', import.meta.url);
await mkdir(results, { recursive: true });
prepare({ sources: values.sources, build: values.build && values.tables === undefined });

const machine = describeMachine();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const common = {
  quick: values.quick,
  subjects: list(values.subjects),
  cells: list(values.cells),
  rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  windowMs: values.window === undefined ? undefined : Number(values.window),
  machine,
  results,
  say,
};
const stamp = `${machine.date.slice(0, 19).replaceAll(':', '')}${values.quick ? '-quick' : ''}`;

// What a suite imports is there only now.
const parts = (['fan-out', 'first-token'] as const).filter((part) => suites.includes('relay') || suites.includes(part));
if (parts.length > 0) {
  const { runRelay } = await import('./relay/run.ts');
  process.stdout.write(`${await runRelay({ ...common, parts, profile: values.profile, name: `${stamp}-relay` })}\n`);
}
if (suites.includes('render')) {
  const { runRender } = await import('./render/run.ts');
  const variants = values.variant ?? [];
  const report = await runRender({ ...common, resume: values.resume, tables: values.tables, variants, name: `${stamp}-render` });
  process.stdout.write(`${report}\n`);
}
say(`Took ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
process.exit(0);

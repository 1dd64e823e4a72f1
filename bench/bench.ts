import { parseArgs } from 'node:util';
import { mkdir, writeFile } from 'node:fs/promises';
import { describeMachine } from './machine.ts';
import { prepare } from './prepare.ts';
import { cells, fullTiming, quickCells, quickTiming, reference, subjectNames, type Cell } from './scenario.ts';

const help = `Relay fan-out and first token, beside peers. Prints tables, writes bench/results/.

  --quick                  three cells, one round: under two minutes instead of half an hour
  --subjects a,b           some of: ${subjectNames.join(', ')}
  --cells 200x8,1000x1     subscribers x streams
  --rounds n               repetitions, interleaved
  --window ms              measured time of each trial
  --only fanout|first-token
  --sources                run the relay from its sources instead of building it
  --profile                write a .cpuprofile of each trial's measured window; its figures are not comparable then
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    subjects: { type: 'string' },
    cells: { type: 'string' },
    rounds: { type: 'string' },
    window: { type: 'string' },
    only: { type: 'string' },
    sources: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const results = new URL('./results/', import.meta.url);
await mkdir(results, { recursive: true });
prepare({ sources: values.sources });

// What these import is there only now.
const { runFanOut } = await import('./fan-out.ts');
const { runFirstToken } = await import('./first-token.ts');
const { fanOutTables, firstTokenTable, machineLines } = await import('./report.ts');

const base = values.quick ? quickTiming : fullTiming;
const timing = { ...base, rounds: Number(values.rounds ?? base.rounds), windowMs: Number(values.window ?? base.windowMs) };
const chosenCells = values.cells === undefined ? (values.quick ? quickCells : cells) : values.cells.split(',').map(parseCell);
const chosen = values.subjects === undefined ? subjectNames : values.subjects.split(',');
for (const name of chosen) if (!isSubject(name)) throw new Error(`Unknown subject ${name}. Known: ${subjectNames.join(', ')}.`);

const machine = describeMachine();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const profiles = values.profile ? results : undefined;
const name = `${machine.date.slice(0, 19).replaceAll(':', '')}${values.quick ? '-quick' : ''}`;
const write = async (
  fanOut: Awaited<ReturnType<typeof runFanOut>>,
  firstToken: Awaited<ReturnType<typeof runFirstToken>>,
): Promise<string> => {
  const tables = [...fanOutTables(fanOut, reference), ...firstTokenTable(firstToken)];
  const report = [...machineLines(machine, timing), ...tables].join('\n');
  await writeFile(new URL(`${name}.json`, results), JSON.stringify({ machine, timing, fanOut, firstToken }, undefined, 1));
  await writeFile(new URL(`${name}.md`, results), `${report}\n`);
  return report;
};
const fanOut =
  values.only === 'first-token' ? [] : await runFanOut({ cells: chosenCells, subjects: chosen.filter(isSubject), timing, say, profiles });
// A fault in what follows must not cost half an hour.
await write(fanOut, []);
const firstToken = values.only === 'fanout' ? [] : await runFirstToken({ iterations: values.quick ? 100 : 500, say });
process.stdout.write(`${await write(fanOut, firstToken)}\n`);
say(`Written: bench/results/${name}.json and .md`);

function isSubject(name: string): name is (typeof subjectNames)[number] {
  return subjectNames.some((subject) => subject === name);
}

function parseCell(text: string): Cell {
  const [subscribers, streams] = text.split('x').map(Number);
  if (!subscribers || !streams) throw new Error(`A cell is subscribers x streams, such as 200x8, not ${text}.`);
  return { subscribers, streams };
}

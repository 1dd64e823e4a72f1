import { writeFile } from 'node:fs/promises';
import { type Machine, machineLines } from '../machine.ts';
import { runFanOut } from './fan-out.ts';
import { runFirstToken } from './first-token.ts';
import { fanOutTables, firstTokenTable } from './report.ts';
import { type Cell, cells, fullTiming, quickCells, quickTiming, reference, subjectNames } from './scenario.ts';

export interface RelayOptions {
  readonly quick: boolean;
  readonly subjects: readonly string[] | undefined;
  readonly cells: readonly string[] | undefined;
  readonly rounds: number | undefined;
  readonly windowMs: number | undefined;
  readonly parts: readonly ('fan-out' | 'first-token')[];
  readonly profile: boolean;
  readonly machine: Machine;
  /** Where the figures go. */
  readonly results: URL;
  readonly name: string;
  readonly say: (line: string) => void;
}

/** Relay fan-out and first token, beside peers. Returns the tables; writes them and the figures as JSON. */
export async function runRelay({ quick, machine, results, name, parts, say, ...options }: RelayOptions): Promise<string> {
  const base = quick ? quickTiming : fullTiming;
  const timing = { ...base, rounds: options.rounds ?? base.rounds, windowMs: options.windowMs ?? base.windowMs };
  const timingLine = `${timing.rounds} interleaved rounds, warm-up ${timing.warmupMs} ms, window ${timing.windowMs} ms.`;
  const chosenCells = options.cells?.map(parseCell) ?? (quick ? quickCells : cells);
  const chosen = options.subjects ?? subjectNames;
  for (const subject of chosen) if (!isSubject(subject)) throw new Error(`Unknown subject ${subject}. Known: ${subjectNames.join(', ')}.`);
  const write = async (
    fanOut: Awaited<ReturnType<typeof runFanOut>>,
    firstToken: Awaited<ReturnType<typeof runFirstToken>>,
  ): Promise<string> => {
    const tables = [...fanOutTables(fanOut, reference), ...firstTokenTable(firstToken)];
    const report = [...machineLines(machine), timingLine, '', ...tables].join('\n');
    await writeFile(new URL(`${name}.json`, results), JSON.stringify({ machine, timing, fanOut, firstToken }, undefined, 1));
    await writeFile(new URL(`${name}.md`, results), `${report}\n`);
    return report;
  };
  const fanOut = parts.includes('fan-out')
    ? await runFanOut({
        cells: chosenCells,
        subjects: chosen.filter(isSubject),
        timing,
        say,
        profiles: options.profile ? results : undefined,
      })
    : [];
  // A fault in what follows must not cost half an hour.
  await write(fanOut, []);
  const firstToken = parts.includes('first-token') ? await runFirstToken({ iterations: quick ? 100 : 500, say }) : [];
  return write(fanOut, firstToken);
}

function isSubject(name: string): name is (typeof subjectNames)[number] {
  return subjectNames.some((subject) => subject === name);
}

function parseCell(text: string): Cell {
  const [subscribers, streams] = text.split('x').map(Number);
  if (!subscribers || !streams) throw new Error(`A cell is subscribers x streams, such as 200x8, not ${text}.`);
  return { subscribers, streams };
}

import { writeFile } from 'node:fs/promises';
import { machineLines } from '../../machine.ts';
import type { Run } from '../journal.ts';
import { cellTables } from './tables.ts';

/** Writes tables and figures of a run beside its journal. Returns the tables. */
export async function writeReport(run: Run, results: URL, name: string): Promise<string> {
  const rounds = Math.max(0, ...run.entries.map(({ round }) => round + 1));
  const { warmupMs, inspectMs, windowMs } = run.timing;
  const report = [
    ...machineLines(run.machine),
    '',
    `${rounds} interleaved round${rounds === 1 ? '' : 's'}, warm-up ${warmupMs} ms, traced ${inspectMs} ms, window ${windowMs} ms.`,
    '',
    ...cellTables(run),
  ].join('\n');
  await writeFile(new URL(`${name}.md`, results), `${report}\n`);
  return report;
}

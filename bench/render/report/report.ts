import { mkdir, writeFile } from 'node:fs/promises';
import { machineLines } from '../../machine.ts';
import type { Run } from '../journal.ts';
import { aimsTable } from './acceptance.ts';
import { plotsOf } from './plots.ts';
import { aheadTable } from './rivals.ts';
import { cellTables } from './tables.ts';

/** Tables and plots of a run: where it was made, the aims, each cell. */
function renderTables(run: Run, images: readonly string[]): string {
  const rounds = Math.max(0, ...run.entries.map(({ round }) => round + 1));
  const { warmupMs, inspectMs, windowMs } = run.timing;
  const clock = Math.max(0, ...run.entries.map((entry) => ('figures' in entry ? entry.figures.clockErrorMs : 0)));
  const observer = Math.max(0, ...run.entries.map((entry) => ('figures' in entry ? entry.figures.observer : 0)));
  return [
    ...machineLines(run.machine),
    Object.entries(run.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(' · '),
    '',
    `${rounds} interleaved round${rounds === 1 ? '' : 's'}, warm-up ${warmupMs} ms, traced ${inspectMs} ms, window ${windowMs} ms. ` +
      `Clocks agree within ${clock.toFixed(2)} ms; the observer took at most ${(100 * observer).toFixed(1)} % of the main thread.`,
    '',
    '### Aims',
    '',
    ...aimsTable(run),
    '### Who is ahead of Sluice',
    '',
    'Of everybody but the pages by hand, by more than five per cent, in what a reader notices; those that lost nothing.',
    '',
    ...aheadTable(run),
    '### Plots',
    '',
    ...images,
    '',
    ...cellTables(run),
  ].join('\n');
}

/** Writes tables and plots of a run into a folder. Returns the tables. */
export async function writeReport(run: Run, folder: URL, name: string): Promise<string> {
  const plots = plotsOf(run);
  const report = renderTables(
    run,
    plots.map(({ file, title }) => `![${title}](${name}-${file})`),
  );
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.md`, folder), `${report}\n`);
  for (const { file, svg } of plots) await writeFile(new URL(`${name}-${file}`, folder), svg);
  return report;
}

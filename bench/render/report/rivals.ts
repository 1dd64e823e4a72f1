import type { Run } from '../journal.ts';
import { isOurs } from '../plan.ts';
import { describeCell, figure, medianOf, type Pick, percent, trialsOf } from './tables.ts';

export interface RivalFigure {
  readonly what: string;
  readonly pick: Pick;
  readonly show: (value: number) => string;
  /** A difference as small as this is none, beside five per cent: frames are counted, and there are few. */
  readonly least: number;
}

const ms = (value: number): string => `${figure(value)} ms`;

/** What a reader notices. The less the better. */
export const rivalFigures: readonly RivalFigure[] = [
  { what: 'frames over 25 ms', pick: ({ longFrames }) => longFrames, show: percent, least: 0.005 },
  { what: 'lag p95', pick: ({ lagMs }) => lagMs.p95, show: ms, least: 0 },
  { what: 'input p95', pick: ({ inputMs }) => inputMs.p95, show: ms, least: 0 },
];

interface Rival {
  readonly name: string;
  readonly value: number;
}

const namesIn = (run: Run, cell: string): string[] =>
  Array.from(new Set(run.entries.filter((entry) => entry.cell === cell).map(({ subject }) => subject))).filter((name) => !isOurs({ name }));

/** Medians of everybody in a cell but ourselves and the pages by hand, the least first; those that lost something are none. */
function rivalsOf(run: Run, cell: string, pick: Pick): Rival[] {
  return namesIn(run, cell)
    .map((name) => ({ name, trials: trialsOf(run, cell, name) }))
    .filter(({ trials }) => trials.length > 0 && trials.every(({ figures }) => figures.exact))
    .map(({ name, trials }) => ({ name, value: medianOf(trials, pick) }))
    .sort((a, b) => a.value - b.value);
}

/** The kit with the least of a figure in a cell; `undefined` where none was measured. */
export function leastOf(run: Run, cell: string, pick: Pick): Rival | undefined {
  return rivalsOf(run, cell, pick).find(({ name }) => name !== 'set-state');
}

/** Who is ahead of Sluice in which cell, by more than five per cent: nobody has to look for it. */
export function aheadTable(run: Run): string[] {
  const cells = Array.from(new Set(run.entries.map(({ cell }) => cell)));
  const rows = cells.flatMap((cell) =>
    rivalFigures.flatMap(({ what, pick, show, least }) => {
      const own = medianOf(trialsOf(run, cell, 'sluice'), pick);
      const ahead = rivalsOf(run, cell, pick).filter(({ value }) => value < 0.95 * own && own - value > least);
      if (ahead.length === 0) return [];
      const names = ahead.map(({ name, value }) => `${run.titles[name] ?? name} ${show(value)}`).join(', ');
      return [`| ${describeCell(cell)} | ${what} | ${show(own)} | ${names} |`];
    }),
  );
  if (!cells.some((cell) => namesIn(run, cell).length > 0)) return ['Nobody else was measured.', ''];
  if (rows.length === 0) return ['Nobody, in no cell that was measured.', ''];
  return ['| cell | figure | Sluice | ahead |', '|---|---|---|---|', ...rows, ''];
}

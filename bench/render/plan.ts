import type { Subject } from './build.ts';
import { type Cell, cellName, coreCells, factorCells, parseCell, quickCells, viewOf } from './cell.ts';

export interface Planned {
  readonly cell: Cell;
  readonly subject: Subject;
  readonly round: number;
}

/** Beside Sluice in every cell, whatever else is chosen. */
const always: ReadonlySet<string> = new Set(['sluice', 'hand', 'hand-scheduled']);

/** @throws {Error} for names that are none */
export function chooseCells(names: readonly string[] | undefined, quick: boolean): readonly Cell[] {
  if (names === undefined) return quick ? quickCells : [...coreCells, ...factorCells];
  return names.flatMap((name) => (name === 'core' ? coreCells : name === 'factors' ? factorCells : [parseCell(name)]));
}

/** @throws {Error} for names that are none */
export function chooseSubjects(all: readonly Subject[], names: readonly string[] | undefined, quick: boolean): readonly Subject[] {
  if (names === undefined) return quick ? all.filter(({ name }) => always.has(name)) : all;
  return names.map((name) => {
    const subject = all.find((candidate) => candidate.name === name);
    if (subject === undefined) throw new Error(`Unknown subject ${name}. Known: ${all.map((one) => one.name).join(', ')}.`);
    return subject;
  });
}

/**
 * The subjects take turns within a round, each round beginning with another one, so that a change of the machine's mood hits all.
 * In cells with a further factor only `always` and `best` (or those named) take part.
 */
export function planTrials(
  cells: readonly Cell[],
  subjects: readonly Subject[],
  rounds: number,
  takesPart: (cell: Cell, subject: Subject) => boolean,
): Planned[] {
  return cells.flatMap((cell) => {
    const able = subjects.filter(
      (subject) => subject.views.includes(viewOf(cell)) && (!cell.highlight || subject.highlight) && takesPart(cell, subject),
    );
    return Array.from({ length: rounds }, (_, round) =>
      able.map((_, turn) => ({ cell, subject: able[(turn + round) % able.length] as Subject, round })),
    ).flat();
  });
}

/** Whether a cell is one of the core cells, which all subjects take part in. */
export function isCore(cell: Cell): boolean {
  return coreCells.some((core) => cellName(core) === cellName(cell));
}

export function isOurs({ name }: { readonly name: string }): boolean {
  return always.has(name.replace(/^sluice-.*/, 'sluice'));
}

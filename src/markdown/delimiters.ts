import type { Align } from './blocks.ts';
import { trimSpaces } from './spaces.ts';

/** Columns of a table. A row of more cells begins none: the browser lays out all columns for each cell that comes. */
export const mostColumns = 500;

/** The columns a table's delimiter row describes, if the text is one. */
export function readDelimiters(text: string): readonly Align[] | undefined {
  if (!mayBeDelimiters(text) || !/[|:]/.test(text)) return undefined;
  const cells = cellsOf(trimSpaces(text));
  if (cells.length > mostColumns) return undefined;
  const align: Align[] = [];
  for (const cell of cells) {
    const trimmed = trimSpaces(cell);
    if (!/^:?-+:?$/.test(trimmed)) return undefined;
    const left = trimmed.startsWith(':');
    const right = trimmed.endsWith(':');
    align.push(left && right ? 'center' : left ? 'left' : right ? 'right' : undefined);
  }
  return align;
}

/** Whether it is the beginning of a delimiter row, as far as is known. */
export function mayBeDelimiters(text: string): boolean {
  return /^[|:\- \t]+$/.test(text);
}

/** How many cells a header row of this text has, of too many not all; 0 if it can be none. */
export function countCells(text: string): number {
  const pairs = trimSpaces(text).replace(/\\[\\|]/g, 'x');
  return pairs === '|' ? 0 : cellsOf(pairs).length;
}

/** Of too many not all. */
function cellsOf(row: string): string[] {
  const from = row.startsWith('|') ? 1 : 0;
  const to = row.length > from && row.endsWith('|') ? -1 : row.length;
  return row.slice(from, to).split('|', mostColumns + 1);
}

import { type RefObject, useLayoutEffect } from 'react';
import { type FrameTask, frames } from '../frame.ts';

// Style property: a column's share of a giant table.
export const columnShare = (index: number): string => `--sluice-column-${index}`;

// Keeps the columns of a giant table in line. Its head and first body are one table to the browser, as wide as their text asks for; each
// later body is laid out by itself, its columns as wide as theirs. Where one of these needs more, for a number with one more digit, its column
// is that wide from then on.
export function useColumns(box: RefObject<HTMLElement | null>, isGiant: boolean): void {
  useLayoutEffect(() => {
    const table = isGiant && box.current?.querySelector('table');
    return table && typeof ResizeObserver !== 'undefined' ? followColumns(table) : undefined;
  }, [box, isGiant]);
}

// Returns its end.
function followColumns(table: HTMLTableElement): () => void {
  const { style, tHead, tBodies } = table;
  const heads = [...(tHead?.rows[0]?.cells ?? [])];
  const widths: number[] = [];
  // The bodies have others than `widths`.
  let isStale = false;
  // Bodies in front of this one do not grow any more.
  let open = 1;
  // Of the body that grows: they tell what its columns need.
  let watched: readonly Element[] = [];

  const task: FrameTask = {
    kind: 'columns',
    flush() {
      if (!isStale) return;
      const whole = widths.reduce((sum, width) => sum + width, 0);
      style.setProperty('--sluice-columns', `${whole}px`);
      for (const [index, width] of widths.entries()) style.setProperty(columnShare(index), `${(width / whole) * 100}%`);
    },
    settle() {
      for (const body of [...tBodies].slice(isStale ? 1 : open)) {
        const cells = [...(body.rows[0]?.cells ?? [])];
        for (const [index, { offsetWidth }] of cells.entries())
          if (offsetWidth > (widths[index] ?? 0) + 1) heads[index]?.style.setProperty('min-width', `${offsetWidth + 1}px`);
        if (body === [...tBodies].at(-1)) watch(cells);
      }
      open = tBodies.length - 1;
      isStale = false;
    },
  };
  const observer = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      const index = heads.indexOf(target as HTMLTableCellElement);
      const width = borderBoxSize[0]?.inlineSize;
      // Of what is not displayed nothing is known.
      if (index < 0 || !width) continue;
      widths[index] = width;
      isStale = true;
    }
    frames().request(task);
  });
  const watch = (cells: readonly Element[]): void => {
    if (watched.at(-1) === cells.at(-1)) return;
    for (const cell of watched) observer.unobserve(cell);
    watched = cells;
    for (const cell of watched) observer.observe(cell);
  };
  for (const element of [table, ...heads]) observer.observe(element);

  return () => {
    observer.disconnect();
    frames().cancel(task);
  };
}

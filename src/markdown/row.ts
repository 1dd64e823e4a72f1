import type { BlockKey } from './blocks.ts';
import type { Context } from './context.ts';
import { createInlineLeaf, type InlineLeaf } from './inlineleaf.ts';

/**
 * One row of a table, cell by cell as its text comes (https://github.github.com/gfm/#tables-extension-). `\|` is a bar
 * within a cell, wherever it stands.
 */
export interface Row {
  /** Cells that have ended. */
  cells(): number;
  text(piece: string): void;
  close(): void;
  flush(): void;
}

export function createRow(context: Context, table: BlockKey, header: boolean, columns: number): Row {
  const { output } = context;
  const key = output.open(table, { type: 'tableRow', header });
  let cell: InlineLeaf | undefined;
  let cells = 0;
  let begun = false;
  let escaped = false;

  const write = (text: string): void => {
    const shown = cell ? text : text.replace(/^[ \t]+/, '');
    if (shown === '') return;
    begun = true;
    cell ??= createInlineLeaf(context, key, { type: 'tableCell' });
    if (cells < columns) cell.write(shown);
  };

  const endCell = (): void => {
    cell ??= createInlineLeaf(context, key, { type: 'tableCell' });
    if (cells < columns) {
      cell.open();
      cell.close();
    }
    cell = undefined;
    cells += 1;
  };

  return {
    cells: () => cells,
    text(piece) {
      let from = 0;
      for (let at = 0; at < piece.length; at += 1) {
        const code = piece.charCodeAt(at);
        if (escaped) {
          escaped = false;
          if (code !== 124) write('\\');
          from = at;
        } else if (code === 92) {
          write(piece.slice(from, at));
          from = at + 1;
          escaped = true;
        } else if (code === 124) {
          write(piece.slice(from, at));
          from = at + 1;
          if (begun) endCell();
          begun = true;
        }
      }
      if (!escaped) write(piece.slice(from));
    },
    close() {
      if (escaped) write('\\');
      // A row of nothing but a bar has a cell.
      if (cell || cells === 0) endCell();
      output.close(key);
    },
    flush: () => cell?.flush(),
  };
}

import type { Align, BlockKey } from './blocks.ts';
import type { Context } from './context.ts';
import { mostColumns } from './delimiters.ts';
import { createRow, type Row } from './row.ts';

export interface Table {
  readonly type: 'table';
  readonly key: BlockKey;
  beginLine(): void;
  text(piece: string): void;
  /** The open row has more cells than a table can have columns. */
  isTooWide(): boolean;
  endLine(): void;
  /** The row so far was the header, of as many columns. */
  align(align: readonly Align[]): void;
  close(): void;
  flush(): void;
}

/** With its header row begun. */
export function createTable(context: Context, parent: BlockKey): Table {
  const { output } = context;
  const key = output.open(parent, { type: 'table', align: [] });
  let columns = Number.POSITIVE_INFINITY;
  let row: Row | undefined = createRow(context, key, true, columns);
  return {
    type: 'table',
    key,
    beginLine() {
      row = createRow(context, key, false, columns);
    },
    text: (piece) => row?.text(piece),
    isTooWide: () => (row?.cells() ?? 0) > mostColumns,
    endLine() {
      row?.close();
      row = undefined;
    },
    align(align) {
      columns = align.length;
      output.set(key, { type: 'table', align });
    },
    close: () => output.close(key),
    flush: () => row?.flush(),
  };
}

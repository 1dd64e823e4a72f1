import type { Align } from './blocks.ts';
import type { Container } from './containers.ts';
import type { Context } from './context.ts';
import { createDefinitionReader, type DefinitionReader } from './definition.ts';
import { countCells } from './delimiters.ts';
import { createHeading, type Heading } from './heading.ts';
import { createInlineLeaf } from './inlineleaf.ts';
import { endWithout } from './spaces.ts';
import { createTable, type Table } from './table.ts';

/**
 * A paragraph, as long as it is one: what it begins with may be definitions or the box of a task, its last line the header
 * of a table, all of it a heading.
 */
export interface Paragraph {
  readonly type: 'paragraph';
  /** Whether there is text if it ends now: definitions alone are none. */
  hasText(): boolean;
  /**
   * `header`: the line may be the header of a table. `shown`: it is shown as one until the next line says what it is.
   */
  beginLine(header: boolean, shown: boolean): void;
  text(piece: string): void;
  endLine(): void;
  /** What was shown as a table is text. */
  withdrawTable(): void;
  /** How many cells the last line has as a table's header. */
  headerCells(): number;
  /** The last line was a table's header, which is its own leaf from now on. */
  toTable(align: readonly Align[]): Table;
  toHeading(depth: 1 | 2): Heading;
  close(): void;
  flush(): void;
}

/** A label is shown as text if it is longer: most are footnotes or definitions, or short links. */
const hiddenLabel = 48;

function isBlank(text: string): boolean {
  return !/[^ \t\n]/.test(text);
}

/** `first`: in its parent, which is where a task has its box. */
export function createParagraph(context: Context, parent: Container, first: boolean): Paragraph {
  const { output, references } = context;
  const leaf = createInlineLeaf(context, parent.key, { type: 'paragraph' });
  /** What may be a task's box, then what may be definitions. */
  let box: string | undefined = parent.type === 'listItem' && first ? '' : undefined;
  let reader: DefinitionReader | undefined;
  let begun = false;
  /** Of a task: what is no text, unless it turns out a heading's or a header's. */
  let checkbox = '';
  let shown = 0;
  let table: Table | undefined;
  let lines = 0;
  let line = '';
  let mayBeHeader = true;
  let lineBreak = '';

  const read = (text: string): void => {
    if (!begun && text.startsWith('[')) reader = createDefinitionReader(references.define);
    begun = true;
    if (!reader) {
      leaf.write(text);
      return;
    }
    const found = reader.push(text);
    if (found !== undefined) {
      reader = undefined;
      leaf.write(found.slice(shown));
      return;
    }
    const label = reader.label();
    if (label !== undefined && label.length > hiddenLabel) {
      leaf.write(label.slice(shown));
      shown = label.length;
    } else if (label === undefined && shown > 0) {
      leaf.truncate(0);
      shown = 0;
    }
  };

  const write = (text: string): void => {
    if (box === undefined) {
      read(text);
      return;
    }
    box += text;
    if (box.length > 1024 && isBlank(text)) return;
    if (/^(?:\[(?:[ \txX\n](?:\](?:[ \t\n][ \t\n]*)?)?)?)?$/.test(box)) return;
    const found = box;
    box = undefined;
    if (/^\[[ \txX\n]\][ \t\n]/.test(found)) {
      parent.check(/[xX]/.test(found.charAt(1)));
      // One space or break is the box's own; more in front of a break is a hard one.
      const end = /^(?:(?= {2,}\n)|[ \t]*\n|[ \t])/.exec(found.slice(3))?.[0].length ?? 0;
      checkbox = found.slice(0, 3 + end);
      begun = true;
      leaf.write(found.slice(3 + end));
    } else read(found);
  };

  const finishStart = (): void => {
    if (box !== undefined) {
      const found = box;
      box = undefined;
      read(found);
    }
    if (!reader) return;
    const text = reader.finish();
    reader = undefined;
    if (text !== '') leaf.write(text.slice(shown));
  };

  const withdrawTable = (): void => {
    if (!table) return;
    output.remove(table.key);
    references.drop(table.key, output.lastKey);
    table = undefined;
    write(lineBreak + line);
    lineBreak = '';
  };

  return {
    type: 'paragraph',
    hasText() {
      if (table || leaf.length() > 0) return true;
      return box ? /[^ \t\n]/.test(box) : (reader?.leavesText() ?? false);
    },
    beginLine(header, asTable) {
      mayBeHeader = header;
      if (lines > 0) lineBreak = '\n';
      lines += 1;
      line = '';
      const started = box === undefined || box === '';
      if (asTable && started && !reader) {
        box = undefined;
        begun = true;
        table = createTable(context, parent.key);
      }
    },
    text(piece) {
      line += piece;
      if (table) {
        table.text(piece);
        if (table.isTooWide()) withdrawTable();
        return;
      }
      write(lineBreak + piece);
      lineBreak = '';
    },
    endLine: () => table?.endLine(),
    withdrawTable,
    headerCells: () => (mayBeHeader ? countCells(line) : 0),
    toTable(align) {
      if (!table) {
        const length = endWithout(line);
        const wasRead = !reader && box === undefined;
        reader?.drop(lines > 1 ? length + 1 : length);
        box = undefined;
        finishStart();
        if (wasRead) leaf.truncate(Math.max(0, leaf.length() - length));
        if (checkbox !== '' && lines === 1) parent.check(undefined);
        leaf.close();
        table = createTable(context, parent.key);
        table.text(line);
        table.endLine();
      } else leaf.close();
      table.align(align);
      return table;
    },
    toHeading(depth) {
      finishStart();
      const source = checkbox + leaf.source();
      if (checkbox !== '') parent.check(undefined);
      leaf.truncate(0);
      const heading = createHeading(context, parent.key, depth);
      heading.whole(source);
      return heading;
    },
    close() {
      finishStart();
      leaf.close();
    },
    flush() {
      leaf.flush();
      table?.flush();
    },
  };
}

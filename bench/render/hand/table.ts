import { Lexer, Parser } from 'marked';

/** The rows of a table that is open. */
export interface Table {
  /** Shows a row, in place of the one that is not finished. Returns where it is. */
  row(line: string, finished: boolean): HTMLElement;
}

/** A row is parsed by itself, below the table's head: `head` is its first two lines. `rows`: of the body, there already. */
export function createTable(table: HTMLTableElement, head: string, lastIsOpen: boolean): Table {
  const body = table.tBodies[0] ?? table.createTBody();
  let open = lastIsOpen ? body.lastElementChild : undefined;
  return {
    row(line, finished) {
      const parsed = document.createElement('template');
      parsed.innerHTML = Parser.parse(new Lexer({ gfm: true }).lex(`${head}${line}\n`));
      const row = parsed.content.querySelector('tbody > tr') as HTMLElement;
      if (open) open.replaceWith(row);
      else body.append(row);
      open = finished ? undefined : row;
      return row;
    },
  };
}

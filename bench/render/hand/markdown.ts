import { Lexer, Parser, type Token } from 'marked';
import { createFence, type Fence } from './fence.ts';
import type { Highlighter } from './highlight.ts';
import type { HandBody } from './page.ts';
import { createTable, type Table } from './table.ts';

/** What may change the meaning of what is before it: everything else is appended to the last text as it is. */
const special = /[\n*_`~[\]<>|\\&!#:@]/;
/** Elements that end where their mark is closed: nothing is appended to their text. */
const inline: ReadonlySet<string> = new Set(['STRONG', 'EM', 'CODE', 'A', 'DEL']);
const fenceLine = /^ {0,3}(`{3,}|~{3,})\s*$/;
/** How much of the text and of its source must be the same, for the text to be where the source ends. */
const agreement = 8;

/**
 * Only the open block is parsed again, and only when something arrives that may be markup. A fence's lines are appended,
 * a table's rows are parsed one by one.
 * A block that has closed is not touched again; references that come late find it closed.
 */
export function createMarkdown(host: HTMLElement, highlighter: Highlighter | undefined, request: () => void): HandBody {
  const links: Lexer['tokens']['links'] = {};
  /** Source of the open block. */
  let source = '';
  let box: HTMLElement | undefined;
  let end: Text | undefined;
  let fence: { readonly mark: string; readonly code: Fence; atLineStart: boolean } | undefined;
  let table: Table | undefined;
  /** With colours that have come and are not shown. */
  const uncoloured = new Set<Fence>();

  const lex = (): Token[] => {
    const lexer = new Lexer({ gfm: true });
    Object.assign(lexer.tokens.links, links);
    const tokens = lexer.lex(source);
    Object.assign(links, tokens.links);
    return tokens;
  };
  const openBox = (): HTMLElement => {
    const element = document.createElement('div');
    host.append(element);
    return element;
  };
  const render = (tokens: Token[]): void => {
    box ??= openBox();
    box.innerHTML = Parser.parse(tokens);
  };

  const parse = (): void => {
    const tokens = lex();
    const last = tokens.findLastIndex(({ type }) => type !== 'space');
    if (last === -1) return;
    const open = tokens[last] as Token;
    const blank = last < tokens.length - 1 && open.type !== 'list';
    for (const token of tokens.slice(0, blank ? last + 1 : last)) {
      if (token.type === 'space') continue;
      render([token]);
      box = undefined;
    }
    end = undefined;
    if (blank) {
      source = '';
      return;
    }
    source = tokens
      .slice(last)
      .map(({ raw }) => raw)
      .join('');
    const opening = /^ {0,3}(`{3,}|~{3,})[^`\n]*\n/.exec(source);
    if (open.type === 'code' && opening !== null) openFence(opening[1] ?? '', opening[0].length);
    else {
      render([open]);
      end = endOf(box, source);
      const element = open.type === 'table' ? box?.querySelector('table') : null;
      if (element) openTable(element);
    }
  };

  /** From here on a line is a row. Rows begin with a pipe; what does not ends the table. */
  const openTable = (element: HTMLTableElement): void => {
    const lines = source.split('\n');
    const unfinished = lines.pop() ?? '';
    // Until the delimiter row is whole, it may be another.
    if (lines.length < 2) return;
    table = createTable(element, `${lines[0]}\n${lines[1]}\n`, unfinished !== '');
    source = unfinished;
  };

  const appendRows = (): void => {
    end = undefined;
    let newline = source.indexOf('\n');
    for (; newline !== -1 && source.startsWith('|'); newline = source.indexOf('\n')) {
      table?.row(source.slice(0, newline), true);
      source = source.slice(newline + 1);
    }
    if (source.startsWith('|')) end = endOf(table?.row(source, false), source);
    else if (source !== '') {
      table = undefined;
      box = undefined;
      parse();
    }
  };

  const openFence = (mark: string, from: number): void => {
    box ??= openBox();
    const code = createFence(box, highlighter, () => {
      uncoloured.add(code);
      request();
    });
    fence = { mark, code, atLineStart: true };
    const rest = source.slice(from);
    source = '';
    appendCode(rest);
  };

  const appendCode = (added: string): void => {
    source += added;
    let at = 0;
    for (let newline = source.indexOf('\n'); newline !== -1; newline = source.indexOf('\n', at)) {
      if (fence?.atLineStart && closes(source.slice(at, newline), fence.mark)) {
        fence.code.append(source.slice(0, at));
        source = source.slice(newline + 1);
        fence = undefined;
        box = undefined;
        parse();
        return;
      }
      at = newline + 1;
      if (fence !== undefined) fence.atLineStart = true;
    }
    if (fence === undefined) return;
    // A line that may still become the closing fence is held back.
    const held = fence.atLineStart && /^ {0,3}[`~]*\s*$/.test(source.slice(at)) ? at : source.length;
    fence.code.append(source.slice(0, held));
    if (held > at) fence.atLineStart = false;
    source = source.slice(held);
  };

  return {
    append(text) {
      if (fence !== undefined) {
        appendCode(text);
        return;
      }
      const spaces = source.length - source.trimEnd().length;
      source += text;
      if (end === undefined || special.test(text)) table === undefined ? parse() : appendRows();
      else {
        const missing = end.data.endsWith(' ') ? '' : source.slice(source.length - text.length - spaces, source.length - text.length);
        end.appendData(missing + text);
      }
    },
    refresh() {
      for (const code of uncoloured) code.colour();
      uncoloured.clear();
    },
    end() {
      if (fence === undefined) {
        if (table !== undefined) appendRows();
        else if (source !== '') parse();
      } else if (!fenceLine.test(source)) fence.code.append(source);
    },
  };
}

function closes(line: string, mark: string): boolean {
  const match = fenceLine.exec(line);
  return match?.[1]?.startsWith(mark) ?? false;
}

/** The text node that the source's end is in, if text can be appended to it. */
function endOf(box: HTMLElement | undefined, source: string): Text | undefined {
  if (box === undefined) return undefined;
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  let node: Node | null = box;
  while (node.lastChild !== null) node = node.lastChild;
  walker.currentNode = node;
  for (; node !== null; node = walker.previousNode()) {
    const data = node.nodeType === Node.TEXT_NODE ? (node as Text).data.trimEnd() : '';
    if (data === '') continue;
    const tail = data.slice(-agreement);
    return source.trimEnd().endsWith(tail) && !inline.has(node.parentElement?.tagName ?? '') ? (node as Text) : undefined;
  }
  return undefined;
}

import type { Align } from './blocks.ts';
import type { Fence } from './code.ts';
import type { Container, ContainerStart } from './containers.ts';
import { mayBeDelimiters, readDelimiters } from './delimiters.ts';
import { type HtmlKind, htmlStart } from './htmlstart.ts';
import type { Leaf } from './leaf.ts';
import { isBlank, type Line, skipColumns, skipSpace, skipTo } from './line.ts';
import type { MathBlock } from './math.ts';
import {
  fenceStart,
  footnoteStart,
  headingDepth,
  isThematicBreak,
  listItemStart,
  type MathStart,
  mathStart,
  runLength,
  underlineDepth,
  type Wait,
} from './starts.ts';

/** What is open when a line begins. */
export interface Open {
  readonly containers: readonly Container[];
  /** The last child of the last container, if it is open. */
  readonly leaf: Leaf | undefined;
  readonly math: boolean;
}

/** What a line is. */
export interface Plan {
  /** How many of the open containers it continues. A paragraph may go on without: that is lazy. */
  readonly depth: number;
  readonly opens: readonly ContainerStart[];
  readonly content: Content;
}

export type Content =
  | { readonly type: 'blank' }
  /** More of the open leaf. */
  | { readonly type: 'more'; readonly lazy: boolean }
  /** A line of the open leaf that is blank, and none of it if nothing follows. */
  | { readonly type: 'gap' }
  /** The open leaf ends with this line, which has nothing to show. */
  | { readonly type: 'end' }
  | { readonly type: 'paragraph' }
  | { readonly type: 'heading'; readonly depth: 1 | 2 | 3 | 4 | 5 | 6 }
  | { readonly type: 'underline'; readonly depth: 1 | 2 }
  | { readonly type: 'delimiters'; readonly align: readonly Align[] }
  | { readonly type: 'code'; readonly fence: Fence | undefined }
  | { readonly type: 'math'; readonly start: MathStart }
  | { readonly type: 'html'; readonly kind: HtmlKind }
  | { readonly type: 'thematicBreak' };

/** Containers within containers. Beyond, their markers are text. */
export const deepestNesting = 100;

/**
 * Decides what a line is, and moves it to its content: the first two steps of the specification's strategy
 * (https://spec.commonmark.org/0.31.2/#phase-1-block-structure), without effect on what is open. Undefined: the line is not
 * complete, and more of it could change the answer.
 */
export function planLine(line: Line, open: Open): Plan | undefined {
  const depth = continued(line, open.containers);
  const all = depth === open.containers.length;
  const leaf = all ? open.leaf : undefined;
  if (isBlank(line) && !line.complete) return undefined;
  const content = leaf && continuedLeaf(line, leaf);
  if (content === 'wait') return undefined;
  if (content) return { depth, opens: [], content };

  const opens: ContainerStart[] = [];
  for (;;) {
    const plan = (content: Content): Plan => ({ depth, opens, content });
    if (isBlank(line)) return line.complete ? plan({ type: 'blank' }) : undefined;
    const first = opens.length === 0;
    const inParagraph = first && open.leaf?.type === 'paragraph';
    const paragraph = first && leaf?.type === 'paragraph' ? leaf : undefined;
    if (line.indent >= 4) {
      if (inParagraph) return plan({ type: 'more', lazy: !all });
      skipColumns(line, 4);
      return plan({ type: 'code', fence: undefined });
    }
    const room = open.containers.length + opens.length < deepestNesting;
    const start = startAt(line, paragraph, inParagraph, room, open.math);
    if (start === 'wait') return undefined;
    if (start === undefined) {
      const end = textContent(line, first ? leaf : undefined);
      if (end === 'wait') return undefined;
      if (end) return plan(end);
      return plan(inParagraph ? { type: 'more', lazy: !all } : { type: 'paragraph' });
    }
    if (start.type !== 'blockquote' && start.type !== 'listItem' && start.type !== 'footnoteDefinition') return plan(start);
    opens.push(start);
  }
}

/** Moves the line past the marks of the containers it continues, and returns how many these are. */
function continued(line: Line, containers: readonly Container[]): number {
  let depth = 1;
  for (; depth < containers.length; depth += 1) {
    const container = containers[depth];
    if (container?.type === 'blockquote') {
      if (isBlank(line) || line.indent > 3 || line.text.charCodeAt(line.ink) !== 62) break;
      skipTo(line, line.ink + 1);
      skipSpace(line);
    } else if (container?.type === 'listItem') {
      if (isBlank(line)) {
        if (!container.filled) break;
        skipColumns(line, Math.min(container.indent, line.indent));
      } else if (line.indent < container.indent) break;
      else skipColumns(line, container.indent);
    } else if (container?.type === 'footnoteDefinition' && !isBlank(line)) {
      if (line.indent < 4) break;
      skipColumns(line, 4);
    }
  }
  return depth;
}

/** Whether a line that continues all containers continues or ends the literal leaf within. */
function continuedLeaf(line: Line, leaf: Leaf): Content | Wait | undefined {
  switch (leaf.type) {
    case 'code':
      return leaf.fence ? fenced(line, leaf.fence) : indented(line);
    case 'html':
      if (!isBlank(line)) return { type: 'more', lazy: false };
      return leaf.endsBlank ? undefined : { type: 'gap' };
    case 'math':
      return inMath(line, leaf);
    default:
      return undefined;
  }
}

function fenced(line: Line, { character, size, indent }: Fence): Content | Wait {
  const { text, ink, complete } = line;
  if (line.indent < 4 && text.charAt(ink) === character) {
    const run = runLength(text, ink);
    if (/^[ \t]*$/.test(text.slice(ink + run))) {
      if (!complete) return 'wait';
      if (run >= size) return { type: 'end' };
    }
  }
  skipColumns(line, Math.min(indent, line.indent));
  return { type: 'more', lazy: false };
}

function indented(line: Line): Content | undefined {
  if (isBlank(line)) {
    skipColumns(line, Math.min(4, line.indent));
    return { type: 'blank' };
  }
  if (line.indent < 4) return undefined;
  skipColumns(line, 4);
  return { type: 'more', lazy: false };
}

function inMath(line: Line, { fence }: MathBlock): Content | undefined {
  if (fence.dollars === 0 && isBlank(line)) return undefined;
  skipColumns(line, Math.min(fence.indent, line.indent));
  return { type: 'more', lazy: false };
}

type Start = ContainerStart | Content | Wait | undefined;

/** `inParagraph`: the line could also be its lazy continuation. */
function startAt(line: Line, paragraph: { hasText(): boolean } | undefined, inParagraph: boolean, room: boolean, math: boolean): Start {
  const { text, ink } = line;
  switch (text.charAt(ink)) {
    case '>':
      if (!room) return undefined;
      skipTo(line, ink + 1);
      skipSpace(line);
      return { type: 'blockquote' };
    case '#': {
      const depth = headingDepth(line);
      return typeof depth === 'number' ? heading(line, depth) : depth;
    }
    case '`':
    case '~': {
      const fence = fenceStart(line);
      return typeof fence === 'object' ? { type: 'code', fence } : fence;
    }
    case '<': {
      const kind = htmlStart(text.slice(ink), line.complete, inParagraph);
      return kind === undefined ? 'wait' : kind === 0 ? undefined : { type: 'html', kind };
    }
    case '=':
      return paragraph && underline(line, paragraph);
    case '-':
    case '*':
    case '_':
      return dashes(line, paragraph, room);
    case '[':
      return room ? footnoteStart(line) : undefined;
    case '$':
    case '\\': {
      const start = math ? mathStart(line) : undefined;
      return typeof start === 'object' ? { type: 'math', start } : start;
    }
    default:
      return room ? listItemStart(line, paragraph !== undefined) : undefined;
  }
}

function heading(line: Line, depth: 1 | 2 | 3 | 4 | 5 | 6): Start {
  skipTo(line, line.ink + depth);
  if (isBlank(line) && !line.complete) return 'wait';
  skipColumns(line, line.indent);
  return { type: 'heading', depth };
}

function underline(line: Line, paragraph: { hasText(): boolean }): Start {
  const depth = underlineDepth(line);
  if (depth === undefined || depth === 'wait') return depth;
  return paragraph.hasText() ? { type: 'underline', depth } : undefined;
}

function dashes(line: Line, paragraph: { hasText(): boolean } | undefined, room: boolean): Start {
  const mark = line.text.charAt(line.ink);
  const depth = mark === '-' && paragraph ? underline(line, paragraph) : undefined;
  if (depth) return depth;
  const thematic = isThematicBreak(line);
  if (thematic) return thematic === 'wait' ? 'wait' : { type: 'thematicBreak' };
  return mark !== '_' && room ? listItemStart(line, paragraph !== undefined) : undefined;
}

/** What text is to a table: its delimiter row, or another row. */
function textContent(line: Line, leaf: Leaf | undefined): Content | Wait | undefined {
  if (leaf?.type === 'table') return { type: 'more', lazy: false };
  if (leaf?.type !== 'paragraph') return undefined;
  const text = line.text.slice(line.ink);
  if (!line.complete) return mayBeDelimiters(text) ? 'wait' : undefined;
  const align = readDelimiters(text);
  return align && align.length === leaf.headerCells() ? { type: 'delimiters', align } : undefined;
}

import { createCode } from './code.ts';
import { type Container, type ContainerStart, createRoot, openContainer, openList } from './containers.ts';
import type { Context } from './context.ts';
import { createHeading } from './heading.ts';
import { createHtml } from './html.ts';
import type { Leaf } from './leaf.ts';
import { type Line, rest, skipColumns, skipTo } from './line.ts';
import { createMath } from './math.ts';
import { createParagraph, type Paragraph } from './paragraph.ts';
import type { Content, Open, Plan } from './plan.ts';

/** The open blocks of a document, and what lines do to them. */
export interface Structure {
  readonly open: Open;
  /** Does what was planned for a line. More of the line follows by `text`; `endLine` ends it. */
  begin(plan: Plan, line: Line): void;
  text(piece: string): void;
  endLine(): void;
  /** Closes everything. */
  end(): void;
  /** Shows what the open leaf has. */
  flush(): void;
}

export function createStructure(context: Context): Structure {
  const { output, references } = context;
  const containers: Container[] = [createRoot()];
  let leaf: Leaf | undefined;
  /** Takes the text of the open line. */
  let target: Leaf | undefined;

  const innermost = (): Container => containers[containers.length - 1] as Container;

  const closeLeaf = (): void => {
    leaf?.close();
    leaf = undefined;
  };

  const closeTo = (depth: number): void => {
    if (depth < containers.length) closeLeaf();
    while (containers.length > depth) {
      const closed = containers.pop();
      if (closed) output.close(closed.key);
    }
  };

  /** A child begins in the innermost container. */
  const fill = (): Container => {
    const parent = innermost();
    if (parent.blank && parent.filled && parent.type !== 'document') loosen();
    parent.filled = true;
    return parent;
  };

  const loosen = (): void => {
    innermost().loosen();
    if (innermost().type === 'listItem') containers[containers.length - 2]?.loosen();
  };

  const openAll = (starts: readonly ContainerStart[]): void => {
    for (const start of starts) {
      const list = innermost().type === 'list' ? innermost() : undefined;
      if (list && (start.type !== 'listItem' || start.marker !== list.marker)) closeTo(containers.length - 1);
      if (start.type === 'listItem' && innermost().type !== 'list') containers.push(openList(output, fill().key, start));
      containers.push(openContainer(output, fill().key, start));
      if (start.type === 'footnoteDefinition') references.defineFootnote(start.name);
    }
  };

  /** What follows the marks of a line that was blank or not: whether items are set apart. */
  const settleBlank = (depth: number): void => {
    for (let index = 0; index < depth; index += 1) {
      const container = containers[index];
      if (container) container.blank = false;
    }
  };

  const markBlank = (depth: number): void => {
    let index = containers.length - 1;
    for (; index > 0; index -= 1) {
      const container = containers[index];
      if (!container || (container.type === 'blockquote' && index < depth)) break;
      container.blank = true;
    }
  };

  const beginBlank = (depth: number, line: Line): void => {
    if (leaf?.type === 'code' && depth === containers.length) leaf.skipLine(rest(line));
    else closeLeaf();
    markBlank(depth);
    closeTo(depth);
  };

  const beginLeaf = (content: Content, line: Line): void => {
    if (innermost().type === 'list') closeTo(containers.length - 1);
    const first = !innermost().filled;
    const parent = fill();
    if (content.type === 'thematicBreak') {
      output.close(output.open(parent.key, content));
      return;
    }
    leaf = createLeaf(context, parent, first, content, line);
    // The text of fenced code begins in the next line.
    if (!leaf || (content.type === 'code' && content.fence)) return;
    target = leaf;
    const text = rest(line);
    if (leaf.type !== 'math' || text !== '') leaf.text(text);
  };

  /** More of the open leaf, or its end. */
  const proceed = (content: Content & { type: 'more' | 'end' }, line: Line): void => {
    if (content.type === 'end' || !leaf) {
      closeLeaf();
      return;
    }
    target = leaf;
    if (leaf.type === 'paragraph') {
      leaf.withdrawTable();
      const indented = line.indent >= 4;
      skipColumns(line, line.indent);
      leaf.beginLine(!indented, !indented && !content.lazy && startsWithBar(line));
    } else if (leaf.type === 'table') {
      skipColumns(line, line.indent);
      leaf.beginLine();
    } else if (leaf.type !== 'heading') leaf.beginLine();
    leaf.text(rest(line));
  };

  /** The line says that the paragraph was something else. Returns whether it did. */
  const convert = (content: Content, paragraph: Paragraph): boolean => {
    if (content.type === 'delimiters') {
      leaf = paragraph.toTable(content.align);
      return true;
    }
    paragraph.withdrawTable();
    if (content.type !== 'underline') return false;
    paragraph.toHeading(content.depth).close();
    leaf = undefined;
    return true;
  };

  const begin = ({ depth, opens, content }: Plan, line: Line): void => {
    target = undefined;
    if (content.type === 'more' || content.type === 'end') {
      settleBlank(depth);
      proceed(content, line);
    } else if (content.type === 'gap') {
      settleBlank(depth);
      if (leaf?.type === 'html') leaf.skipLine(rest(line));
    } else if (leaf?.type === 'paragraph' && convert(content, leaf)) settleBlank(depth);
    else if (content.type === 'blank' && opens.length === 0) beginBlank(depth, line);
    else {
      closeTo(depth);
      closeLeaf();
      openAll(opens);
      if (content.type !== 'blank') beginLeaf(content, line);
      settleBlank(containers.length);
    }
  };

  return {
    get open() {
      return { containers, leaf, math: context.syntax.math === true };
    },
    begin,
    text: (piece) => target?.text(piece),
    endLine() {
      if (target && 'endLine' in target) target.endLine();
      if (target?.type === 'heading' || (target && 'ended' in target && target.ended())) closeLeaf();
      target = undefined;
    },
    end() {
      if (leaf?.type === 'paragraph') leaf.withdrawTable();
      closeTo(1);
      closeLeaf();
    },
    flush() {
      if (leaf && 'flush' in leaf) leaf.flush();
    },
  };
}

/** With its first line begun, and the line moved to its text. */
function createLeaf(context: Context, parent: Container, first: boolean, content: Content, line: Line): Leaf | undefined {
  switch (content.type) {
    case 'paragraph': {
      const paragraph = createParagraph(context, parent, first);
      skipColumns(line, line.indent);
      paragraph.beginLine(true, startsWithBar(line));
      return paragraph;
    }
    case 'heading':
      return createHeading(context, parent.key, content.depth);
    case 'code': {
      const code = createCode(context, parent.key, content.fence);
      if (!content.fence) code.beginLine();
      return code;
    }
    case 'html': {
      const html = createHtml(context, parent.key, content.kind);
      html.beginLine();
      return html;
    }
    case 'math': {
      const { dollars, indent, from } = content.start;
      skipTo(line, from);
      return createMath(context, parent.key, { dollars, indent });
    }
    default:
      return undefined;
  }
}

function startsWithBar(line: Line): boolean {
  return line.text.charCodeAt(line.ink) === 124;
}

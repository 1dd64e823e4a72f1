import type { Tree } from './tree.ts';

/** Of the reference implementation (https://github.com/commonmark/commonmark.js), which comes without types. */
interface Node {
  readonly type: string;
  readonly firstChild: Node | null;
  readonly next: Node | null;
  readonly literal: string | null;
  readonly level: number;
  readonly info: string | null;
  readonly listType: 'bullet' | 'ordered';
  readonly listTight: boolean;
  readonly listStart: number | null;
}

// @ts-expect-error: no declarations
const { Parser } = (await import('commonmark')) as { Parser: new () => { parse(text: string): Node } };

/** The blocks that the reference sees in CommonMark, without inlines. */
export function referenceBlocks(text: string): Tree[] {
  return childrenOf(new Parser().parse(text)).map(blockOf);
}

/** Likewise, of a tree of the oracle or the parser: what the reference does not tell is left out. */
export function blocksOnly(trees: readonly Tree[]): Tree[] {
  return trees.map(({ children, type, depth, text, ordered, start, spread }) => ({
    type,
    ...(type === 'heading' ? { depth } : {}),
    ...(type === 'list' ? { ordered, start, spread } : {}),
    ...(type === 'code' || type === 'html' ? { text } : {}),
    children: inline.has(type) ? [] : blocksOnly((children ?? []) as Tree[]),
  }));
}

const inline = new Set(['paragraph', 'heading']);

function blockOf(node: Node): Tree {
  const children = inline.has(node.type) ? [] : childrenOf(node).map(blockOf);
  switch (node.type) {
    case 'heading':
      return { type: 'heading', depth: node.level, children };
    case 'thematic_break':
      return { type: 'thematicBreak', children };
    case 'block_quote':
      return { type: 'blockquote', children };
    case 'list':
      return { type: 'list', ordered: node.listType === 'ordered', start: node.listStart ?? 1, spread: !node.listTight, children };
    case 'item':
      return { type: 'listItem', children };
    case 'code_block':
      return { type: 'code', text: (node.literal ?? '').replace(/\n$/, ''), children };
    case 'html_block':
      return { type: 'html', text: (node.literal ?? '').replace(/\n$/, ''), children };
    default:
      return { type: node.type, children };
  }
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child; child = child.next) children.push(child);
  return children;
}

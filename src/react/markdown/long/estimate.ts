import { textLength } from '../inline.ts';
import type { BlockNode, GroupNode, InlineNode } from '../nodes.ts';

// A line and what is between two blocks, px, and a line's length in characters: of the built-in styles, about.
const line = 24;
const gap = 12;
const charactersPerPx = 1 / 7.5;

/** How high a group will be that has never been in the document, px. */
export function estimateHeight(group: GroupNode, width: number): number {
  const perLine = Math.max(10, width * charactersPerPx);
  let height = 0;
  for (const node of group.children) height += blockHeight(node, perLine);
  return Math.max(line, Math.round(height));
}

function blockHeight(node: BlockNode, perLine: number): number {
  if (node.kind === 'inline') return gap + line * linesOf(lengthOf(node), perLine);
  if (node.kind === 'literal') return 3 * gap + line * (1 + node.text.toString().split('\n').length);
  // Cells stand side by side.
  if (node.block.type === 'tableRow') return gap + line;
  let height = node.header === undefined ? 0 : 2 * gap + line;
  for (const group of node.groups) for (const child of group.children) height += blockHeight(child, perLine);
  return Math.max(line, height);
}

function lengthOf({ boxes, tail }: InlineNode): number {
  let length = tail.length;
  for (const box of boxes) for (const segment of box) length += textLength(segment);
  return length;
}

function linesOf(length: number, perLine: number): number {
  return Math.max(1, Math.ceil(length / perLine));
}

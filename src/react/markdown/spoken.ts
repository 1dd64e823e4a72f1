import { plainText } from './inline.ts';
import type { BlockNode, GroupNode } from './nodes.ts';

/** Longer than this is not read out unasked. UTF-16 code units. */
const maxLength = 500;

/** Blocks as they are read out: words, without markup. */
export function spokenText(blocks: readonly BlockNode[]): string {
  const words = blocks.map(wordsOf).filter(Boolean).join(' ');
  return words.length <= maxLength ? words : `${words.slice(0, maxLength).replace(/\s\S*$/, '')} …`;
}

function wordsOf(node: BlockNode): string {
  if (node.kind === 'inline') return plainText([...node.boxes.flat(2), { type: 'text', text: node.tail }]);
  if (node.kind === 'literal') return node.block.type === 'code' ? 'A block of code.' : '';
  if (node.block.type === 'table') return 'A table.';
  return node.groups.flatMap((group: GroupNode) => group.children.map(wordsOf)).join(' ');
}

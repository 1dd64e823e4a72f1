import { plainText } from '../inline.ts';
import type { BlockNode, GroupNode, RootNode } from '../nodes.ts';

/** What the groups `from` up to `to` say: what selecting and copying them would give, about. */
export function groupsText({ groups }: RootNode, from: number, to: number): string {
  return groups.slice(from, to).map(textOf).join('\n\n');
}

function textOf(group: GroupNode): string {
  // A thematic break says nothing.
  const texts = group.children.map(blockText).filter((text) => text !== '');
  return texts.join('\n\n');
}

function blockText(node: BlockNode): string {
  if (node.kind === 'inline') return plainText([...node.boxes.flat(2), { type: 'text', text: node.tail }], '$');
  if (node.kind === 'literal') return node.block.type === 'math' ? `$$\n${node.text}\n$$` : node.text.toString();
  const children = node.groups.flatMap((group) => group.children.map(blockText));
  if (node.block.type === 'tableRow') return children.join('\t');
  if (node.header !== undefined) children.unshift(blockText(node.header));
  return children.join('\n');
}

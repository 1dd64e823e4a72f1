import type { Inline } from '../../src/markdown/index.ts';
import type { Folded } from './fold.ts';

/** A document as plain data, of the parser or of the oracle, to be compared. */
export interface Tree {
  readonly type: string;
  readonly [property: string]: unknown;
}

export function treeOf({ block, children, segments, text }: Folded): Tree {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
    case 'tableCell':
      return { ...block, children: inlineTree(segments.flat()) };
    case 'code':
    case 'html':
    case 'math':
      return { ...block, text };
    case 'thematicBreak':
      return { ...block };
    case 'listItem':
      return { ...block, checked: block.checked, children: children.map(treeOf) };
    case 'footnoteDefinition':
      return { ...block, label: block.label.toLowerCase(), children: children.map(treeOf) };
    default:
      return { ...block, children: children.map(treeOf) };
  }
}

/** Adjacent text is one: how it was cut into nodes says nothing. */
export function inlineTree(nodes: readonly Inline[]): Tree[] {
  const merged: Tree[] = [];
  for (const node of nodes) {
    const last = merged.at(-1);
    if (node.type === 'text' && last?.type === 'text') merged[merged.length - 1] = { type: 'text', text: `${last['text']}${node.text}` };
    else if (node.type === 'footnoteReference') merged.push({ ...node, label: node.label.toLowerCase() });
    else if (node.type === 'text' && node.text === '') continue;
    else merged.push('children' in node ? { ...node, children: inlineTree(node.children) } : { ...node });
  }
  return merged;
}

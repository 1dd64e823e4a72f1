import type { ElementType } from 'react';
import { columnShare } from './columns.ts';
import { directionOf } from './direction.ts';
import { below } from './model.ts';
import type { InlineNode } from './nodes.ts';
import type { ResolvedMarkdown } from './options.ts';

export interface LeafElement {
  readonly tag: ElementType;
  readonly attributes: object;
}

/** The element of a leaf. `isTop`: of the answer itself, not of another block; these have a direction of their own. */
export function leafElement(node: InlineNode, options: ResolvedMarkdown, isTop: boolean): LeafElement {
  const { block } = node;
  const direction = isTop ? { dir: directionOf(node) } : {};
  if (block.type === 'heading') {
    const level = Math.min(below(node.outline, block.depth).length + options.headingOffset, 9);
    const own = options.tag(`h${block.depth}`);
    const attributes = { ...direction, 'data-depth': block.depth, ...(level > 6 && { 'aria-level': level }) };
    return { tag: own === `h${block.depth}` ? headingTag(level) : own, attributes };
  }
  if (block.type === 'tableCell') {
    const { isHeader, style } = cellOf(node);
    const attributes = { scope: isHeader ? 'col' : undefined, style };
    return { tag: options.tag(isHeader ? 'th' : 'td'), attributes };
  }
  return { tag: options.tag('p'), attributes: direction };
}

function headingTag(level: number): ElementType {
  return (['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const)[level - 1] ?? 'h6';
}

function cellOf(node: InlineNode): { readonly isHeader?: boolean; readonly style?: object } {
  const row = node.parent;
  if (row.kind !== 'container' || row.parent.kind !== 'container') return {};
  const { block } = row.parent;
  const textAlign = block.type === 'table' ? block.align[node.index] : undefined;
  const width = row.leads ? `var(${columnShare(node.index)})` : undefined;
  return { isHeader: row.block.type === 'tableRow' && row.block.header, style: { textAlign, width } };
}

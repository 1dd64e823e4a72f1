import { isSelected } from '../../selected.ts';

/** The groups, by index, that hold the focus or an end of the selection: taken away, they would take it along. */
export function pinnedGroups(list: HTMLElement | null): ReadonlySet<number> {
  const pinned = new Set<number>();
  if (list === null) return pinned;
  const { activeElement } = list.ownerDocument;
  const selection = isSelected() ? list.ownerDocument.getSelection() : null;
  for (const node of [activeElement, selection?.anchorNode, selection?.focusNode]) {
    if (!node || !list.contains(node)) continue;
    let child: Node | null = node;
    while (child !== null && child.parentNode !== list) child = child.parentNode;
    const index = child instanceof Element ? child.getAttribute('data-index') : null;
    if (index !== null) pinned.add(Number(index));
  }
  return pinned;
}

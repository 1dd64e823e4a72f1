/** A selection by place in an element's text: for when the nodes it lies in are replaced by others. */
export type SavedSelection = readonly [anchor: Place, focus: Place];

interface Place {
  readonly node: Node;
  readonly offset: number;
  /** Characters of the element in front of it; `undefined` outside of the element. */
  readonly before: number | undefined;
}

/**
 * Whether something is selected, at this moment: `selectionchange` comes a task late, when what was selected may have been replaced.
 * Asked of the two ends, since `isCollapsed` would lay out what has just been written.
 */
export function isRange(selection: Selection | null): selection is Selection {
  if (selection === null) return false;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  return anchorNode !== focusNode || anchorOffset !== focusOffset;
}

/** What is selected, where an end of it lies in the element. */
export function saveSelection(element: Element): SavedSelection | undefined {
  const selection = element.ownerDocument.getSelection();
  if (!isRange(selection) || selection.anchorNode === null || selection.focusNode === null) return undefined;
  const anchor = place(element, selection.anchorNode, selection.anchorOffset);
  const focus = place(element, selection.focusNode, selection.focusOffset);
  return anchor.before === undefined && focus.before === undefined ? undefined : [anchor, focus];
}

/** Selects the same once more, if it is no longer selected. */
export function restoreSelection(element: Element, [anchor, focus]: SavedSelection): void {
  const selection = element.ownerDocument.getSelection();
  if (selection === null) return;
  const from = find(element, anchor);
  const to = find(element, focus);
  if (from === undefined || to === undefined) return;
  const same =
    selection.anchorNode === from.node &&
    selection.anchorOffset === from.offset &&
    selection.focusNode === to.node &&
    selection.focusOffset === to.offset;
  if (!same) selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
}

function place(element: Element, node: Node, offset: number): Place {
  if (!element.contains(node)) return { node, offset, before: undefined };
  const range = element.ownerDocument.createRange();
  range.setStart(element, 0);
  range.setEnd(node, offset);
  return { node, offset, before: range.toString().length };
}

function find(element: Element, { node, offset, before }: Place): { readonly node: Node; readonly offset: number } | undefined {
  if (node.isConnected && (before === undefined || (node instanceof Text && offset <= node.length))) return { node, offset };
  if (before === undefined) return undefined;
  const texts = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = before;
  let last: Text | undefined;
  while (texts.nextNode()) {
    last = texts.currentNode as Text;
    if (left <= last.length) return { node: last, offset: left };
    left -= last.length;
  }
  return last && { node: last, offset: last.length };
}

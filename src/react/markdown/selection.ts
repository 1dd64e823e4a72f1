import { isSelected } from '../selected.ts';
import { moved } from './moved.ts';

// What is selected, by place in an element's text: for when the nodes it lies in are replaced by others.
export interface SavedSelection {
  readonly text: string;
  // Of its ends, in code units of the text; `undefined` outside of the element.
  readonly anchor: number | undefined;
  readonly focus: number | undefined;
  readonly isBackward: boolean;
}

// Whether something is selected, at this moment. Asked of the two ends, since `isCollapsed` would lay out what has just been written.
export function isRange(selection: Selection | null): selection is Selection & { readonly anchorNode: Node; readonly focusNode: Node } {
  if (!isSelected() || !selection?.anchorNode || !selection.focusNode) return false;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  return anchorNode !== focusNode || anchorOffset !== focusOffset;
}

// What is selected, where an end of it lies in the element.
export function saveSelection(element: Element): SavedSelection | null {
  const selection = element.ownerDocument.getSelection();
  if (!isRange(selection)) return null;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const anchor = offsetOf(element, anchorNode, anchorOffset);
  const focus = offsetOf(element, focusNode, focusOffset);
  if (anchor === undefined && focus === undefined) return null;
  // Empty if the second end is in front of the first.
  const isBackward = rangeOf(anchorNode, anchorOffset, focusNode, focusOffset).collapsed;
  return { text: element.textContent, anchor, focus, isBackward };
}

// Selects the same letters once more, if they are no longer selected. An end outside of the element stays where it is.
export function restoreSelection(element: Element, { text, anchor, focus, isBackward }: SavedSelection, isElsewhere = false): void {
  const selection = element.ownerDocument.getSelection();
  if (!selection?.anchorNode || !selection.focusNode) return;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const now = element.textContent;
  const anchorNow = anchor === undefined ? anchor : moved(text, now, anchor, isBackward);
  const focusNow = focus === undefined ? focus : moved(text, now, focus, !isBackward);
  if (isElsewhere && wordsOf(text, anchor, focus, isBackward) !== wordsOf(now, anchorNow, focusNow, isBackward)) return;
  const from = find(element, anchorNode, anchorOffset, anchorNow);
  const to = find(element, focusNode, focusOffset, focusNow);
  const isSame = from[0] === anchorNode && from[1] === anchorOffset && to[0] === focusNode && to[1] === focusOffset;
  if (!isSame) selection.setBaseAndExtent(...from, ...to);
}

// What is selected in an element that is about to go, until what comes in its place is there, too.
let left: SavedSelection | null = null;

export function leaveSelection(element: Element): void {
  left = saveSelection(element) ?? left;
  if (left !== null) queueMicrotask(() => (left = null));
}

// In an element that comes, if it has those letters.
export function takeSelection(element: Element): void {
  if (left !== null) restoreSelection(element, left, true);
}

function wordsOf(text: string, anchor: number | undefined, focus: number | undefined, isBackward: boolean): string {
  return isBackward ? text.slice(focus, anchor) : text.slice(anchor, focus);
}

function rangeOf(from: Node, fromOffset: number, to: Node, toOffset: number): Range {
  const range = document.createRange();
  range.setStart(from, fromOffset);
  range.setEnd(to, toOffset);
  return range;
}

function offsetOf(element: Element, node: Node, offset: number): number | undefined {
  return element.contains(node) ? rangeOf(element, 0, node, offset).toString().length : undefined;
}

// The place, or the one it is at already, by another name.
function find(element: Element, node: Node, offset: number, place: number | undefined): readonly [node: Node, offset: number] {
  if (place === undefined || offsetOf(element, node, offset) === place) return [node, offset];
  const texts = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = place;
  let last: Text | undefined;
  while (texts.nextNode()) {
    last = texts.currentNode as Text;
    if (left <= last.length) return [last, left];
    left -= last.length;
  }
  return last ? [last, last.length] : [node, offset];
}

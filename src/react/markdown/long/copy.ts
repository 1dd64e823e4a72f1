import type { RootNode } from '../nodes.ts';
import { groupsText } from './text.ts';

/**
 * The selected text, where parts of it are not in the document: what is there as it is selected, what is not as the model
 * says it. `undefined` where everything selected is in the document, and copying is the browser's matter.
 */
export function selectedText(list: HTMLElement, root: RootNode): string | undefined {
  const selection = list.ownerDocument.getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  const selected = [...list.children].filter((child) => range.intersectsNode(child));
  if (!selected.some(isGap)) return undefined;
  return selected
    .map((child) => {
      const [from, to] = extent(child);
      if (isGap(child) || isWithin(range, child)) return groupsText(root, from, to);
      return partOf(range, child);
    })
    .filter((text) => text !== '')
    .join('\n\n');
}

function isGap(child: Element): boolean {
  return child.classList.contains('sluice-gap');
}

// The groups that a child of the list is, or stands for.
function extent(child: Element): readonly [from: number, to: number] {
  const from = Number(child.getAttribute('data-index') ?? child.getAttribute('data-from'));
  return [from, from + Number(child.getAttribute('data-count') ?? 1)];
}

function isWithin(range: Range, child: Element): boolean {
  const whole = child.ownerDocument.createRange();
  whole.selectNodeContents(child);
  return range.compareBoundaryPoints(Range.START_TO_START, whole) <= 0 && range.compareBoundaryPoints(Range.END_TO_END, whole) >= 0;
}

function partOf(range: Range, child: Element): string {
  const part = child.ownerDocument.createRange();
  part.selectNodeContents(child);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return [...child.children]
    .filter((block) => part.intersectsNode(block))
    .map((block) => {
      const own = child.ownerDocument.createRange();
      own.selectNodeContents(block);
      if (part.compareBoundaryPoints(Range.START_TO_START, own) > 0) own.setStart(part.startContainer, part.startOffset);
      if (part.compareBoundaryPoints(Range.END_TO_END, own) < 0) own.setEnd(part.endContainer, part.endOffset);
      return own.toString();
    })
    .join('\n\n');
}

import type { LineBoxes } from '../panel/lines.ts';

/**
 * Takes away what is behind `length` of the boxes in `element`. O(what is taken away). The line that is then the last is open
 * again, as it looks.
 */
export function truncate(element: HTMLElement, boxes: LineBoxes, length: number): void {
  if (length >= boxes.length) return;
  if (length === 0) {
    boxes.clear();
    return;
  }
  let excess = boxes.length - length;
  while (excess > 0) {
    const last = lastText(element);
    if (last === undefined) break;
    const taken = Math.min(last.length, excess);
    excess -= taken;
    if (taken < last.length) last.deleteData(last.length - taken, taken);
    else removeUp(last, element);
  }
  const open = lastText(element);
  const box = open?.parentElement?.closest<HTMLElement>('.sluice-line') ?? undefined;
  const group = box?.parentElement ?? undefined;
  const before = box && lineBefore(box, element);
  // All that was taken away began with a whole line.
  const isEnded = open?.data.endsWith('\n') === true;
  const isContinued = !isEnded && before?.textContent?.endsWith('\n') === false;
  boxes.resume({ length, open, box, boxLength: box?.textContent?.length ?? 0, isContinued, group }, isEnded);
}

function lastText(element: HTMLElement): Text | undefined {
  let node: Node | null = element;
  while (node !== null && !(node instanceof Text)) node = node.lastChild;
  return node ?? undefined;
}

/** The line in front of a line, in whatever group and part. */
function lineBefore(line: HTMLElement, element: HTMLElement): Element | undefined {
  let box: Element | null = line;
  while (box !== null && box !== element && box.previousElementSibling === null) box = box.parentElement;
  if (box === null || box === element) return undefined;
  for (box = box.previousElementSibling; box !== null && !box.classList.contains('sluice-line'); ) box = box.lastElementChild;
  return box ?? undefined;
}

/** Removes a node, and whatever of `element` is empty without it. */
function removeUp(node: ChildNode, element: HTMLElement): void {
  const parent = node.parentElement;
  node.remove();
  if (parent !== null && parent !== element && parent.firstChild === null) removeUp(parent, element);
}

import { isRange } from '../selection.ts';
import type { TokenLine } from './highlighter.ts';
import { classOf } from './styles.ts';

/** Colours one plain line in place: the same text, in spans where it has a style. */
export function colourLine(box: HTMLElement, tokens: TokenLine): void {
  const text = box.textContent ?? '';
  const parts: (Node | string)[] = [];
  let at = 0;
  let plain = 0;
  for (const { length, style } of tokens) {
    const end = at + length;
    if (end > text.length) break;
    if (style !== undefined && length > 0) {
      if (plain < at) parts.push(text.slice(plain, at));
      const span = document.createElement('span');
      span.className = classOf(style, document);
      span.textContent = text.slice(at, end);
      parts.push(span);
      plain = end;
    }
    at = end;
  }
  if (parts.length === 0) return;
  if (plain < text.length) parts.push(text.slice(plain));
  box.replaceChildren(...parts);
}

/** Changes lines of `element`, their text staying what it is, without moving the reader's selection. */
export function keepSelection(element: HTMLElement, change: () => void): void {
  const selection = document.getSelection();
  if (!isRange(selection)) {
    change();
    return;
  }
  const anchor = placeOf(element, selection.anchorNode, selection.anchorOffset);
  const focus = placeOf(element, selection.focusNode, selection.focusOffset);
  change();
  if (anchor === undefined || focus === undefined) return;
  if (isThere(anchor) && isThere(focus)) return;
  const [anchorNode, anchorOffset] = pointOf(anchor);
  const [focusNode, focusOffset] = pointOf(focus);
  selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}

interface Place {
  readonly node: Node;
  readonly offset: number;
  /** The line it is in and the UTF-16 code units in front of it there; absent outside of the lines. */
  readonly line?: { readonly box: HTMLElement; readonly before: number };
}

function placeOf(element: HTMLElement, node: Node | null | undefined, offset = 0): Place | undefined {
  if (node === null || node === undefined) return undefined;
  const box = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('.sluice-line');
  if (box === null || box === undefined || !element.contains(box)) return { node, offset };
  const range = document.createRange();
  range.setStart(box, 0);
  range.setEnd(node, offset);
  return { node, offset, line: { box, before: range.toString().length } };
}

/** A node that was replaced is no longer in its line; a line that was selected as an element has other children now. */
function isThere({ node, line }: Place): boolean {
  return line === undefined || (node !== line.box && line.box.contains(node));
}

function pointOf({ node, offset, line }: Place): [Node, number] {
  if (line === undefined) return [node, offset];
  const texts = document.createTreeWalker(line.box, NodeFilter.SHOW_TEXT);
  let rest = line.before;
  while (texts.nextNode()) {
    const text = texts.currentNode as Text;
    if (rest <= text.length) return [text, rest];
    rest -= text.length;
  }
  return [line.box, line.box.childNodes.length];
}

import type { Inline, Segment } from '../../markdown/index.ts';
import { footnoteLabel } from './nodes.ts';

// A leaf's segments in boxes of some kilobytes: immutable, and what has not changed is the same object. Never empty.
export type Boxes = readonly (readonly Segment[])[];

export const noBoxes: Boxes = [[]];

// A box with more text than this is full: the next segment begins another, so that growing it stays cheap to lay out. UTF-16 code units.
const fullBoxLength = 4096;
// A text longer than this, which the parser has not cut yet, goes on in a box of its own. As long as three that it has. UTF-16 code units.
const longText = 6144;

// The boxes with `segments` in place of all segments from index `from` on. O(boxes + what is new + the last box).
export function replaceFrom(boxes: Boxes, from: number, segments: readonly Segment[]): Boxes {
  const kept: (readonly Segment[])[] = [];
  let count = 0;
  for (const box of boxes) {
    const first = isContinued(box) ? count - 1 : count;
    if (first >= from) break;
    kept.push(first + box.length <= from ? box : box.slice(0, from - first));
    count = first + box.length;
  }
  let last = [...(kept.pop() ?? [])];
  let length = last.reduce((sum, segment) => sum + textLength(segment), 0);
  for (const segment of segments) {
    if (length > fullBoxLength) {
      kept.push(last);
      last = [];
      length = 0;
    }
    last.push(segment);
    length += textLength(segment);
  }
  return cutEnd([...kept, last]);
}

// Whether the last text is too long for its box with so many code units more.
export function isLongWith(boxes: Boxes, more: number): boolean {
  const last = boxes.at(-1)?.at(-1)?.at(-1);
  return last?.type === 'text' && last.text.length + more > longText;
}

// The boxes with `tail` at the end of the last text. O(boxes + the last box + depth).
export function withTail(boxes: Boxes, tail: string): Boxes {
  if (tail === '') return boxes;
  const last = boxes.at(-1) ?? [];
  return [...boxes.slice(0, -1), [...last.slice(0, -1), grown(last.at(-1) ?? [], tail)]];
}

// Number of segments.
export function countOf(boxes: Boxes): number {
  return boxes.reduce((sum, box) => sum + (isContinued(box) ? box.length - 1 : box.length), 0);
}

// The text that the segment ends with; `undefined` where it ends with something else.
export function lastText(segment: Segment): string | undefined {
  const last = segment.at(-1);
  return last && 'children' in last ? lastText(last.children) : last && 'text' in last ? last.text : undefined;
}

// What the inlines say, without markup; with `dollars` formulas stand between them.
export function plainText(inlines: readonly Inline[], dollars = ''): string {
  return inlines.map((inline) => wordsOf(inline, dollars)).join('');
}

// The footnotes they refer to, by label.
export function* referred(inlines: readonly Inline[]): Iterable<string> {
  for (const inline of inlines) {
    if (inline.type === 'footnoteReference') yield footnoteLabel(inline.label);
    else if ('children' in inline) yield* referred(inline.children);
  }
}

// Whether there is math in the segment at the end, which is not final before its leaf is.
export function hasMath(boxes: Boxes): boolean {
  const isMath = (inline: Inline): boolean => inline.type === 'inlineMath' || ('children' in inline && inline.children.some(isMath));
  return boxes.at(-1)?.at(-1)?.some(isMath) ?? false;
}

function wordsOf(inline: Inline, dollars: string): string {
  if (inline.type === 'inlineMath') return dollars + inline.text + dollars;
  if ('text' in inline) return inline.text;
  if ('children' in inline) return plainText(inline.children, dollars);
  if (inline.type === 'image') return inline.alt;
  return inline.type === 'break' ? '\n' : '';
}

// UTF-16 code units of their texts.
export function textLength(inlines: readonly Inline[]): number {
  let length = 0;
  for (const inline of inlines) {
    if ('text' in inline) length += inline.text.length;
    else if ('children' in inline) length += textLength(inline.children);
  }
  return length;
}

function grown(inlines: readonly Inline[], tail: string): readonly Inline[] {
  const last = inlines.at(-1);
  const rest = inlines.slice(0, -1);
  if (last !== undefined && 'text' in last) return [...rest, { ...last, text: last.text + tail }];
  if (last !== undefined && 'children' in last) return [...rest, { ...last, children: grown(last.children, tail) }];
  return [...inlines, { type: 'text', text: tail }];
}

// Whether it begins with more of the segment in front of it.
export function isContinued([segment]: Boxes[number]): boolean {
  return 'isContinued' in (segment?.[0] ?? {});
}

// What begins alike is cut alike.
function cutEnd(boxes: Boxes): Boxes {
  const box = boxes.at(-1) ?? [];
  const segment = box.at(-1) ?? [];
  const last = segment.at(-1);
  if (last?.type !== 'text' || !isLongWith(boxes, 0)) return boxes;
  const end = boxEnd(last.text);
  const begun = [...segment.slice(0, -1), { ...last, text: last.text.slice(0, end) }];
  const rest = { ...last, text: last.text.slice(end), isContinued: true };
  return cutEnd([...boxes.slice(0, -1), [...box.slice(0, -1), begun], [[rest]]]);
}

// At a space nearby, else between two characters.
function boxEnd(text: string): number {
  let end = text.lastIndexOf(' ', longText);
  if (end > longText - 128) return end;
  end = longText;
  while (end > longText - 32 && /^(\p{M}|\p{EMod}|\u200c|\u200d|[\udc00-\udfff])/u.test(text.slice(end, end + 2))) end -= 1;
  return end;
}

/**
 * Lines in a group that the browser may skip while it is off-screen. It watches each: groups of 25, let alone single lines, cost
 * more style passes and intersections than they save (measured with 32 streams × 1,000 tokens/s: a fifth of the page's thread).
 */
const groupLines = 200;
/** Groups of a text beyond its first are in parts of as many: what is far from the sight costs by the part, not by the group. */
const partGroups = 8;
/** A line longer than this continues in a box of its own at the next space, so that growing it stays cheap to lay out… */
const softBoxLength = 2048;
/** …or, where no space comes, between two characters. UTF-16 code units. */
const hardBoxLength = 4096;

export interface LineBoxesOptions {
  /** Of groups and lines: `span` where a block is not allowed. @default 'div' */
  readonly tag?: 'div' | 'span';
  /** A newline has ended a line; without a box where the line is continued in several. */
  readonly onLine?: (box: HTMLElement | undefined) => void;
}

/**
 * A text that grows at its end, in boxes: lines in groups, and beyond the first groups these in parts. The open line is one text
 * node that grows; a finished line, its newline included, is sealed and not touched again, unless it is withdrawn. The element's
 * `textContent` is exactly the text.
 */
export interface LineBoxes {
  /** UTF-16 code units shown. */
  readonly length: number;
  /** The open line, where it has one box. `undefined` after a newline. */
  readonly open: HTMLElement | undefined;
  /** O(text). */
  append(text: string): void;
  /** Goes on from where somebody else has brought the element to; `isEnded`: the newline of the open line is there. */
  resume(state: LineState, isEnded: boolean): void;
  clear(): void;
}

/** Where the boxes of an element end. */
export interface LineState {
  /** UTF-16 code units shown. */
  readonly length: number;
  /** Text of the open line. */
  readonly open: Text | undefined;
  readonly box: HTMLElement | undefined;
  /** UTF-16 code units of that box. */
  readonly boxLength: number;
  /** The line has boxes before that one. */
  readonly isContinued: boolean;
  readonly group: HTMLElement | undefined;
}

export function createLineBoxes(element: HTMLElement, { tag = 'div', onLine }: LineBoxesOptions = {}): LineBoxes {
  let length = 0;
  let open: Text | undefined;
  /** UTF-16 code units of the open box. */
  let boxLength = 0;
  let box: HTMLElement | undefined;
  let isContinued = false;
  /** Where the next group goes: the element itself at first. */
  let part: Element = element;
  let group: HTMLElement | undefined;

  const make = (className: string): HTMLElement => Object.assign(document.createElement(tag), { className });

  const seal = (): void => {
    open = undefined;
    boxLength = 0;
    if (group?.childElementCount === groupLines) group = undefined;
  };

  const write = (piece: string): void => {
    length += piece.length;
    boxLength += piece.length;
    if (open) {
      open.appendData(piece);
      return;
    }
    if (!group) {
      if (part.childElementCount >= partGroups) {
        part = element.appendChild(make('sluice-lines-part'));
      }
      group = part.appendChild(make('sluice-lines'));
    }
    // Of code, nothing shows where it ends.
    if (box && !onLine) box.className = 'sluice-line';
    box = make(onLine ? 'sluice-line' : 'sluice-line sluice-at-end');
    open = document.createTextNode(piece);
    box.append(open);
    group.append(box);
  };

  const clear = (): void => {
    element.replaceChildren();
    length = boxLength = 0;
    open = box = group = undefined;
    part = element;
    isContinued = false;
  };

  return {
    get length() {
      return length;
    },
    get open() {
      return open && !isContinued ? box : undefined;
    },
    append(text) {
      let start = 0;
      let newline = text.indexOf('\n');
      while (start < text.length) {
        const lineEnd = newline + 1 || text.length;
        const stop = boxEnd(text, start, lineEnd, boxLength);
        write(text.slice(start, stop));
        const isEnded = newline >= 0 && stop === lineEnd;
        if (isEnded) onLine?.(isContinued ? undefined : box);
        if (isEnded || stop < lineEnd) seal();
        isContinued = !isEnded && (isContinued || stop < lineEnd);
        start = stop;
        if (isEnded) newline = text.indexOf('\n', start);
      }
    },
    resume(state, isEnded) {
      ({ length, open, box, boxLength, isContinued, group } = state);
      part = group?.parentElement ?? element;
      if (isEnded) seal();
    },
    clear,
  };
}

/** Where the open box, which has `length` already, ends within `added[start…lineEnd]`: at the end unless it grows too long. */
function boxEnd(added: string, start: number, lineEnd: number, length: number): number {
  if (length + lineEnd - start <= softBoxLength) return lineEnd;
  const from = start + Math.max(0, softBoxLength - length);
  const hard = start + Math.max(1, hardBoxLength - length);
  // Not beyond: a line of a megabyte would be searched to its end for each of its boxes.
  const space = added.slice(from, Math.min(hard, lineEnd)).indexOf(' ');
  if (space >= 0) return from + space + 1;
  if (hard >= lineEnd) return lineEnd;
  return characterBoundary(added, hard, lineEnd);
}

const continuing: RegExp = /\p{M}|\p{EMod}|\u200c|\u200d|[\udc00-\udfff]/u;

/** The first place at or after `at` that is neither inside a surrogate pair nor in front of a combining mark or joiner. */
function characterBoundary(text: string, at: number, end: number): number {
  let index = at;
  // Inside of a pair the code point is the low surrogate.
  while (index < end && index < at + 32 && continuing.test(String.fromCodePoint(text.codePointAt(index) ?? 0))) index += 1;
  return index;
}

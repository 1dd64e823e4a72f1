import type { BodyRenderer } from './body.ts';

/** Lines in a box that the browser may skip while it is off-screen. Measured: skipping single lines costs more than it saves. */
const groupLines = 25;
/** A line longer than this continues in a box of its own at the next space, so that growing it stays cheap to lay out… */
const softBoxLength = 2048;
/** …or, where no space comes, between two characters. UTF-16 code units. */
const hardBoxLength = 4096;

/**
 * Plain text. The open line is one text node that grows; a finished line, its newline included, is a box that is never
 * touched again. The element's `textContent` is exactly the text shown so far.
 */
export function createPlainBody(element: HTMLElement): BodyRenderer {
  let shown = 0;
  let open: Text | undefined;
  let group: HTMLElement | undefined;
  let lines = 0;

  const seal = (): void => {
    open = undefined;
    lines += 1;
    if (lines < groupLines) return;
    group?.setAttribute('data-sealed', '');
    group = undefined;
    lines = 0;
  };

  const append = (piece: string): void => {
    if (open !== undefined) {
      open.appendData(piece);
      return;
    }
    if (group === undefined) {
      group = document.createElement('div');
      group.className = 'sluice-lines';
      element.append(group);
    }
    const line = document.createElement('div');
    line.className = 'sluice-line';
    open = document.createTextNode(piece);
    line.append(open);
    group.append(line);
  };

  return {
    show(text, limit = text.length) {
      const end = Math.min(limit, text.length);
      if (end <= shown) return text.length <= shown;
      const added = text.from(shown).slice(0, end - shown);
      shown = end;
      let start = 0;
      while (start < added.length) {
        const newline = added.indexOf('\n', start);
        const lineEnd = newline === -1 ? added.length : newline + 1;
        const stop = boxEnd(added, start, lineEnd, open?.length ?? 0);
        append(added.slice(start, stop));
        if (stop < lineEnd || newline !== -1) seal();
        start = stop;
      }
      return shown === text.length;
    },
    clear() {
      element.replaceChildren();
      shown = 0;
      lines = 0;
      open = undefined;
      group = undefined;
    },
  };
}

/** Where the open box, which has `length` already, ends within `added[start…lineEnd]`: at the end unless it grows too long. */
function boxEnd(added: string, start: number, lineEnd: number, length: number): number {
  if (length + lineEnd - start <= softBoxLength) return lineEnd;
  const soft = added.indexOf(' ', start + Math.max(0, softBoxLength - length)) + 1;
  const hard = start + Math.max(1, hardBoxLength - length);
  if (soft > 0 && soft <= Math.min(hard, lineEnd)) return soft;
  if (hard >= lineEnd) return lineEnd;
  return characterBoundary(added, hard, lineEnd);
}

const continuing: RegExp = /\p{M}|\u200c|\u200d|[\u{1f3fb}-\u{1f3ff}]|[\udc00-\udfff]/u;

/** The first place at or after `at` that is neither inside a surrogate pair nor in front of a combining mark or joiner. */
function characterBoundary(text: string, at: number, end: number): number {
  let index = at;
  while (index < end && index < at + 32 && continuing.test(charAt(text, index))) index += 1;
  return index;
}

/** The character at `index`; a low surrogate, where `index` is inside a pair. */
function charAt(text: string, index: number): string {
  return String.fromCodePoint(text.codePointAt(index) ?? 0);
}

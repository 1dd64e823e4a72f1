import type { Fence } from './code.ts';
import type { ContainerStart } from './containers.ts';
import { decodeText } from './inline/entities.ts';
import { normaliseLabel } from './inline/label.ts';
import { isBlank, type Line, skipColumns, skipSpace, skipTo } from './line.ts';
import type { MathFence } from './math.ts';
import { closingAt } from './math.ts';
import { endWithout, startWithout, trimSpaces } from './spaces.ts';

/**
 * What begins a block, at a line's first character that is no space, indented less than four columns. Each answers `wait` if
 * the line is not complete and more of it could change the answer, `undefined` if it is something else.
 */
export type Wait = 'wait';

export function headingDepth({ text, ink, complete }: Line): 1 | 2 | 3 | 4 | 5 | 6 | Wait | undefined {
  const size = runLength(text, ink);
  if (size > 6) return undefined;
  const after = text.charCodeAt(ink + size);
  if (Number.isNaN(after)) return complete ? (size as 1) : 'wait';
  return isSpace(after) ? (size as 1) : undefined;
}

export function fenceStart({ text, ink, indent, complete }: Line): Fence | Wait | undefined {
  const character = text.charAt(ink) === '~' ? '~' : '`';
  const size = runLength(text, ink);
  if (size < 3) return !complete && ink + size === text.length ? 'wait' : undefined;
  if (character === '`' && text.includes('`', ink + size)) return undefined;
  if (!complete) return 'wait';
  const info = trimSpaces(text.slice(ink + size));
  const [, language = '', meta = ''] = /^([^ \t]*)[ \t]*(.*)$/s.exec(info) ?? [];
  return { character, size, indent, language: decodeText(language), meta: decodeText(meta) };
}

export function isThematicBreak(line: Line): boolean | Wait {
  const { text, ink, complete } = line;
  const mark = text.charCodeAt(ink);
  let count = 0;
  for (let at = ink; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === mark) count += 1;
    else if (!isSpace(code)) return false;
  }
  return complete ? count >= 3 : 'wait';
}

/** The underline of a heading. */
export function underlineDepth({ text, ink, complete }: Line): 1 | 2 | Wait | undefined {
  if (startWithout(text, ink + runLength(text, ink)) < text.length) return undefined;
  return complete ? (text.charAt(ink) === '=' ? 1 : 2) : 'wait';
}

/** Moves the line behind the marker. `interrupts`: directly below a paragraph's text, where not everything is a list. */
export function listItemStart(line: Line, interrupts: boolean): (ContainerStart & { type: 'listItem' }) | Wait | undefined {
  const { text, ink, indent, complete } = line;
  let end = ink;
  while (end - ink < 10 && isDigit(text.charCodeAt(end))) end += 1;
  const digits = end - ink;
  if (digits > 9) return undefined;
  const marker = text.charAt(end);
  if (marker === '') return complete ? undefined : 'wait';
  if (!(digits > 0 ? '.)' : '-+*').includes(marker)) return undefined;
  const start = digits > 0 ? Number(text.slice(ink, end)) : 1;
  if (interrupts && start !== 1) return undefined;
  const after = text.charCodeAt(end + 1);
  if (!Number.isNaN(after) && !isSpace(after)) return undefined;
  if (startWithout(text, end + 1) === text.length) {
    if (!complete) return 'wait';
    if (interrupts) return undefined;
  }
  skipTo(line, end + 1);
  const spaces = line.indent;
  const width = digits + 1;
  if (isBlank(line) || spaces > 4) {
    skipSpace(line);
    return { type: 'listItem', ordered: digits > 0, start, marker, indent: indent + width + 1 };
  }
  skipColumns(line, spaces);
  return { type: 'listItem', ordered: digits > 0, start, marker, indent: indent + width + spaces };
}

/** Moves the line behind the colon. */
export function footnoteStart(line: Line): (ContainerStart & { type: 'footnoteDefinition' }) | Wait | undefined {
  const { text, ink, complete } = line;
  if (text.charCodeAt(ink + 1) !== 94) return !complete && text.length === ink + 1 ? 'wait' : undefined;
  let at = ink + 2;
  for (; at < text.length && at - ink < 1002; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92 && /[[\]\\]/.test(text.charAt(at + 1))) at += 1;
    else if (code === 93) break;
    else if (code === 91 || isSpace(code)) return undefined;
  }
  if (at + 1 >= text.length && !complete) return 'wait';
  if (at === ink + 2 || text.charCodeAt(at) !== 93 || text.charCodeAt(at + 1) !== 58) return undefined;
  const label = text.slice(ink + 2, at);
  skipTo(line, at + 2);
  skipColumns(line, line.indent);
  return { type: 'footnoteDefinition', label: decodeText(label), name: normaliseLabel(label) };
}

/** Of display math: its fence, and from where in the line it has text, if it does. `whole`: the line closes it as well. */
export interface MathStart extends MathFence {
  readonly from: number;
}

export function mathStart({ text, ink, indent, complete }: Line): MathStart | Wait | undefined {
  const bracket = text.charAt(ink) === '\\';
  if (!complete && ink + 1 === text.length) return 'wait';
  const size = bracket ? (text.charAt(ink + 1) === '[' ? 2 : 0) : runLength(text, ink);
  if (size < 2) return undefined;
  const from = startWithout(text, ink + size);
  const dollars = bracket ? 0 : size;
  const first = text.indexOf(bracket ? '\\]' : '$', from);
  if (first < 0) return complete ? { dollars, indent, from } : 'wait';
  // Closed in the same line, and nothing behind it: else it is a paragraph that begins with math.
  const end = closingAt(text.slice(from), dollars);
  if (end === undefined || from + end !== endWithout(text.slice(0, first)))
    return complete || !/^[$\\\] \t]*$/.test(text.slice(first)) ? undefined : 'wait';
  return complete ? { dollars, indent, from } : 'wait';
}

/** How often the character at `from` follows itself. */
export function runLength(text: string, from: number): number {
  const code = text.charCodeAt(from);
  let at = from;
  while (text.charCodeAt(at) === code) at += 1;
  return at - from;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

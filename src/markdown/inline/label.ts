import { isBlank } from './characters.ts';
import { pending } from './pending.ts';

/** Labels match when their normal forms are equal: case folded, runs of white space one space (https://spec.commonmark.org/0.31.2/#matches). */
export function normaliseLabel(label: string): string {
  return label
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase();
}

/** Longest label, in code units. */
export const mostLabel = 999;

/** Where the label that opens with the `[` at `at` has its `]`. */
export function readLabel(source: string, at: number): number | typeof pending | undefined {
  let blank = true;
  for (let end = at + 1; end - at <= mostLabel + 1; end += 1) {
    const code = source.charCodeAt(end);
    if (Number.isNaN(code)) return pending;
    if (code === 91) return undefined;
    if (code === 93) return blank ? undefined : end;
    if (!isBlank(code)) blank = false;
    if (code === 92 && isEscapable(source.charCodeAt(end + 1))) end += 1;
  }
  return undefined;
}

/** As `readLabel`, for the footnote that opens with the `[^` at `at`: without white space. */
export function readFootnoteLabel(source: string, at: number): number | typeof pending | undefined {
  const from = at + 2;
  for (let end = from; end - from <= mostLabel + 1; end += 1) {
    const code = source.charCodeAt(end);
    if (Number.isNaN(code)) return pending;
    if (code === 91 || isBlank(code)) return undefined;
    if (code === 93) return end === from ? undefined : end;
    if (code === 92 && isEscapable(source.charCodeAt(end + 1))) end += 1;
  }
  return undefined;
}

function isEscapable(code: number): boolean {
  return code >= 91 && code <= 93;
}

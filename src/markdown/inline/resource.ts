import { isBlank, isControl, skipBlanks } from './characters.ts';
import { decodeText } from './entities.ts';
import { pending } from './pending.ts';
import type { Seek } from './seek.ts';

export interface Resource {
  readonly url: string;
  readonly title: string | undefined;
  readonly end: number;
}

const mostParentheses = 32;

/** The `(url "title")` of an inline link (https://spec.commonmark.org/0.31.2/#inline-link) whose `(` is at `at`. */
export function readResource(source: string, at: number, seek: Seek): Resource | typeof pending | undefined {
  const from = skipBlanks(source, at + 1);
  if (source.charCodeAt(from) === 41) return { url: '', title: undefined, end: from + 1 };
  const target = readDestination(source, from);
  if (target === undefined || target === pending) return target;
  const next = skipBlanks(source, target.end);
  const code = source.charCodeAt(next);
  if (Number.isNaN(code)) return pending;
  if (code === 41) return { url: target.url, title: undefined, end: next + 1 };
  if (next === target.end || !(code === 34 || code === 39 || code === 40)) return undefined;
  const closing = seek.unescaped(code === 40 ? ')' : source.charAt(next), next + 1);
  if (closing < 0) return pending;
  const end = skipBlanks(source, closing + 1);
  if (end === source.length) return pending;
  if (source.charCodeAt(end) !== 41) return undefined;
  return { url: target.url, title: decodeText(titleText(source.slice(next + 1, closing))), end: end + 1 };
}

function readDestination(source: string, at: number): { url: string; end: number } | typeof pending | undefined {
  return source.charCodeAt(at) === 60 ? readEnclosed(source, at) : readRaw(source, at);
}

function readEnclosed(source: string, at: number): { url: string; end: number } | typeof pending | undefined {
  for (let end = at + 1; ; end += 1) {
    const code = source.charCodeAt(end);
    if (Number.isNaN(code)) return pending;
    if (code === 62) return { url: decodeText(source.slice(at + 1, end)), end: end + 1 };
    if (code === 10 || code === 60) return undefined;
    if (code === 92 && isOneOf(source.charCodeAt(end + 1), 60, 62, 92)) end += 1;
  }
}

function readRaw(source: string, at: number): { url: string; end: number } | typeof pending | undefined {
  let depth = 0;
  for (let end = at; ; end += 1) {
    special.lastIndex = end;
    end = special.test(source) ? special.lastIndex - 1 : source.length;
    const code = source.charCodeAt(end);
    if (Number.isNaN(code)) return pending;
    if (depth === 0 && end > at && (code === 41 || isBlank(code))) return { url: decodeText(source.slice(at, end)), end };
    if (code === 40) {
      depth += 1;
      if (depth > mostParentheses) return undefined;
    } else if (code === 41) {
      if (depth === 0) return undefined;
      depth -= 1;
    } else if (code === 32 || isControl(code)) return undefined;
    else if (code === 92 && isOneOf(source.charCodeAt(end + 1), 40, 41, 92)) end += 1;
  }
}

/** Searched for by the engine: there are addresses of megabytes. Parentheses, a backslash, white space, controls. */
const special = /[^!-'*-[\]-~\u0080-\uffff]/g;

/** Lines after the first are without the white space before them. */
function titleText(title: string): string {
  return title.includes('\n') ? title.replace(/\n[ \t]+/g, '\n') : title;
}

function isOneOf(code: number, a: number, b: number, c: number): boolean {
  return code === a || code === b || code === c;
}

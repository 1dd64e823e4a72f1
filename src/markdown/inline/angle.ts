import { isAlpha, isAlphanumeric, isBlank, skipBlanks } from './characters.ts';
import { pending } from './pending.ts';
import type { Seek } from './seek.ts';

/**
 * What begins with `<`: autolinks (https://spec.commonmark.org/0.31.2/#autolinks) and raw HTML (#raw-html).
 * `undefined`: nothing does; `pending`: what comes after the source decides.
 */
export type Angle = { readonly type: 'html' | 'url' | 'email'; readonly end: number };

/** Per source: places where an attribute could begin and from which no tag was found to end. */
export type DeadTags = Map<number, typeof pending | undefined>;

export function readAngle(source: string, at: number, seek: Seek, dead: DeadTags): Angle | typeof pending | undefined {
  const code = source.charCodeAt(at + 1);
  if (code === 33) return declaration(source, at, seek);
  if (code === 63) return until('?>', at + 2, seek);
  if (code === 47) return closingTag(source, at);
  if (Number.isNaN(code)) return pending;
  const link = autolink(source, at);
  if (link !== undefined && link !== pending) return link;
  const tag = isAlpha(code) ? openTag(source, at, seek, dead) : undefined;
  return tag ?? link;
}

function until(ending: string, from: number, seek: Seek): Angle | typeof pending {
  const end = seek.next(ending, from);
  return end < 0 ? pending : { type: 'html', end: end + ending.length };
}

function declaration(source: string, at: number, seek: Seek): Angle | typeof pending | undefined {
  const from = at + 2;
  if (source.startsWith('--', from)) {
    if (source.startsWith('>', from + 2)) return { type: 'html', end: from + 3 };
    if (source.startsWith('->', from + 2)) return { type: 'html', end: from + 4 };
    return until('-->', from + 2, seek);
  }
  if (source.startsWith('[CDATA[', from)) return until(']]>', from + 7, seek);
  const rest = source.length - from;
  if (rest < 7 && ('--'.startsWith(source.slice(from)) || '[CDATA['.startsWith(source.slice(from)))) return pending;
  return isAlpha(source.charCodeAt(from)) ? until('>', from + 1, seek) : undefined;
}

function closingTag(source: string, at: number): Angle | typeof pending | undefined {
  let end = at + 2;
  if (end === source.length) return pending;
  if (!isAlpha(source.charCodeAt(end))) return undefined;
  while (isTagName(source.charCodeAt(end))) end += 1;
  return close(source, skipBlanks(source, end));
}

function openTag(source: string, at: number, seek: Seek, dead: DeadTags): Angle | typeof pending | undefined {
  let end = at + 2;
  while (isTagName(source.charCodeAt(end))) end += 1;
  const passed: number[] = [];
  const tag = attributes(source, end, seek, dead, passed);
  if (tag === undefined || tag === pending) for (const place of passed) dead.set(place, tag);
  return tag;
}

function attributes(source: string, from: number, seek: Seek, dead: DeadTags, passed: number[]): Angle | typeof pending | undefined {
  let end = from;
  for (;;) {
    if (dead.has(end)) return dead.get(end);
    passed.push(end);
    const name = skipBlanks(source, end);
    const code = source.charCodeAt(name);
    if (code === 47) return close(source, name + 1);
    if (code === 62 || Number.isNaN(code)) return close(source, name);
    // After a value there must be a space; after a name, what follows it was no `=`.
    if (name === end || !(isAlpha(code) || code === 95 || code === 58)) return undefined;
    end = name + 1;
    while (isAttributeName(source.charCodeAt(end))) end += 1;
    const equals = skipBlanks(source, end);
    if (Number.isNaN(source.charCodeAt(equals))) return pending;
    if (source.charCodeAt(equals) !== 61) continue;
    const value = skipBlanks(source, equals + 1);
    const quote = source.charCodeAt(value);
    if (Number.isNaN(quote)) return pending;
    if (quote === 34 || quote === 39) {
      const closing = seek.next(quote === 34 ? '"' : "'", value + 1);
      if (closing < 0) return pending;
      end = closing + 1;
    } else {
      if (quote === 60 || quote === 61 || quote === 62 || quote === 96) return undefined;
      end = value + 1;
      while (isUnquoted(source.charCodeAt(end))) end += 1;
    }
    if (end === source.length) return pending;
  }
}

function close(source: string, at: number): Angle | typeof pending | undefined {
  if (at >= source.length) return pending;
  return source.charCodeAt(at) === 62 ? { type: 'html', end: at + 1 } : undefined;
}

function autolink(source: string, at: number): Angle | typeof pending | undefined {
  let end = at + 1;
  if (isAlpha(source.charCodeAt(end))) {
    end += 1;
    while (end - at <= 32 && isScheme(source.charCodeAt(end))) end += 1;
    if (end - at > 2 && source.charCodeAt(end) === 58) {
      special.lastIndex = end + 1;
      if (!special.test(source)) return pending;
      end = special.lastIndex;
      return source.charCodeAt(end - 1) === 62 ? { type: 'url', end } : undefined;
    }
  }
  return email(source, at + 1);
}

/** What no autolink holds. Searched for by the engine: there are addresses of megabytes. */
const special = /[^!-;=?-~\u0080-\uffff]/g;

function email(source: string, from: number): Angle | typeof pending | undefined {
  let end = from;
  while (isEmailAtom(source.charCodeAt(end))) end += 1;
  if (end === source.length) return pending;
  if (end === from || source.charCodeAt(end) !== 64) return undefined;
  for (;;) {
    // A label: letters, digits and hyphens, none of those at its ends, 63 at most.
    const start = end + 1;
    end = start;
    while (end - start <= 63 && (isAlphanumeric(source.charCodeAt(end)) || source.charCodeAt(end) === 45)) end += 1;
    if (end === source.length) return pending;
    if (end === start || end - start > 63 || source.charCodeAt(start) === 45 || source.charCodeAt(end - 1) === 45) return undefined;
    if (source.charCodeAt(end) === 62) return { type: 'email', end: end + 1 };
    if (source.charCodeAt(end) !== 46) return undefined;
  }
}

function isTagName(code: number): boolean {
  return isAlphanumeric(code) || code === 45;
}

function isAttributeName(code: number): boolean {
  return isAlphanumeric(code) || code === 95 || code === 46 || code === 58 || code === 45;
}

function isUnquoted(code: number): boolean {
  return !(Number.isNaN(code) || isBlank(code) || code === 34 || code === 39 || code === 47 || (code >= 60 && code <= 62) || code === 96);
}

function isScheme(code: number): boolean {
  return isAlphanumeric(code) || code === 43 || code === 45 || code === 46;
}

function isEmailAtom(code: number): boolean {
  return isAlphanumeric(code) || (code < 128 && "!#$%&'*+/=?^_`{|}~.-".includes(String.fromCharCode(code)));
}

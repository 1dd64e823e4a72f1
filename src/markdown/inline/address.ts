import type { Inline } from '../blocks.ts';
import { classify, other } from './characters.ts';

/**
 * Addresses that only the text as a whole shows (after an escape, a character reference, in brackets that are none), as
 * mdast-util-gfm-autolink-literal links them. Pushes the text onto `nodes`, in pieces where there are such.
 */
export function linkAddresses(text: string, nodes: Inline[]): void {
  if (!text.includes('@') && !mayHoldUrl.test(text)) {
    nodes.push({ type: 'text', text });
    return;
  }
  let pieces: Inline[] = [{ type: 'text', text }];
  for (const find of [findUrls, findXmpp, findMailto, findEmails])
    pieces = pieces.flatMap((piece) => (piece.type === 'text' ? split(piece.text, find(piece.text)) : [piece]));
  nodes.push(...pieces);
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

const mayHoldUrl = /www\.|https?:\/\//i;
const urls = /(?<![\da-z])(?:https?:\/\/|www(?=\.))/gi;
const xmpp = /(?<![\w+\-.@])xmpp:[\w+\-.]+@([\w-]+(?:\.[\w-]+)+)(\/(?:[\w\-/]|\.(?=[\dA-Za-z]))*)?/g;
const mailto = /(?<![\w+\-.@])mailto:[\w+\-.]+@([\w-]+(?:\.[\w-]+)+)/g;
const emails = /(?<![\w+\-.]|(?:^|[^\d@A-Za-z])(?:mailto|xmpp):)[\w+\-.]+@([\w-]+(?:\.[\w-]+)+)/g;
const domainEnd = /[^\w\-.]/g;
const wordEnd = /[\t\n\r ]/g;

function split(text: string, found: readonly Found[]): Inline[] {
  if (found.length === 0) return [{ type: 'text', text }];
  const pieces: Inline[] = [];
  let from = 0;
  for (const { start, end, url } of found) {
    if (start > from) pieces.push({ type: 'text', text: text.slice(from, start) });
    pieces.push({ type: 'link', url, title: undefined, children: [{ type: 'text', text: text.slice(start, end) }] });
    from = end;
  }
  if (from < text.length) pieces.push({ type: 'text', text: text.slice(from) });
  return pieces;
}

function findUrls(text: string): Found[] {
  const found: Found[] = [];
  urls.lastIndex = 0;
  let end = 0;
  let wrong = 0;
  for (let match = urls.exec(text); match; match = urls.exec(text)) {
    const start = match.index;
    const isWww = !match[0].endsWith('/');
    urls.lastIndex = start + 1;
    const domain = isWww ? start : start + match[0].length;
    if (start > 0 && classify(text.charCodeAt(start - 1)) === other) continue;
    // Domains that overlap end alike, and wrongly.
    if (domain < wrong) continue;
    const afterDomain = seek(domainEnd, text, domain);
    if (!isDomain(text, domain, afterDomain)) {
      wrong = Math.max(domain, text.lastIndexOf('.', text.lastIndexOf('.', afterDomain - 1) - 1));
      continue;
    }
    if (classify(text.charCodeAt(domain)) !== other) continue;
    if (end <= afterDomain) end = seek(wordEnd, text, afterDomain);
    const stop = trimUrl(text, start, end);
    found.push({ start, end: stop, url: (isWww ? 'http://' : '') + text.slice(start, stop) });
    // What the sentence keeps of the word is not searched again.
    urls.lastIndex = end;
  }
  return found;
}

function seek(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match ? match.index : text.length;
}

/** Letters, digits, `-` and `_` with a dot at least; in neither of the last two parts an underscore, in both a letter or digit. */
function isDomain(text: string, from: number, end: number): boolean {
  const last = text.lastIndexOf('.', end - 1);
  if (last < from) return false;
  const before = last > from ? text.lastIndexOf('.', last - 1) : -1;
  return isLabel(text.slice(last + 1, end)) && isLabel(text.slice(Math.max(before + 1, from), last));
}

function isLabel(label: string): boolean {
  return label === '' || (!label.includes('_') && /[\da-z]/i.test(label));
}

/** Without what ends the sentence; a closing parenthesis that one within opens belongs to it. */
function trimUrl(text: string, start: number, end: number): number {
  let stop = end;
  while (stop > start && '!"&\'),.:;<>?]}'.includes(text.charAt(stop - 1))) stop -= 1;
  let depth = 0;
  for (let index = start; index < stop; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 40) depth += 1;
    else if (code === 41) depth -= 1;
  }
  for (let index = stop; index < end && depth > 0; index += 1) {
    if (text.charCodeAt(index) !== 41) continue;
    depth -= 1;
    stop = index + 1;
  }
  return stop;
}

function findXmpp(text: string): Found[] {
  return matches(xmpp, text, '', (match) => {
    const resource = match[2];
    return !resource || (/[A-Za-z]$/.test(resource) && text.charAt(match.index + match[0].length) !== '@');
  });
}

function findMailto(text: string): Found[] {
  return matches(mailto, text, '', () => true);
}

function findEmails(text: string): Found[] {
  return matches(emails, text, 'mailto:', () => true);
}

function matches(pattern: RegExp, text: string, scheme: string, accept: (match: RegExpExecArray) => boolean): Found[] {
  const found: Found[] = [];
  if (!text.includes('@')) return found;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const start = match.index;
    if (/[\d\-_]$/.test(match[1] ?? '') || !accept(match)) {
      pattern.lastIndex = start + 1;
      continue;
    }
    found.push({ start, end: start + match[0].length, url: scheme + match[0] });
  }
  return found;
}

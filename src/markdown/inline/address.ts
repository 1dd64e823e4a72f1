import type { Inline } from '../blocks.ts';
import { classify, isEmailText, mostWord, other } from './characters.ts';

/** Cheap: whether `linkAddresses` may find any. */
export function mayHoldAddress(text: string): boolean {
  return text.includes('@') || mayHoldUrl.test(text);
}

/**
 * Addresses that only the text as a whole shows (after an escape, a character reference, in brackets that are none), as
 * mdast-util-gfm-autolink-literal links them. Pushes the text onto `nodes`, in pieces where there are such. Yields now and then.
 */
export function* linkAddresses(text: string, nodes: Inline[]): Generator<void, void> {
  let pieces: Inline[] = [{ type: 'text', text }];
  for (const find of [findUrls, findXmpp, findMailto, findEmails]) {
    const found: Inline[] = [];
    let steps = 0;
    for (const piece of pieces) {
      steps += 1;
      if ((steps & 511) === 0) yield;
      if (piece.type !== 'text' || !mayHoldAddress(piece.text)) found.push(piece);
      else yield* split(piece.text, find(piece.text), found);
    }
    pieces = found;
  }
  let steps = 0;
  for (const piece of pieces) {
    steps += 1;
    if ((steps & 4095) === 0) yield;
    nodes.push(piece);
  }
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

const mayHoldUrl = /www\.|https?:\/\//i;
const urls = /(?<![\da-z])(?:https?:\/\/|www(?=\.))/gi;
// What is on either side of an `@` is no longer than `mostWord`.
const xmpp = /(?<![\w+\-.@])xmpp:[\w+\-.]{1,4096}@(?![\w\-.]{4097})([\w-]+(?:\.[\w-]+)+)(\/(?:[\w\-/]|\.(?=[\dA-Za-z]))*)?/y;
const mailto = /(?<![\w+\-.@])mailto:[\w+\-.]{1,4096}@(?![\w\-.]{4097})([\w-]+(?:\.[\w-]+)+)/y;
const emails = /(?<![\w+\-.]|(?:^|[^\d@A-Za-z])(?:mailto|xmpp):)[\w+\-.]{1,4096}@(?![\w\-.]{4097})([\w-]+(?:\.[\w-]+)+)/y;
const domainEnd = /[^\w\-.]/g;
const wordEnd = /[\t\n\r ]/g;

function* split(text: string, found: Iterable<Found | undefined>, pieces: Inline[]): Generator<void, void> {
  let from = 0;
  let steps = 0;
  for (const address of found) {
    steps += 1;
    if ((steps & 127) === 0) yield;
    if (address === undefined) continue;
    const { start, end, url } = address;
    if (start > from) pieces.push({ type: 'text', text: text.slice(from, start) });
    pieces.push({ type: 'link', url, title: undefined, children: [{ type: 'text', text: text.slice(start, end) }] });
    from = end;
  }
  if (from < text.length) pieces.push({ type: 'text', text: text.slice(from) });
}

/** `undefined`: something that is none. The patterns are everybody's, so none is relied upon behind a yield. */
function* findUrls(text: string): Generator<Found | undefined, void> {
  let from = 0;
  let end = 0;
  let wrong = 0;
  for (;;) {
    urls.lastIndex = from;
    const match = urls.exec(text);
    if (!match) return;
    const start = match.index;
    const isWww = !match[0].endsWith('/');
    from = start + 1;
    if (end <= start) end = seek(wordEnd, text, start);
    const domain = isWww ? start : start + match[0].length;
    // Domains that overlap end alike, and wrongly.
    if (end - start > mostWord || (start > 0 && classify(text.charCodeAt(start - 1)) === other) || domain < wrong) {
      yield undefined;
      continue;
    }
    const afterDomain = seek(domainEnd, text, domain);
    const name = text.slice(domain, afterDomain);
    if (!isDomain(name)) {
      wrong = domain + Math.max(0, name.lastIndexOf('.', name.lastIndexOf('.') - 1));
      yield undefined;
      continue;
    }
    if (classify(text.charCodeAt(domain)) !== other) {
      yield undefined;
      continue;
    }
    const stop = trimUrl(text, start, end);
    // What the sentence keeps of the word is not searched again.
    from = end;
    yield { start, end: stop, url: (isWww ? 'http://' : '') + text.slice(start, stop) };
  }
}

function seek(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match ? match.index : text.length;
}

/** Letters, digits, `-` and `_` with a dot at least; in neither of the last two parts an underscore, in both a letter or digit. */
function isDomain(name: string): boolean {
  const last = name.lastIndexOf('.');
  if (last < 0) return false;
  const before = last > 0 ? name.lastIndexOf('.', last - 1) : -1;
  return isLabel(name.slice(last + 1)) && isLabel(name.slice(before + 1, last));
}

function isLabel(label: string): boolean {
  return label === '' || (!label.includes('_') && /[\da-z]/i.test(label));
}

/** Without what ends the sentence; a closing parenthesis that one within opens belongs to it. */
function trimUrl(text: string, start: number, end: number): number {
  let stop = end;
  while (stop > start && '!"&\'),.:;<>?]}'.includes(text.charAt(stop - 1))) stop -= 1;
  if (!text.slice(start, stop).includes('(')) return stop;
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

function findXmpp(text: string): Iterable<Found | undefined> {
  return matches(xmpp, text, 'xmpp:'.length, '', (match) => {
    const resource = match[2];
    return !resource || (/[A-Za-z]$/.test(resource) && text.charAt(match.index + match[0].length) !== '@');
  });
}

function findMailto(text: string): Iterable<Found | undefined> {
  return matches(mailto, text, 'mailto:'.length, '', () => true);
}

function findEmails(text: string): Iterable<Found | undefined> {
  return matches(emails, text, 0, 'mailto:', () => true);
}

/** `prefix`: code units in front of the mailbox. */
function* matches(
  pattern: RegExp,
  text: string,
  prefix: number,
  scheme: string,
  accept: (match: RegExpExecArray) => boolean,
): Generator<Found | undefined, void> {
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', Math.max(at + 1, from))) {
    let mailbox = at;
    while (mailbox > from && at - mailbox < mostWord && isEmailText(text.charCodeAt(mailbox - 1))) mailbox -= 1;
    const start = mailbox - prefix;
    pattern.lastIndex = start;
    const match = start < from ? undefined : pattern.exec(text);
    if (!match || /[\d\-_]$/.test(match[1] ?? '') || !accept(match)) {
      yield undefined;
      continue;
    }
    from = start + match[0].length;
    yield { start, end: from, url: scheme + match[0] };
  }
}

import { classify, isAlphanumeric, isBlank, isDigit, other } from './characters.ts';
import type { Delimiter } from './delimiters.ts';
import { append, createNode, type Node, remove, wrapRest } from './node.ts';
import type { Doubt, Scan } from './source.ts';
import { trimCode } from './verbatim.ts';

/**
 * What is not closed yet, shown as if it were, where the author most likely means it; and what cannot be shown before more
 * is known, held back. Lengths are code units after which it is taken for text.
 */
const most = { code: 600, math: 300, angle: 200, link: 600, image: 600, footnote: 100, delimiter: 2000 };
/** The longest of what is held back, not shown as if it were closed. */
export const mostHeldBack: number = most.image;

/** Marks and white space at the end of a source, held back until it is known what they are. */
const mostHeld = 256;
/** The longest reference or scheme that may have begun. */
const mostBegun = 34;
/** Between what `visibleEnd` says and the end there is no more: a text that has more need not be looked at. */
export const mostInvisible: number = 2 * mostHeld + mostBegun;

/** How much of a growing source can be shown: not the white space, marks and beginnings of marks at its end. */
export function visibleEnd(text: string, math: boolean): number {
  const end = decidedEnd(text, text.length, math);
  if (end < text.length || !mayHaveBegun(text)) return end;
  const beginning = beginnings.exec(text.slice(-mostBegun));
  return beginning ? decidedEnd(text, end - beginning[0].length, math) : end;
}

/** Cheap, and true of everything that `beginnings` matches. */
function mayHaveBegun(text: string): boolean {
  const code = text.charCodeAt(text.length - 1) | 32;
  // h, t, p, s, w, `:`, `/` and `.`
  if (code === 104 || code === 116 || code === 112 || code === 115 || code === 119 || code === 58 || code === 47 || code === 46)
    return true;
  const reference = text.lastIndexOf('&');
  return reference >= 0 && reference >= text.length - mostBegun;
}

function decidedEnd(text: string, from: number, math: boolean): number {
  let end = from;
  const least = Math.max(0, from - mostHeld);
  while (end > least && isUndecided(text.charCodeAt(end - 1), math)) end -= 1;
  return end;
}

/** A character reference, or the scheme of an address, that has only begun. */
const beginnings = /(?:&#?[0-9a-z]{0,31}|(?<![a-z])(?:h(?:t(?:t(?:ps?(?::\/{0,2})?)?)?)?|w{1,3}\.?))$/i;

function isUndecided(code: number, math: boolean): boolean {
  switch (code) {
    case 42:
    case 95:
    case 126:
    case 96:
    case 33:
    case 91:
    case 93:
    case 92:
    case 60:
      return true;
    case 36:
      return math;
    default:
      return isBlank(code);
  }
}

/** Whether to stop where something has begun, for it to be shown or held back; else it is text. */
export function createDoubt(text: string, math: boolean): Doubt {
  return (type, at, from) => {
    const length = text.length - at;
    switch (type) {
      case 'code':
        return length < most.code && (from - at > 1 || !isBlank(text.charCodeAt(from)));
      case 'math':
        return math && length < most.math && isFormula(text, at, from);
      case 'angle':
        return length < most.angle && !/^<[A-Za-z][\w-]*\s+[\w:-]+\s+[^=\s]/.test(text.slice(at, at + most.angle));
      case 'link':
      case 'image':
        return length < most.link;
      case 'footnote':
        return length < most.footnote;
      default:
        return false;
    }
  };
}

/** A price is none. */
function isFormula(text: string, at: number, from: number): boolean {
  if (text.charCodeAt(at) === 92 || from - at > 1) return true;
  const next = text.charCodeAt(from);
  return !isDigit(next) && !(at > 0 && isAlphanumeric(text.charCodeAt(at - 1)));
}

/** Before delimiters are resolved: closes brackets, and returns the end of what is shown. Yields as resolving does. */
export function* healBrackets(scan: Scan, text: string): Generator<void, number> {
  const { root, brackets, delimiters, stopped } = scan;
  let end =
    stopped && stopped.type !== 'code' && stopped.type !== 'math' ? (stopped.type === 'link' ? stopped.from : stopped.at) : text.length;
  if (stopped?.type === 'code' || stopped?.type === 'math') {
    const said = text.slice(stopped.from, end);
    const node = createNode(
      stopped.type === 'code' ? 'inlineCode' : 'inlineMath',
      stopped.type === 'code' ? openCode(said) : said.trimStart(),
      stopped.at,
      end,
    );
    append(root, node);
    node.open = true;
  }
  const image = brackets.firstImage(text.length - most.image);
  if (image) {
    end = Math.min(end, image.node.start);
    brackets.truncate(image);
    delimiters.truncate(image.bottom);
    root.last = image.node.previous;
    if (root.last) root.last.next = undefined;
    else root.first = undefined;
  }
  const bracket = brackets.top();
  const isLink = stopped?.type === 'link' && text.charCodeAt(stopped.from + 1) === 40;
  if (
    bracket?.active &&
    !bracket.image &&
    text.length - bracket.from < most.link &&
    isLinkStart(text, bracket.node.start, bracket.from, isLink)
  ) {
    const { node } = bracket;
    yield* delimiters.resolve(bracket.bottom, true);
    healDelimiters(root, delimiters.last(), bracket.bottom, text);
    delimiters.truncate(bracket.bottom);
    if (node.next) {
      node.type = 'link';
      node.plain = false;
      wrapRest(root, node);
      node.open = true;
    } else {
      remove(root, node);
      end = Math.min(end, node.start);
    }
  }
  return end;
}

function openCode(said: string): string {
  if (said.trim() === '') return '';
  return trimCode(/^[ \n]/.test(said) ? `${said} ` : said);
}

/** `isLink`: an address follows. A number in brackets is rather a citation. */
function isLinkStart(text: string, at: number, from: number, isLink: boolean): boolean {
  if (!isLink && isDigit(text.charCodeAt(from))) return false;
  return !isBlank(text.charCodeAt(from)) && (at === 0 || classify(text.charCodeAt(at - 1)) !== other);
}

/** After delimiters are resolved: closes the openers after `bottom`, the last first. */
export function healDelimiters(root: Node, last: Delimiter | undefined, bottom: Delimiter | undefined, text: string): void {
  for (let opener = last; opener && opener !== bottom; opener = opener.previous) {
    // Those before it are farther away.
    if (text.length - opener.node.start > most.delimiter) return;
    if (!opener.canOpen || !isMeant(opener, text)) continue;
    while (opener.size > 0 && opener.node.next) {
      const used: number = opener.size > 1 ? 2 : 1;
      const marker = opener.node.text.slice(0, used);
      const node = createNode(opener.code === 126 ? 'delete' : used === 2 ? 'strong' : 'emphasis', marker, opener.node.start, text.length);
      insertAfter(root, opener.node, node);
      wrapRest(root, node);
      node.open = true;
      opener.size -= used;
      opener.node.text = opener.node.text.slice(used);
    }
    if (opener.node.text === '' || !opener.node.next) remove(root, opener.node);
  }
}

function isMeant(opener: Delimiter, text: string): boolean {
  const { start } = opener.node;
  if (opener.size > 3) return false;
  if (opener.code === 126) return opener.size === 2;
  return start === 0 || classify(text.charCodeAt(start - 1)) !== other;
}

function insertAfter(root: Node, before: Node, node: Node): void {
  node.previous = before;
  node.next = before.next;
  if (before.next) before.next.previous = node;
  else root.last = node;
  before.next = node;
}

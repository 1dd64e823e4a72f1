import type { MarkdownSyntax } from '../document.ts';
import { type DeadTags, readAngle } from './angle.ts';
import { createBrackets } from './brackets.ts';
import { endOfWords, isBlank, isDigit, isPunctuation, isSpace, skipSpaces } from './characters.ts';
import { createDelimiters, delimiterCodes, lastCloser, sidesOf } from './delimiters.ts';
import { readReference } from './entities.ts';
import { createLinks, type Reading } from './links.ts';
import { createLiterals } from './literal.ts';
import { append, createNode, type Node } from './node.ts';
import { pending } from './pending.ts';
import type { References } from './references.ts';
import { createSeek } from './seek.ts';
import type { Begun, Doubt, Scan, Source } from './source.ts';
import { trimCode, trimMath } from './verbatim.ts';
import { createWriter } from './writer.ts';

const ordinary = table('\n\\`*_~[]!<&');
const withMath = table('\n\\`*_~[]!<&$');

/** Takes sources apart, one at a time, with the same parts: what is made anew for each small parse costs more than the parse. */
export interface Scanner {
  /** Yields now and then, so that the caller can stop in between. What it returns is valid until the next call. */
  scan(source: Source, syntax: MarkdownSyntax, references: References, doubt?: Doubt): Generator<void, Scan>;
  /** While `scan` is under way: the nodes read so far, if nothing that follows changes them. They are none of its own any more. */
  take(): Node | undefined;
  /** Keeps nothing of what was read, but for a small text. */
  forget(): void;
}

export function createScanner(): Scanner {
  const reading: Reading = {
    text: '',
    root: createNode('root', '', 0, 0),
    references: noReferences,
    missed: new Map(),
    assumed: undefined,
    linkEnd: Number.POSITIVE_INFINITY,
    strayTarget: false,
  };
  const seek = createSeek();
  const literals = createLiterals();
  const delimiters = createDelimiters();
  const brackets = createBrackets();
  const writer = createWriter();
  const { add, plain, flush } = writer;
  const dead: DeadTags = new Map();
  let text = '';
  let before = Number.NaN;
  let math = false;
  let inBracket = false;
  let doubt: Doubt | undefined;
  /** Of the last white space or `<`; -1 if there is none, -2: not searched. */
  let lastBreak = -2;
  let tildeFirst: boolean | undefined;
  let firstPending = Number.POSITIVE_INFINITY;
  let firstRun = Number.POSITIVE_INFINITY;
  let stopped: Begun | undefined;
  let begun: Begun[] = [];
  /** Where the last `]` is, and the last mark of a run that may close, by its code: what opens behind it is text. Of a long text that nothing follows. */
  let lastClosing = Number.POSITIVE_INFINITY;
  const lastClosers = new Map<number, number>();

  /** Returns whether to stop. */
  const pend: Doubt = (type, at, from) => {
    if (at < firstPending) firstPending = at;
    if (!doubt) return false;
    if (!doubt(type, at, from)) {
      begun.push({ type, at, from });
      return false;
    }
    stopped = { type, at, from };
    return true;
  };
  const links = createLinks({ reading, delimiters, brackets, seek, writer, pend });

  const run = (at: number): number => {
    const code = text.charCodeAt(at);
    let end = at + 1;
    while (text.charCodeAt(end) === code) end += 1;
    return end;
  };

  /** A run of backticks or dollars at `at`: what it encloses, or itself. */
  const enclosed = (at: number, char: '`' | '$'): number => {
    const end = run(at);
    const closing = seek.run(char, end - at, end);
    if (closing < 0) {
      if (!pend(char === '`' ? 'code' : 'math', at, end)) plain(at, end);
      return end;
    }
    const value = text.slice(end, closing);
    if (char === '`') add('inlineCode', trimCode(value), at, closing + end - at);
    else add('inlineMath', trimMath(value), at, closing + end - at);
    return closing + end - at;
  };

  /**
   * One dollar at `at`, which with the next one encloses a formula, or is text: of prices, one has white space behind it, or the
   * other has some in front of it or a digit behind it.
   */
  const dollar = (at: number): number => {
    const begin = at + 1;
    if (text.charCodeAt(begin) === 36) return enclosed(at, '$');
    const closing = isBlank(text.charCodeAt(begin)) ? begin : seek.unescaped('$', begin);
    const end = closing + 1;
    const isFormula = closing > begin && !isBlank(text.charCodeAt(closing - 1));
    const next = text.charCodeAt(end);
    // What is next decides.
    const isOpen = closing < 0 || (isFormula && end === text.length && doubt !== undefined);
    if (isFormula && !isOpen && next !== 36 && !isDigit(next)) {
      add('inlineMath', text.slice(begin, closing), at, end);
      return end;
    }
    if (isOpen) pend('math', at, begin);
    return begin;
  };

  const backslash = (at: number): number => {
    const code = text.charCodeAt(at + 1);
    if (math && (code === 40 || code === 91)) {
      const closing = seek.pair(code === 40 ? '\\)' : '\\]', at + 2);
      if (closing >= 0) {
        add('inlineMath', text.slice(at + 2, closing).trim(), at, closing + 2);
        return closing + 2;
      }
      if (!pend('math', at, at + 2)) add('text', text.charAt(at + 1), at, at + 2);
      return at + 2;
    }
    if (code === 10) {
      const next = skipSpaces(text, at + 2);
      add('break', '', at, at + 2);
      flush(at, next);
      return next;
    }
    if (isPunctuation(code)) {
      add('text', text.charAt(at + 1), at, at + 2);
      return at + 2;
    }
    if (at + 1 === text.length) pend('reference', at, at);
    return at + 1;
  };

  /** A line ending, and the white space around it. */
  const lineEnding = (at: number): number => {
    let start = at;
    let tabs = false;
    const from = writer.from();
    while (start > from && isSpace(text.charCodeAt(start - 1))) {
      start -= 1;
      if (text.charCodeAt(start) === 9) tabs = true;
    }
    if (at - start > 1 && !tabs) add('break', '', start, at + 1);
    else add('text', '\n', start, at + 1);
    const next = skipSpaces(text, at + 1);
    flush(at, next);
    return next;
  };

  const seen = (at: number, isTilde: boolean): void => {
    if (tildeFirst !== undefined) return;
    tildeFirst = isTilde;
    firstRun = at;
  };

  /** A run of delimiters. What neither opens nor closes anything is text. */
  const attention = (at: number, code: number): number => {
    const end = run(at);
    if (code === 126 && end - at > 2) return end;
    seen(at, code === 126);
    if (at > (lastClosers.get(code) ?? end)) return end;
    const sides = sidesOf(code, at > 0 ? text.charCodeAt(at - 1) : before, text.charCodeAt(end));
    if (sides > 0) delimiters.push(plain(at, end), sides);
    return end;
  };

  const ampersand = (at: number): number => {
    const reference = readReference(text, at);
    if (reference) {
      add('text', reference.text, at, reference.end);
      return reference.end;
    }
    if (text.length - at < 34 && /^&(#[0-9]*|#[xX][0-9a-fA-F]*|[0-9a-zA-Z]*)$/.test(text.slice(at))) pend('reference', at, at);
    return at + 1;
  };

  const angle = (at: number): number => {
    const found = readAngle(text, at, seek, dead);
    if (found === undefined || found === pending) {
      if (found) pend('angle', at, at + 1);
      return at + 1;
    }
    const value = text.slice(at, found.end);
    if (found.type === 'html') add('html', value.includes('\n') ? value.replace(/\n {1,3}/g, '\n') : value, at, found.end);
    else address(value.slice(1, -1), found.type === 'email' ? 'mailto:' : '', at, found.end);
    return found.end;
  };

  const address = (value: string, scheme: string, start: number, end: number): Node => {
    const link = add('link', '', start, end);
    link.url = scheme + value;
    append(link, createNode('text', value, start, end));
    return link;
  };

  /** The address at `at`, if one is there: its end. */
  const literal = (at: number): number | undefined => {
    const found = brackets.top() || inBracket ? undefined : literals.read(at);
    if (found === pending) pend('address', at, at);
    if (found === undefined || found === pending) return undefined;
    const link = address(text.slice(at, found.end), '', at, found.end);
    link.url = found.url;
    if (lastBreak < -1) lastBreak = endOfWords(text);
    // To the end of the word it may grow, and leads nowhere until then.
    if (found.end > lastBreak) {
      pend('address', at, at);
      if (doubt) {
        link.url = '';
        // What ends the sentence, or goes on as the address.
        const rest = text.length - found.end;
        if (rest > 0 && rest <= mostSentenceEnd) stopped = { type: 'address', at: found.end, from: found.end };
      }
    }
    return found.end;
  };

  function* scan(source: Source, syntax: MarkdownSyntax, references: References, stopAt?: Doubt): Generator<void, Scan> {
    ({ text, before, tildeFirst } = source);
    math = syntax.math === true;
    doubt = stopAt;
    reading.text = text;
    reading.root = createNode('root', '', 0, text.length);
    reading.references = references;
    if (reading.missed.size > 0) reading.missed.clear();
    reading.assumed = source.assumed;
    inBracket = source.assumed?.links === true || source.assumed?.images === true;
    reading.linkEnd = Number.POSITIVE_INFINITY;
    reading.strayTarget = false;
    if (begun.length > 0) begun = [];
    seek.reset(text);
    literals.reset(text, before);
    delimiters.reset(reading.root);
    brackets.reset();
    if (dead.size > 0) dead.clear();
    lastBreak = -2;
    firstPending = Number.POSITIVE_INFINITY;
    firstRun = Number.POSITIVE_INFINITY;
    stopped = undefined;
    writer.reset(reading.root, text);
    lastClosing = Number.POSITIVE_INFINITY;
    if (lastClosers.size > 0) lastClosers.clear();
    if (!doubt && text.length > mostKept) {
      lastClosing = text.lastIndexOf(']');
      for (const code of delimiterCodes) {
        yield;
        lastClosers.set(code, yield* lastCloser(text, code, before));
      }
    }

    const special = math ? withMath : ordinary;
    let steps = 0;
    let at = 0;
    let mark = 0;
    let next = literals.next(0);
    while (at < text.length && !stopped) {
      const limit = Math.min(next, text.length, at + 4096);
      let code = text.charCodeAt(at);
      while (at < limit && !(code < 128 && special[code] === 1)) {
        at += 1;
        code = text.charCodeAt(at);
      }
      steps += 1;
      // Not always in a bracket, however many there are.
      if (at === limit || steps % 127 === 0) yield;
      if (at === text.length) break;
      if (at === next) {
        const end = literal(at);
        next = literals.next(end ?? at + 1);
        if (end !== undefined) {
          at = end;
          continue;
        }
      }
      if (!(code < 128 && special[code] === 1)) continue;
      mark = at;
      if (code === 10) at = lineEnding(at);
      else if (code === 92) at = backslash(at);
      else if (code === 96) at = enclosed(at, '`');
      else if (code === 36) at = dollar(at);
      else if (code === 42 || code === 95 || code === 126) at = attention(at, code);
      else if (code === 38) at = ampersand(at);
      else if (code === 60) at = angle(at);
      else if (at > lastClosing) {
        inBracket ||= code === 91;
        at += 1;
      } else if (code === 33) at = links.image(at);
      else if (code === 91) at = links.open(at);
      else at = yield* links.close(at);
      if (next < at) next = literals.next(at);
    }
    flush(stopped ? mark : at, at);

    const { root, missed, linkEnd, strayTarget } = reading;
    return { root, delimiters, brackets, tildeFirst, firstRun, firstPending, begun, linkEnd, strayTarget, stopped, missed };
  }

  return {
    scan,
    take() {
      const { root } = reading;
      const { first } = root;
      if (!first || brackets.top() || delimiters.last()) return undefined;
      root.first = root.last = undefined;
      return first;
    },
    forget() {
      reading.references = noReferences;
      reading.assumed = undefined;
      begun = [];
      doubt = undefined;
      if (text.length <= mostKept) return;
      text = '';
      reading.text = '';
      reading.root = createNode('root', '', 0, 0);
      reading.missed.clear();
      writer.reset(reading.root, '');
      seek.reset('');
      literals.reset('', Number.NaN);
      delimiters.reset(reading.root);
      brackets.reset();
      dead.clear();
    },
  };
}

/** Code units of a text that need not be forgotten. */
const mostKept = 4096;
/** Code units after an address that are held back, for they may be of it. */
const mostSentenceEnd = 16;

const noReferences: References = { link: () => undefined, footnote: () => false };

function table(chars: string): Uint8Array {
  const marks = new Uint8Array(128);
  for (const char of chars) marks[char.charCodeAt(0)] = 1;
  return marks;
}

import { classify, isAlpha, isAlphanumeric, isBlank, isControl, isEmailText, mostWord, other, whitespace } from './characters.ts';
import { pending } from './pending.ts';

/** Addresses without marks (https://github.github.com/gfm/#autolinks-extension-), as found from left to right. */
export interface Literals {
  /** Another source, and the code unit before it. */
  reset(source: string, before: number): void;
  /** Where at or after `from` an address could begin, or what is none has what makes it look so. Infinity: nowhere. `from` ascends. */
  next(from: number): number;
  /** The address at `at`, which `next` gave. */
  read(at: number): { readonly end: number; readonly url: string } | typeof pending | undefined;
}

interface Email {
  readonly start: number;
  readonly at: number;
}
interface Url {
  readonly start: number;
  readonly kind: number;
}
const noEmail: Email = { start: Number.POSITIVE_INFINITY, at: -1 };
const none = 0;
const www = 2;
const protocol = 3;
const noUrl: Url = { start: Number.POSITIVE_INFINITY, kind: none };

export function createLiterals(): Literals {
  const starts = /www\.|https?:\/\//gi;
  let source = '';
  let before = Number.NaN;
  let email = noEmail;
  let url = noUrl;
  let trailFails = 0;
  /** The last underscore that made a domain none: every domain that begins before it is none. */
  let domainFails = -1;
  let domainPends = false;
  /** There is no end of a word between the last place it was searched from, and here. */
  let wordEnd = 0;

  function nextEmail(from: number): Email {
    const at = source.indexOf('@', from);
    if (at < 0) return noEmail;
    let start = at;
    while (start > from && at - start < mostWord && isEmailText(source.charCodeAt(start - 1))) start -= 1;
    const previous = start > 0 ? source.charCodeAt(start - 1) : before;
    return previous === 47 || isEmailText(previous) ? { start: at, at } : { start, at };
  }

  function nextUrl(from: number): Url {
    starts.lastIndex = from;
    const match = starts.exec(source);
    if (!match) return noUrl;
    const previous = match.index > 0 ? source.charCodeAt(match.index - 1) : before;
    const kind = isWww(match[0]) ? www : protocol;
    return { start: match.index, kind: (kind === www ? mayPrecedeWww(previous) : !isAlpha(previous)) ? kind : none };
  }

  const isWordEndNear = (at: number): boolean => {
    for (wordEnd = Math.max(wordEnd, at); wordEnd - at <= mostWord; wordEnd += 1) {
      const code = source.charCodeAt(wordEnd);
      if (code === 60 || classify(code) === whitespace) return true;
    }
    return false;
  };

  const readUrl = (start: number, domain: number): { end: number; url: string } | typeof pending | undefined => {
    if (
      domain > start &&
      (domain >= source.length || isControl(source.charCodeAt(domain)) || classify(source.charCodeAt(domain)) !== other)
    )
      return domain >= source.length ? pending : undefined;
    if (domain === start && source.length === start + 4) return pending;
    const afterDomain = readDomain(domain);
    if (afterDomain < 0) return -afterDomain > source.length ? pending : undefined;
    const end = readPath(afterDomain);
    const text = source.slice(start, end);
    return { end, url: domain === start ? `http://${text}` : text };
  };

  /** Where the domain ends; negative if it is none, `-1 - length` if it touches the end of the source. */
  const readDomain = (from: number): number => {
    const none = (): number => (domainPends ? -1 - source.length : -1);
    if (from <= domainFails) return none();
    let end = from;
    let seen = false;
    let underscore = false;
    let underscoreBefore = false;
    let lastUnderscore = -1;
    for (; ; end += 1) {
      const code = source.charCodeAt(end);
      if (code === 46 || code === 95) {
        if (trails(end)) break;
        if (code === 95) {
          underscore = true;
          lastUnderscore = end;
        } else {
          underscoreBefore = underscore;
          underscore = false;
        }
      } else if (code !== 45 && classify(code) !== other) break;
      else seen = true;
    }
    if (!underscore && !underscoreBefore && seen) return end;
    domainPends = end >= source.length;
    if (underscore || underscoreBefore) domainFails = lastUnderscore;
    return none();
  };

  const readPath = (from: number): number => {
    let opened = 0;
    let closed = 0;
    for (let end = from; ; end += 1) {
      const code = source.charCodeAt(end);
      if (code === 40) opened += 1;
      else if (code === 41 && closed < opened) closed += 1;
      else if (isTrail(code) || code === 38 || code === 93 || code === 60) {
        if (trails(end)) return end;
        if (code === 41) closed += 1;
      } else if (classify(code) === whitespace) return end;
    }
  };

  /** Whether from here to the next white space or `<` there is only what belongs to the sentence. */
  const trails = (from: number): boolean => {
    if (from < trailFails) return false;
    let end = from;
    for (;;) {
      const code = source.charCodeAt(end);
      if (isTrail(code)) end += 1;
      else if (code === 38) {
        const name = end + 1;
        end = name;
        while (isAlpha(source.charCodeAt(end))) end += 1;
        if (end === name || source.charCodeAt(end) !== 59) {
          trailFails = name;
          return false;
        }
        end += 1;
      } else if (code === 93) {
        end += 1;
        const after = source.charCodeAt(end);
        if (after === 40 || after === 91 || classify(after) === whitespace) return true;
      } else if (code === 60 || classify(code) === whitespace) return true;
      else {
        trailFails = end;
        return false;
      }
    }
  };

  const readEmail = (start: number, at: number): { end: number; url: string } | typeof pending | undefined => {
    let end = at + 1;
    let data = false;
    let dot = false;
    for (; ; end += 1) {
      if (end - at > mostWord) return undefined;
      const code = source.charCodeAt(end);
      if (code === 46) {
        if (!isAlphanumeric(source.charCodeAt(end + 1))) break;
        dot = true;
      } else if (code === 45 || code === 95 || isAlphanumeric(code)) data = true;
      else break;
    }
    if (data && dot && isAlpha(source.charCodeAt(end - 1))) return { end, url: `mailto:${source.slice(start, end)}` };
    return end >= source.length ? pending : undefined;
  };

  return {
    reset(text, previous) {
      source = text;
      before = previous;
      trailFails = 0;
      domainFails = -1;
      domainPends = false;
      wordEnd = 0;
      email = nextEmail(0);
      url = nextUrl(0);
    },
    next(from) {
      if (email.start < from) email = nextEmail(from);
      if (url.start < from) url = nextUrl(from);
      return Math.min(email.start, url.start);
    },
    read(at) {
      const address = email.start === at && email.at > at ? readEmail(at, email.at) : undefined;
      if (address !== undefined && address !== pending) return address;
      if (url.start !== at || url.kind === none || !isWordEndNear(at)) return address;
      return readUrl(at, url.kind === www ? at : source.indexOf('//', at) + 2) ?? address;
    },
  };
}

function isWww(text: string): boolean {
  return text.charCodeAt(0) === 87 || text.charCodeAt(0) === 119;
}

/** The start of the text, white space, or one of `(*_[]~`. */
function mayPrecedeWww(code: number): boolean {
  return Number.isNaN(code) || isBlank(code) || code === 40 || code === 42 || code === 95 || code === 91 || code === 93 || code === 126;
}

/** `!"'),.:;?_*~`: what may end a sentence around an address. */
function isTrail(code: number): boolean {
  return code < 128 && '!"\'),.:;?_*~'.includes(String.fromCharCode(code));
}

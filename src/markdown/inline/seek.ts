/** Searches in one source that never cover the same stretch twice: what was found, or not, is remembered. */
export interface Seek {
  /** Another source. */
  reset(source: string): void;
  /** Where `needle` is at or after `from`, -1 if nowhere. */
  next(needle: string, from: number): number;
  /** As `next`, for one character that no backslash escapes. `from` is not itself escaped. */
  unescaped(char: string, from: number): number;
  /** As `next`, for a backslash and a character, of which the backslash is not itself escaped. */
  pair(needle: string, from: number): number;
  /** The first run of exactly `length` of `char` at or after `from`, which is no place within a run. */
  run(char: string, length: number, from: number): number;
}

interface Known {
  from: number;
  at: number;
}

export function createSeek(): Seek {
  let source = '';
  let known: Map<string, Known> | undefined;
  let runs: Map<string, Runs> | undefined;

  const remembered = (key: string, from: number, search: () => number): number => {
    known ??= new Map();
    const before = known.get(key);
    if (before && from >= before.from && (before.at < 0 || from <= before.at)) return before.at;
    const at = search();
    known.set(key, { from, at });
    return at;
  };

  return {
    reset(text) {
      source = text;
      known = undefined;
      runs = undefined;
    },
    next: (needle, from) => remembered(needle, from, () => source.indexOf(needle, from)),
    unescaped: (char, from) =>
      remembered(`\\${char}`, from, () => {
        let at = source.indexOf(char, from);
        while (at >= 0 && isEscaped(source, at, from)) at = source.indexOf(char, at + 1);
        return at;
      }),
    pair: (needle, from) =>
      remembered(needle, from, () => {
        let at = source.indexOf(needle, from);
        while (at >= 0 && isEscaped(source, at, from)) at = source.indexOf(needle, at + 1);
        return at;
      }),
    run(char, length, from) {
      runs ??= new Map();
      let seen = runs.get(char);
      if (!seen) {
        seen = { last: new Map(), scanned: 0 };
        runs.set(char, seen);
      }
      return findRun(source, seen, char, length, from);
    },
  };
}

/** Where the last run of each length starts, of those before `scanned`. */
interface Runs {
  readonly last: Map<number, number>;
  scanned: number;
}

function findRun(source: string, known: Runs, char: string, length: number, from: number): number {
  // What is found is consumed, so a stretch is searched again only where it held no such run.
  if ((known.last.get(length) ?? -1) >= from) return scan(source, char, from, (at, size) => size === length && at >= from).at;
  const found = scan(source, char, Math.max(from, known.scanned), (at, size) => {
    known.last.set(size, at);
    return size === length;
  });
  known.scanned = Math.max(known.scanned, found.end);
  return found.at;
}

function scan(source: string, char: string, from: number, accept: (at: number, size: number) => boolean): { at: number; end: number } {
  const code = char.charCodeAt(0);
  let at = source.indexOf(char, from);
  while (at >= 0) {
    let end = at + 1;
    while (source.charCodeAt(end) === code) end += 1;
    if (accept(at, end - at)) return { at, end };
    at = source.indexOf(char, end);
  }
  return { at: -1, end: source.length };
}

function isEscaped(source: string, at: number, from: number): boolean {
  let backslashes = at;
  while (backslashes > from && source.charCodeAt(backslashes - 1) === 92) backslashes -= 1;
  return ((at - backslashes) & 1) === 1;
}

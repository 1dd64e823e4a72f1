import { classify, other, punctuation } from './characters.ts';
import { createNode, type Node, remove, wrap } from './node.ts';

/**
 * Runs of `*`, `_` and `~` that may open or close (https://spec.commonmark.org/0.31.2/#delimiter-run), in a list that
 * pairing takes them out of.
 */
export interface Delimiter {
  readonly code: number;
  readonly node: Node;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  /** How many of the run are still there. */
  size: number;
  /** When pairing passed it or took from it: ascending from the first to the last, and what a search in vain was told by. */
  stamp: number;
  previous: Delimiter | undefined;
  next: Delimiter | undefined;
}

export interface Delimiters {
  /** None, and those to come stand among the children of `root`. */
  reset(root: Node): void;
  last(): Delimiter | undefined;
  first(): Delimiter | undefined;
  /** What may open and is no longer there, inside of a pair of the kind that comes second: what follows may close it before that. */
  enclosed(): readonly Delimiter[];
  /** `sides`: as of `sidesOf`. */
  push(node: Node, sides: number): void;
  /** Pairs what came after `bottom` (`undefined`: everything), as in a link's text. */
  resolve(bottom: Delimiter | undefined, tildeFirst: boolean): Generator<void, void>;
  /** Kinds of runs that close and found no opener, in all that was resolved up to the beginning: bits, as of `closersOf`. */
  missed(): number;
  /** Forgets what came after `bottom`. */
  truncate(bottom: Delimiter | undefined): void;
}

const asterisk = 42;
const underscore = 95;
const tilde = 126;
export const delimiterCodes: readonly number[] = [asterisk, underscore, tilde];

export function createDelimiters(): Delimiters {
  let root = createNode('root', '', 0, 0);
  let first: Delimiter | undefined;
  let last: Delimiter | undefined;
  let missed = 0;
  let enclosed: Delimiter[] = [];

  const drop = (delimiter: Delimiter): void => {
    if (delimiter.previous) delimiter.previous.next = delimiter.next;
    else first = delimiter.next;
    if (delimiter.next) delimiter.next.previous = delimiter.previous;
    else last = delimiter.previous;
  };

  const take = (delimiter: Delimiter, count: number): void => {
    delimiter.size -= count;
    delimiter.node.text = delimiter.node.text.slice(count);
    if (delimiter.size > 0) return;
    remove(root, delimiter.node);
    drop(delimiter);
  };

  /** Pairs one kind after `bottom` and before `end`. Linear: a search in vain says by `limits` that it need not be made again. */
  function* pair(
    ofTilde: boolean,
    bottom: Delimiter | undefined,
    end: Delimiter | undefined,
    isSecond: boolean = false,
  ): Generator<void, void> {
    // Not a typed array, which would cost more than all the rest.
    const limits: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let stamp = 0;
    let steps = 0;
    let closer = bottom ? bottom.next : first;
    while (closer && closer !== end) {
      steps += 1;
      if ((steps & 1023) === 0) yield;
      if ((closer.code === tilde) !== ofTilde || !closer.canClose) {
        stamp += 1;
        closer.stamp = stamp;
        closer = closer.next;
        continue;
      }
      const key = keyOf(closer);
      const limit = limits[key] ?? 0;
      let opener = closer.previous;
      while (opener && opener !== bottom && opener.stamp > limit && !matches(opener, closer)) {
        opener = opener.previous;
        steps += 1;
        if ((steps & 1023) === 0) yield;
      }
      if (!opener || opener === bottom || opener.stamp <= limit) {
        limits[key] = stamp;
        if (bottom === undefined && end === undefined) missed |= 1 << key;
        stamp += 1;
        closer.stamp = stamp;
        const following: Delimiter | undefined = closer.next;
        if (!closer.canOpen) drop(closer);
        closer = following;
        continue;
      }
      if (opener.next !== closer) {
        for (let inner = opener.next; isSecond && inner && inner !== closer; inner = inner.next) {
          steps += 1;
          if ((steps & 1023) === 0) yield;
          if (inner.canOpen && (inner.code === tilde) !== ofTilde) enclosed.push(inner);
        }
        // What is inside can match nothing outside.
        yield* pair(!ofTilde, opener, closer);
        opener.next = closer;
        closer.previous = opener;
      }
      const used = ofTilde ? closer.size : opener.size > 1 && closer.size > 1 ? 2 : 1;
      const node = createNode(ofTilde ? 'delete' : used === 2 ? 'strong' : 'emphasis', closer.node.text.slice(0, used), 0, 0);
      node.start = opener.node.start + opener.size - used;
      node.end = closer.node.end;
      wrap(node, opener.node, closer.node);
      const rest: Delimiter | undefined = closer.size > used ? closer : closer.next;
      take(opener, used);
      stamp += 1;
      opener.stamp = stamp;
      take(closer, used);
      closer = rest;
    }
  }

  return {
    reset(parent) {
      root = parent;
      first = undefined;
      last = undefined;
      missed = 0;
      enclosed = [];
    },
    first: () => first,
    last: () => last,
    missed: () => missed,
    enclosed: () => enclosed,
    push(node, sides) {
      const { text } = node;
      const canOpen = (sides & opens) > 0;
      const canClose = (sides & closes) > 0;
      const delimiter: Delimiter = {
        code: text.charCodeAt(0),
        node,
        canOpen,
        canClose,
        size: text.length,
        stamp: 0,
        previous: last,
        next: undefined,
      };
      if (last) last.next = delimiter;
      else first = delimiter;
      last = delimiter;
    },
    *resolve(bottom, tildeFirst) {
      if (last === bottom) return;
      yield* pair(tildeFirst, bottom, undefined);
      yield* pair(!tildeFirst, bottom, undefined, bottom === undefined);
    },
    truncate(bottom) {
      enclosed = [];
      last = bottom;
      if (bottom) bottom.next = undefined;
      else first = undefined;
    },
  };
}

const opens = 1;
const closes = 2;

/** Whether a run may open, and whether it may close: bits. By the code units around it. */
export function sidesOf(code: number, before: number, after: number): number {
  const previous = classify(before);
  const next = classify(after);
  let canOpen = next === other || (next === punctuation && previous !== other);
  let canClose = previous === other || (previous === punctuation && next !== other);
  if (code !== tilde) {
    canOpen ||= after === tilde;
    canClose ||= before === tilde;
  }
  if (code === underscore) {
    const both = canOpen && canClose;
    canOpen &&= !both || previous !== other;
    canClose &&= !both || next !== other;
  }
  return (canOpen ? opens : 0) | (canClose ? closes : 0);
}

/** Where the last mark is of a run that may close, of which the first may be escaped; less than 0: nowhere. Yields now and then. */
export function* lastCloser(text: string, code: number, before: number): Generator<void, number> {
  const mark = String.fromCharCode(code);
  let steps = 0;
  for (let end = text.length; end > 0; ) {
    const last = text.lastIndexOf(mark, end - 1);
    let at = last;
    for (; at > 0 && text.charCodeAt(at - 1) === code; at -= 1) {
      steps += 1;
      if ((steps & 1023) === 0) yield;
    }
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (last < 0 || (sidesOf(code, at > 0 ? text.charCodeAt(at - 1) : before, text.charCodeAt(last + 1)) & closes) > 0) return last;
    end = at;
  }
  return -1;
}

function matches(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.code !== closer.code || !opener.canOpen) return false;
  if (closer.code === tilde) return opener.size === closer.size;
  // The rule of three, on what is left of the runs.
  return !(opener.canClose || closer.canOpen) || closer.size % 3 === 0 || (opener.size + closer.size) % 3 !== 0;
}

/** Closers of one key match the same openers. */
function keyOf(closer: Delimiter): number {
  if (closer.code === tilde) return closer.size & 1;
  return 2 + (closer.code === asterisk ? 0 : 6) + (closer.canOpen ? 3 : 0) + (closer.size % 3);
}

/** Which closers the opener matches: a bit for each key. */
export function closersOf({ code, size, canClose }: Delimiter): number {
  if (code === tilde) return 1 << (size & 1);
  let closers = 0;
  for (const closes of [0, 3]) {
    for (let rest = 0; rest < 3; rest += 1)
      if (!(canClose || closes > 0) || rest === 0 || (size + rest) % 3 !== 0)
        closers |= 1 << (2 + (code === asterisk ? 0 : 6) + closes + rest);
  }
  return closers;
}

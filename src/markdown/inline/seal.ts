import type { Inline, Segment } from '../blocks.ts';
import type { MarkdownSyntax } from '../document.ts';
import type { References } from './references.ts';
import { isFull, skipSegments, splitSegments } from './segments.ts';
import type { Source } from './source.ts';
import { join } from './tail.ts';
import { parseFinal, parseWindow, type Window } from './window.ts';

/** What is on display before a source is parsed. */
export interface Shown {
  /** What is settled since segments were sealed. */
  readonly settled: readonly Inline[];
  /** Segments that were sealed by what was assumed, and are in doubt. */
  readonly doubtful: readonly Segment[];
}

/** A window, and what it settles, with what was settled before it. */
export interface Settled {
  readonly result: Window;
  /** How many of the doubtful segments are what it settles first. */
  readonly kept: number;
  /** Enough for segments of their own. */
  readonly full: readonly Segment[];
  /** Not yet enough. */
  readonly settled: readonly Inline[];
}

/** All of a leaf. */
export interface Finished {
  readonly kept: number;
  readonly rest: readonly Segment[];
}

const none: readonly never[] = [];

/** Yields as parsing does. `visible`: code units of the source that are on display. */
export function* windowSegments(
  source: Source,
  syntax: MarkdownSyntax,
  references: References,
  unresolved: Set<string>,
  shown: Shown,
  visible: number,
): Generator<void, Settled> {
  const result = yield* parseWindow(source, syntax, references, unresolved);
  const nodes = result.settled.length === 0 ? shown.settled : join(shown.settled, result.settled);
  const { kept, rest: settled } = yield* skip(shown.doubtful, nodes);
  if (!isFull(settled, result.cut >= visible)) return { result, kept, full: none, settled };
  return { result, kept, full: yield* splitSegments(settled), settled: none };
}

export function* finalSegments(
  source: Source,
  syntax: MarkdownSyntax,
  references: References,
  unresolved: Set<string>,
  shown: Shown,
): Generator<void, Finished> {
  const { kept, rest } = yield* skip(shown.doubtful, join(shown.settled, yield* parseFinal(source, syntax, references, unresolved)));
  return { kept, rest: yield* splitSegments(rest) };
}

function* skip(segments: readonly Segment[], nodes: readonly Inline[]): ReturnType<typeof skipSegments> {
  return segments.length === 0 ? { kept: 0, rest: nodes } : yield* skipSegments(segments, nodes);
}

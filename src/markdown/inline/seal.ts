import type { Inline, Segment } from '../blocks.ts';
import type { MarkdownSyntax } from '../document.ts';
import type { References } from './references.ts';
import { isFull, splitSegments } from './segments.ts';
import type { Source } from './source.ts';
import { join } from './tail.ts';
import { parseFinal, parseWindow, type Window } from './window.ts';

/** A window, and what it settles, with what was settled before it. */
export interface Settled {
  readonly result: Window;
  /** Enough for segments of their own. */
  readonly full: readonly Segment[];
  /** Not yet enough. */
  readonly settled: readonly Inline[];
}

const none: readonly never[] = [];

/** Yields as parsing does. `shown`: code units of the source that are on display. */
export function* windowSegments(
  source: Source,
  syntax: MarkdownSyntax,
  references: References,
  unresolved: Set<string>,
  before: readonly Inline[],
  shown: number,
): Generator<void, Settled> {
  const result = yield* parseWindow(source, syntax, references, unresolved);
  const settled = result.settled.length === 0 ? before : join(before, result.settled);
  if (!isFull(settled, result.cut >= shown)) return { result, full: none, settled };
  return { result, full: yield* splitSegments(settled), settled: none };
}

export function* finalSegments(
  source: Source,
  syntax: MarkdownSyntax,
  references: References,
  unresolved: Set<string>,
  before: readonly Inline[],
): Generator<void, Segment[]> {
  return yield* splitSegments(join(before, yield* parseFinal(source, syntax, references, unresolved)));
}

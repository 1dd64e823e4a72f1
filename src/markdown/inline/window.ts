import type { Inline } from '../blocks.ts';
import type { MarkdownSyntax } from '../document.ts';
import { type Assumed, assume, firstAwaited, firstAwaitedOpener, mayClose } from './assumed.ts';
import { add, type Built, build } from './build.ts';
import { createDoubt, healBrackets, healDelimiters, visibleEnd } from './heal.ts';
import type { Node } from './node.ts';
import { isAddress } from './ordinary.ts';
import type { References } from './references.ts';
import { createScanner, type Scanner } from './scan.ts';
import { type Cut, findAnyCut, findCut } from './settle.ts';
import type { Begun, Scan, Source } from './source.ts';

/** What a stretch of a leaf says that reaches to its end, so far. */
export interface Window {
  /** Whatever follows, the first `cut` code units say this. */
  readonly settled: readonly Inline[];
  readonly cut: number;
  readonly tildeFirst: boolean | undefined;
  /** What before the cut was taken for text. None: nothing is. */
  readonly assumed: Assumed | undefined;
  /** Something that was assumed before may have been closed. */
  readonly mayClose: boolean;
  /** What the code units from there to `end` say if what is open is closed. What is after `end` is held back. */
  readonly tail: readonly Inline[];
  readonly end: number;
  /** The code units that were read: all but white space and marks at the end. */
  readonly read: number;
  /** What the last leaf of the tail goes on as, while nothing but ordinary text follows. */
  readonly mode: Mode | undefined;
}

/** `address`: of an inline link that has not ended, nothing of which is shown. */
export type Mode = 'text' | 'inlineCode' | 'inlineMath' | 'address';

/** Code units that wait for what is open to be closed; of more, what began far behind is taken for text. */
export const mostAwaited = 4096;
/** Of a text without a good place to cut it, kept behind the cut. */
const leastKept = 512;

/** Scanners at rest. A parse that is given up keeps its own. */
const free: Scanner[] = [];
const mostFree = 8;

function release(scanner: Scanner): void {
  if (free.length >= mostFree) return;
  scanner.forget();
  free.push(scanner);
}

/** A source that nothing follows. Labels without definition join `unresolved`. */
export function* parseFinal(
  source: Source,
  syntax: MarkdownSyntax,
  references: References,
  unresolved: Set<string>,
): Generator<void, Inline[]> {
  let end = source.text.length;
  while (end > 0 && (source.text.charCodeAt(end - 1) === 32 || source.text.charCodeAt(end - 1) === 9)) end -= 1;
  const scanner = free.pop() ?? createScanner();
  const { before, tildeFirst } = source;
  const steps = scanner.scan({ text: source.text.slice(0, end), before, tildeFirst }, syntax, references);
  const built: Built = { nodes: [], text: [] };
  let step = steps.next();
  // What is done with is garbage at once, before there is much of it.
  for (let count = 1; !step.done; step = steps.next(), count += 1) {
    const first = count > 64 ? scanner.take() : undefined;
    if (first) {
      count = 0;
      yield* add(first, undefined, built);
    }
    yield;
  }
  const result = step.value;
  if (result.delimiters.last()) yield* result.delimiters.resolve(undefined, result.tildeFirst ?? false);
  const nodes = yield* build(result.root.first, undefined, built);
  yield* collect(result.missed, Number.POSITIVE_INFINITY, unresolved);
  release(scanner);
  return nodes;
}

/** A source that grows. Labels without definition in what is settled join `unresolved`. */
export function* parseWindow(
  source: Source,
  syntax: MarkdownSyntax,
  references: References,
  unresolved: Set<string>,
): Generator<void, Window> {
  const math = syntax.math === true;
  const text = source.text.slice(0, visibleEnd(source.text, math));
  const scanner = free.pop() ?? createScanner();
  const result = yield* scanner.scan({ ...source, text }, syntax, references, createDoubt(text, math));
  const { root, delimiters } = result;
  const blocked = Math.min(result.firstPending, result.brackets.first()?.node.start ?? text.length, text.length);
  const awaited = yield* firstAwaited(result, text.length);
  const end = yield* healBrackets(result, text);
  if (delimiters.last()) yield* delimiters.resolve(undefined, result.tildeFirst ?? false);
  const sure = Math.min(blocked, firstOpener(result));
  let { assumed } = source;
  let cut = assumed ? undefined : yield* findCut(root, text, sure, result.brackets.spans);
  if (!cut || (text.length - cut.at > mostAwaited && cut.at < text.length / 2)) {
    const limit = Math.min(awaited, yield* firstAwaitedOpener(result, text.length), text.length);
    cut = yield* cutAnyhow(root, text, limit, result.brackets.spans);
    if (cut.at > 0) assumed = yield* assume(result, text, cut.at, assumed);
  }
  const isDoubtful = source.assumed !== undefined && mayClose(result, text, source.assumed);
  const first = cut.next;
  const settled = yield* build(root.first === first ? undefined : root.first, first);
  if (first) {
    root.first = first;
    first.previous = undefined;
  } else root.first = root.last = undefined;
  healDelimiters(root, delimiters.last(), undefined, text);
  const tail = yield* build(root.first, undefined);
  if (result.missed.size > 0 && !assumed) yield* collect(result.missed, cut.at, unresolved);
  release(scanner);
  return {
    settled,
    cut: cut.at,
    tildeFirst: result.firstRun < cut.at ? result.tildeFirst : source.tildeFirst,
    assumed,
    mayClose: isDoubtful,
    tail,
    end,
    read: text.length,
    mode: isInAddress(result.stopped, text) ? 'address' : modeOf(root, tail.length > 0 ? tail : settled, text),
  };
}

/** Labels of brackets that end before `end`. Yields now and then. */
function* collect(missed: ReadonlyMap<string, number>, end: number, labels: Set<string>): Generator<void, void> {
  let steps = 0;
  for (const [label, at] of missed) {
    if (at >= end) break;
    steps += 1;
    if ((steps & 1023) === 0) yield;
    labels.add(label);
  }
}

/** At a good place, if there is one near enough to the end. */
function* cutAnyhow(root: Node, text: string, limit: number, spans: readonly number[]): Generator<void, Cut> {
  const cut = yield* findCut(root, text, limit, spans);
  if (text.length - cut.at <= mostAwaited) return cut;
  const most = Math.min(limit, text.length - leastKept);
  return most > cut.at ? yield* findAnyCut(root, text, most) : cut;
}

function firstOpener({ delimiters }: Scan): number {
  const enclosed = delimiters.enclosed().reduce((first, { node }) => Math.min(first, node.start), Number.POSITIVE_INFINITY);
  for (let delimiter = delimiters.first(); delimiter; delimiter = delimiter.next)
    if (delimiter.canOpen) return Math.min(enclosed, delimiter.node.start);
  return enclosed;
}

function isInAddress(stopped: Begun | undefined, text: string): boolean {
  return stopped?.type === 'link' && text.charCodeAt(stopped.from + 1) === 40 && isAddress(text, stopped.from + 2);
}

/** By the last leaf, if everything around it is open; not where an address may be going on. */
function modeOf(root: Node, tail: readonly Inline[], text: string): Mode | undefined {
  let node = root.last;
  let shown = tail.at(-1);
  while (node && shown && 'children' in shown && node.open) {
    node = node.last;
    shown = shown.children.at(-1);
  }
  if (shown?.type === 'text' && (!node || node.type === 'text')) return mayBeAddress.test(text.slice(-400)) ? undefined : 'text';
  if (node?.open && (shown?.type === 'inlineCode' || shown?.type === 'inlineMath')) return shown.type;
  return undefined;
}

const mayBeAddress = /(?:@|:\/\/|www\.)\S*$/i;

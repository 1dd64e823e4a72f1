import type { Segment } from '../blocks.ts';
import type { MarkdownSyntax } from '../document.ts';
import { type Assumed, mayEnd } from './assumed.ts';
import { createDisplay } from './display.ts';
import { mostHeldBack, mostInvisible, visibleEnd } from './heal.ts';
import { isAddress, ordinaryEnd } from './ordinary.ts';
import type { References } from './references.ts';
import { type Finished, finalSegments, type Settled, windowSegments } from './seal.ts';
import { type Mode, mostAwaited } from './window.ts';

/** The inlines of one leaf, as its source arrives. */
export interface InlineContent {
  /**
   * The leaf's source from code unit `from` on is now `text` (append: `from` is its length). Line endings are `\n`.
   * A truncation below what is settled is allowed, and may cost a parse of the whole leaf.
   */
  replace(from: number, text: string): void;
  /** All of it. */
  source(): string;
  /** No more text will come: what is unclosed is what it says literally. */
  finish(): void;
  /** Labels without definition in what is settled, normalised; footnotes with a leading `^`. */
  readonly unresolved: ReadonlySet<string>;
  /** Works until done or, polled between steps, late. Returns whether done. */
  advance(isLate: () => boolean): boolean;
  /** What changed since the last call. */
  take(): InlineChange | undefined;
  /** Code units parsed so far, each time they were. */
  parsedLength(): number;
}

export type InlineChange =
  | { readonly type: 'append'; readonly text: string }
  | { readonly type: 'inline'; readonly from: number; readonly segments: readonly Segment[] };

/** Code units that may be parsed for each that arrived; what is parsed in vain, again and again, is bounded by it. */
export const parsesPerUnit = 16;
/** So that a short leaf is parsed whenever something arrives, and how much a long one saves up. */
export const initialCredit = 4096;
const mostCredit = 1 << 16;
/** Ordinary text that arrived since the last parse, in code units, from which on it is settled; more where that settled less than it left. */
const mostUnparsed = 1024;
/** The same of a link's address, so that what is none is shown. */
const mostAddress = 200;
/** Code units that are parsed at once whatever was assumed before them. */
const smallWindow = 512;
/** Code units parsed again, for each there is and at first, where what was taken for text may have been closed. */
const doubtsPerUnit = 2;
const initialDoubt = 1 << 16;

export function createInlineContent(references: References, syntax: MarkdownSyntax): InlineContent {
  const unresolved = new Set<string>();
  const display = createDisplay();

  /** All of the source, never flattened while it grows; and the code units before `window`, which are settled. */
  let whole = '';
  let settledLength = 0;
  /** What was read when they settled: without it they might say something else. */
  let settledBy = 0;
  let before = Number.NaN;
  let tildeFirst: boolean | undefined;
  /** What is taken for text, and the state before it; `doubted`: what has been parsed again because of it. */
  let assumed: Assumed | undefined;
  let sure: Sure | undefined;
  let doubted = 0;
  /** What is not settled, of which `rest`, its end, is not on display. */
  let window = '';
  let rest = '';
  let mode: Mode | undefined;
  let parsed = 0;
  /** Code units of `window` that what is on display, or held back, takes account of. */
  let read = 0;
  let finished = false;

  let fresh = false;
  let forced = false;
  let credit = initialCredit;
  let parsedLength = 0;
  let job: Job | undefined;

  const restart = (): void => {
    display.reset();
    unresolved.clear();
    settledLength = 0;
    settledBy = 0;
    before = Number.NaN;
    tildeFirst = undefined;
    assumed = undefined;
    sure = undefined;
    window = whole;
    rest = whole;
    mode = undefined;
    parsed = 0;
    read = 0;
    job = undefined;
    fresh = true;
    forced = true;
  };

  /** Back to what is sure. */
  const doubt = (): void => {
    if (!sure) return;
    ({ settledLength, settledBy, before, tildeFirst } = sure);
    window = whole.slice(settledLength);
    assumed = undefined;
    sure = undefined;
    display.doubt();
  };

  /**
   * Of a parse. Of what is taken for text there may be as much again and again, however long the leaf. Never more than there can be:
   * nothing would be parsed again before the leaf ends.
   */
  const cost = (): number =>
    assumed && window.length > smallWindow ? Math.min(window.length * 4, Math.max(window.length, mostCredit)) : window.length;

  const parse = (): Job => {
    if (finished) doubt();
    const text = window;
    const source = { text, before, tildeFirst, assumed };
    credit = Math.max(0, credit - cost());
    parsedLength += text.length;
    if (finished) return { type: 'final', steps: finalSegments(source, syntax, references, unresolved, display.shown()) };
    const visible = window.length - rest.length;
    return { type: 'window', text, steps: windowSegments(source, syntax, references, unresolved, display.shown(), visible) };
  };

  /** Returns whether the parse is done. */
  const step = (current: Job): boolean => {
    if (current.type === 'final') {
      const { done, value } = current.steps.next();
      if (!done) return false;
      display.finish(value);
      rest = '';
      mode = undefined;
    } else {
      const { done, value } = current.steps.next();
      if (!done) return false;
      settle(value, current.text);
    }
    return true;
  };

  const settle = (settled: Settled, text: string): void => {
    const { result } = settled;
    const { cut, end } = result;
    if (result.mayClose && sure && mayDoubt(whole.length - sure.settledLength)) {
      doubt();
      fresh = true;
      forced = true;
      return;
    }
    if (result.assumed && !sure) {
      sure = { settledLength, settledBy, before, tildeFirst };
      display.assume();
    }
    assumed = result.assumed;
    display.show(settled);
    if (cut > 0) {
      before = text.charCodeAt(cut - 1);
      settledBy = settledLength + text.length;
      settledLength += cut;
    }
    tildeFirst = result.tildeFirst;
    // Nothing of the last segment is on display that text could join.
    mode = settled.settled.length + result.tail.length === 0 ? undefined : result.mode;
    // More may have arrived since.
    rest = window.slice(end);
    window = window.slice(cut);
    parsed = text.length - cut;
    read = result.read - cut;
    // What is left of much may go as well.
    if (cut > 0 && !sure && window.length > mostAwaited && cut >= window.length) fresh = forced = true;
  };

  const mayDoubt = (length: number): boolean => {
    if (doubted + length > initialDoubt + doubtsPerUnit * whole.length) return false;
    doubted += length;
    return true;
  };

  /** Before the next parse is due: what arrived looks like text, but not behind what is held back, for as long as that may be. */
  const appendRaw = (): void => {
    const isHolding = read > window.length - rest.length;
    if (mode !== 'text' || (isHolding && rest.length < mostHeldBack)) return;
    const end = visibleEnd(rest, syntax.math === true);
    display.append(rest.slice(0, end));
    rest = rest.slice(end);
  };

  /** Shows what arrived without a parse, if it can be only text. */
  const appendOrdinary = (): boolean => {
    if (mode === undefined || window.length - parsed > (mode === 'address' ? mostAddress : Math.max(mostUnparsed, parsed))) return false;
    if (assumed && mayEnd(rest, assumed)) return false;
    if (mode === 'address') {
      if (!isAddress(window, read)) return false;
      read = window.length;
      return true;
    }
    const end = ordinaryEnd(rest, mode);
    if (end < 0) return false;
    display.append(mode === 'inlineCode' ? rest.slice(0, end).replaceAll('\n', ' ') : rest.slice(0, end));
    rest = rest.slice(end);
    read = window.length - rest.length;
    return true;
  };

  /** Whether there is nothing new but what is held back at the end anyway. */
  const isHeld = (): boolean =>
    window.length > 0 && window.length - read <= mostInvisible && visibleEnd(window, syntax.math === true) === read;

  return {
    unresolved,
    parsedLength: () => parsedLength,
    source: () => whole,
    replace(from, text) {
      credit = Math.min(Math.max(mostCredit, window.length + text.length), credit + parsesPerUnit * text.length);
      fresh = true;
      if (from >= whole.length) {
        whole += text;
        window += text;
        rest += text;
        return;
      }
      whole = whole.slice(0, from) + text;
      const shown = settledLength + window.length - rest.length;
      if (from < (sure ?? { settledBy }).settledBy) {
        restart();
        return;
      }
      job = undefined;
      doubt();
      window = whole.slice(settledLength);
      rest = from >= shown ? window.slice(shown - settledLength) : '';
      forced = true;
    },
    finish() {
      finished = true;
      fresh = true;
      forced = true;
    },
    advance(isLate) {
      for (;;) {
        if (!job) {
          if (!fresh) return true;
          fresh = false;
          if (!forced && (appendOrdinary() || isHeld())) return true;
          if (!forced && credit < cost()) {
            appendRaw();
            return true;
          }
          forced = false;
          job = parse();
        }
        for (;;) {
          if (step(job)) {
            job = undefined;
            break;
          }
          if (isLate()) return false;
        }
      }
    },
    take: () => display.take(),
  };
}

/** What is settled without anything assumed. */
interface Sure {
  readonly settledLength: number;
  readonly settledBy: number;
  readonly before: number;
  readonly tildeFirst: boolean | undefined;
}

/** A parse that is under way. */
type Job =
  | { readonly type: 'final'; readonly steps: Generator<void, Finished> }
  | { readonly type: 'window'; readonly text: string; readonly steps: Generator<void, Settled> };

export { parseInline } from './parse.ts';
export type { References } from './references.ts';

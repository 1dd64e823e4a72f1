import { type FrameTask, frames } from '../../frame.ts';
import { promotions } from '../../promotion.ts';
import { colourLine, keepSelection } from './colour.ts';
import type { Highlighter, HighlightSession, TokenLine } from './highlighter.ts';
import { originOf } from './origin.ts';
import type { CodeSource } from './source.ts';
import { adoptStyles } from './styles.ts';

/** Colours the finished lines of one block of code, as their tokens come. */
export interface Colours {
  /** The next line is finished; `end` is where, its newline included. Without a box it is too long to be coloured. */
  line(box: HTMLElement | undefined, end: number): void;
  /** The block is closed: its last line is finished, newline or not. */
  end(box: HTMLElement | undefined, length: number): void;
  /** The code behind `length` is withdrawn. */
  withdraw(length: number): void;
  /** After a change: tells the highlighter what there is. */
  update(): void;
  close(): void;
}

/** Of a frame, for one block. A first batch is coloured whatever it costs, so that a slow machine gets on. */
const budgetMs = 2;
const batchLines = 8;
/** Lines of a block shown again (scrolled back to, say) that are coloured before they are painted for the first time. */
const knownAtOnce = 200;

/** What a block's tokens were, for when it is shown again: each who shows it goes on by itself. */
const remembered = new WeakMap<object, { readonly highlight: Highlighter; readonly tokens: readonly TokenLine[] }>();

export function createColours(element: HTMLElement, block: CodeSource, highlight: Highlighter): Colours {
  const boxes: (HTMLElement | undefined)[] = [];
  const ends: number[] = [];
  const { key } = originOf(block);
  const before = remembered.get(key);
  const tokens: TokenLine[] = before?.highlight === highlight ? [...before.tokens] : [];
  remembered.set(key, { highlight, tokens });
  let coloured = 0;
  let session: HighlightSession | undefined;
  let isUnknown = false;
  /** Where the last line that was told of lost its newline: it may still be the same line (in front of a closing fence, say). */
  let reopened: number | undefined;
  let cancel: (() => void) | undefined;

  const isDone = (): boolean => coloured >= Math.min(tokens.length, boxes.length);
  const colourNext = (): void => {
    const box = boxes[coloured];
    const line = tokens[coloured];
    if (box !== undefined && line !== undefined) colourLine(box, line);
    coloured += 1;
  };
  const colour = (deadline: number): void => {
    if (isDone()) return;
    keepSelection(element, () => {
      do {
        for (let count = 0; count < batchLines && !isDone(); count += 1) colourNext();
      } while (!isDone() && performance.now() < deadline);
    });
  };
  const task: FrameTask = {
    flush() {
      colour(performance.now() + budgetMs);
      if (!isDone()) frames().request(task);
    },
  };
  const promote = (): void => {
    if (cancel !== undefined || isDone()) return;
    const target = tokens.length;
    let isLate = false;
    const job = {
      apply: () => {
        if (isLate) colour(Number.POSITIVE_INFINITY);
        else frames().request(task);
        isLate = true;
      },
      isDone: () => {
        if (coloured < Math.min(target, boxes.length)) return false;
        cancel = undefined;
        promote();
        return true;
      },
    };
    // Set first: it may be done before `promote` returns.
    cancel = () => {};
    cancel = promotions().promote(job);
  };

  const open = (): void => {
    let skip = tokens.length;
    session = highlight.open({
      language: block.language,
      from: (offset) => block.from(offset),
      onLines(lines) {
        const added = skip === 0 ? lines : lines.slice(skip);
        skip -= lines.length - added.length;
        for (const line of added) tokens.push(line);
        promote();
      },
    });
    isUnknown = session === undefined;
  };

  adoptStyles(element);
  /** Lines from here on are others than those that were told of. */
  const restart = (): void => {
    session?.close();
    session = undefined;
    tokens.length = Math.min(tokens.length, boxes.length);
    coloured = Math.min(coloured, boxes.length);
    // What was promised may never come: the next tokens are a promotion of their own.
    cancel?.();
    cancel = undefined;
  };
  const add = (box: HTMLElement | undefined, end: number, isSame: boolean): void => {
    if (reopened !== undefined && !isSame) restart();
    reopened = undefined;
    boxes.push(box);
    ends.push(end);
    if (coloured === boxes.length - 1 && coloured < tokens.length && coloured < knownAtOnce) colourNext();
  };

  return {
    line: (box, end) => add(box, end, end - 1 === reopened),
    end(box, length) {
      if ((ends.at(-1) ?? 0) < length) add(box, length, length === reopened);
    },
    withdraw(length) {
      const told = ends.at(-1) ?? 0;
      while ((ends.at(-1) ?? 0) > length) {
        ends.pop();
        boxes.pop();
      }
      if (length < (reopened ?? told - 1)) {
        restart();
        reopened = undefined;
      } else if (length === told - 1) reopened = length;
    },
    update() {
      const end = ends.at(-1) ?? 0;
      if (session === undefined && !isUnknown && tokens.length < boxes.length) open();
      session?.update(end);
      promote();
    },
    close() {
      remembered.set(key, { highlight, tokens });
      session?.close();
      cancel?.();
      frames().cancel(task);
    },
  };
}

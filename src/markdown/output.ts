import type { Block, BlockKey, BlockOp, Segment } from './blocks.ts';
import type { InlineContent } from './inline/content.ts';

/**
 * Operations in the order in which the block phase decides them. What an inline leaf contributes is parsed when its turn
 * comes, in `drain`, so that a long one holds up the next line, and never the thread.
 */
export interface Output {
  /** Of the block opened last. */
  readonly lastKey: BlockKey;
  open(parent: BlockKey, block: Block): BlockKey;
  set(key: BlockKey, block: Block): void;
  append(key: BlockKey, text: string): void;
  remove(key: BlockKey): void;
  close(key: BlockKey): void;
  revise(key: BlockKey, segments: readonly Segment[]): void;
  /** The leaf's content has changed. `parsed` is called when that is told. */
  parse(key: BlockKey, content: InlineContent, parsed?: () => void): void;
  /** Returns whether everything told so far is in what `take` returns. */
  drain(isLate: () => boolean): boolean;
  take(): readonly BlockOp[];
}

/** Segments of one operation: to give the page more at once would take a task longer than parsing may. */
export const mostTold = 64;

type InlineOp = Extract<BlockOp, { type: 'inline' | 'revise' }>;

interface Job {
  readonly type: 'parse';
  readonly key: BlockKey;
  readonly content: InlineContent;
  readonly parsed: (() => void) | undefined;
}

export function createOutput(): Output {
  let lastKey = 0;
  let waiting: (BlockOp | Job)[] = [];
  let begun = 0;
  let ops: BlockOp[] = [];
  /** What is told in several operations, and how many of its segments have been. */
  let telling: InlineOp | undefined;
  let told = 0;

  const push = (op: BlockOp): void => {
    const last = ops[ops.length - 1];
    if (op.type === 'append' && last?.type === 'append' && last.key === op.key) {
      ops[ops.length - 1] = { type: 'append', key: op.key, text: last.text + op.text };
    } else ops.push(op);
  };

  /** Nothing overtakes what waits for a leaf. */
  const tell = (op: BlockOp): void => {
    if (waiting.length > 0) waiting.push(op);
    else push(op);
  };

  /** Returns whether all of it is told; else the rest is for another task. */
  const tellSegments = (op: InlineOp): boolean => {
    const { key, segments } = op;
    const isLast = segments.length - told <= mostTold;
    telling = isLast ? undefined : op;
    if (isLast) push(told === 0 ? op : { ...op, segments: segments.slice(told) });
    else push({ type: 'segments', key, segments: segments.slice(told, told + mostTold) });
    told = isLast ? 0 : told + mostTold;
    return isLast;
  };

  const run = ({ key, content, parsed }: Job, isLate: () => boolean): boolean => {
    if (!telling) {
      if (!content.advance(isLate)) return false;
      const change = content.take();
      if (change?.type === 'append') push({ type: 'append', key, text: change.text });
      else if (change && !tellSegments({ type: 'inline', key, from: change.from, segments: change.segments })) return false;
    } else if (!tellSegments(telling)) return false;
    parsed?.();
    return true;
  };

  return {
    get lastKey() {
      return lastKey;
    },
    open(parent, block) {
      lastKey += 1;
      tell({ type: 'open', key: lastKey, parent, block });
      return lastKey;
    },
    set: (key, block) => tell({ type: 'set', key, block }),
    append: (key, text) => tell({ type: 'append', key, text }),
    remove: (key) => tell({ type: 'remove', key }),
    close: (key) => tell({ type: 'close', key }),
    revise: (key, segments) => void waiting.push({ type: 'revise', key, from: 0, segments }),
    parse: (key, content, parsed) => void waiting.push({ type: 'parse', key, content, parsed }),
    drain(isLate) {
      for (; begun < waiting.length; begun += 1) {
        const item = waiting[begun];
        if (item?.type === 'parse') {
          if (!run(item, isLate)) return false;
          // What one piece of text says may be a thousand cells.
          if (begun + 1 < waiting.length && isLate()) {
            begun += 1;
            return false;
          }
        } else if (item?.type === 'revise') {
          if (!tellSegments(telling ?? item)) return false;
        } else if (item) push(item);
      }
      if (waiting.length > 0) waiting = [];
      begun = 0;
      return true;
    },
    take() {
      const taken = ops;
      ops = [];
      return taken;
    },
  };
}

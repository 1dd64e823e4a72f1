import type { BlockKey } from './blocks.ts';
import type { Context } from './context.ts';
import { createLiteral } from './literal.ts';
import { endWithout } from './spaces.ts';

export interface MathFence {
  /** Dollars, 0 for brackets. */
  readonly dollars: number;
  /** Columns before it, which its lines may have as well. */
  readonly indent: number;
}

/**
 * Display math between `$$` and `$$`, or `\[` and `\]`: what opens it may have text behind it, what closes it text before
 * it. Models write all four forms.
 */
export interface MathBlock {
  readonly type: 'math';
  readonly fence: MathFence;
  ended(): boolean;
  beginLine(): void;
  text(piece: string): void;
  endLine(): void;
  close(): void;
}

export function createMath(context: Context, parent: BlockKey, fence: MathFence): MathBlock {
  const literal = createLiteral(context, parent, { type: 'math' });
  const closing = fence.dollars > 0 ? '$' : '\\]';
  let tail = '';
  let begun = false;
  /** Of the line that opens it, what is behind the mark counts, if anything. */
  let opening = true;
  let ended = false;

  const show = (text: string): void => {
    if (!begun) literal.begin();
    begun = true;
    literal.text(text);
  };

  return {
    type: 'math',
    fence,
    ended: () => ended,
    beginLine() {
      begun = false;
    },
    text(piece) {
      const end = endWithout(piece, closing);
      if (end > 0) {
        show(tail + piece.slice(0, end));
        tail = '';
      }
      tail += piece.slice(end);
    },
    endLine() {
      const end = closingAt(tail, fence.dollars);
      ended = end !== undefined;
      const left = tail.slice(0, end);
      tail = '';
      if (left !== '' || !(ended || opening || begun)) show(left);
      opening = false;
    },
    close: literal.close,
  };
}

/** Where the text before the closing mark ends, if the line ends with one. */
export function closingAt(line: string, dollars: number): number | undefined {
  const end = endWithout(line);
  let start = end;
  if (dollars > 0) {
    while (start > 0 && line.charAt(start - 1) === '$') start -= 1;
    if (end - start < dollars) return undefined;
  } else {
    if (!line.slice(0, end).endsWith('\\]')) return undefined;
    start -= 2;
  }
  return endWithout(line.slice(0, start));
}

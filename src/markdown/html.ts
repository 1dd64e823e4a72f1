import type { BlockKey } from './blocks.ts';
import type { Context } from './context.ts';
import { type HtmlKind, htmlEnds, longestHtmlEnd } from './htmlstart.ts';
import { createLiteral } from './literal.ts';

export interface Html {
  readonly type: 'html';
  /** A blank line ends it. */
  readonly endsBlank: boolean;
  /** The end was in the line before. */
  ended(): boolean;
  beginLine(): void;
  skipLine(text: string): void;
  text(piece: string): void;
  endLine(): void;
  close(): void;
}

export function createHtml(context: Context, parent: BlockKey, kind: HtmlKind): Html {
  const literal = createLiteral(context, parent, { type: 'html' });
  const end = htmlEnds[kind];
  /** The end of the line so far, for an end that comes in pieces. */
  let last = '';
  let found = false;
  let ended = false;
  return {
    type: 'html',
    endsBlank: end === undefined,
    ended: () => ended,
    beginLine: literal.begin,
    skipLine: literal.skip,
    text(piece) {
      literal.text(piece);
      if (!end || found) return;
      const seen = last + piece;
      found = end.test(seen);
      last = seen.slice(-longestHtmlEnd);
    },
    endLine() {
      ended = found;
      last = '';
    },
    close: literal.close,
  };
}

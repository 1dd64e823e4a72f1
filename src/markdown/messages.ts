import type { BlockOp } from './blocks.ts';
import type { MarkdownSyntax } from './document.ts';

/**
 * What crosses the thread between the page and the parser (in a worker of its own, or inline). Types only.
 * A `document` is the page's number for one text; it is never used twice. The page keeps at most one `text` message
 * unanswered, and what arrives meanwhile stays where it is, in its store: neither side has a queue that could grow.
 */
export type ToParser =
  | { readonly type: 'open'; readonly document: number; readonly syntax: MarkdownSyntax }
  /** Next text of some documents. Answered by one or more `parsed`, the last of them with `last`. */
  | { readonly type: 'text'; readonly texts: readonly DocumentText[] }
  | { readonly type: 'close'; readonly document: number };

export interface DocumentText {
  readonly document: number;
  readonly text: string;
  /** Nothing follows. */
  readonly ended: boolean;
}

export type FromParser =
  | { readonly type: 'ready' }
  /** `last`: everything of the `text` message is parsed. No parser task runs longer than some milliseconds, so there may be several answers. */
  | { readonly type: 'parsed'; readonly changes: readonly DocumentChange[]; readonly last: boolean }
  | { readonly type: 'failure'; readonly message: string };

export interface DocumentChange {
  readonly document: number;
  readonly ops: readonly BlockOp[];
  /** UTF-16 code units of the text that `ops` so far account for. */
  readonly length: number;
  /** The document is final. */
  readonly ended: boolean;
}

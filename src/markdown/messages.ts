import type { BlockOp } from './blocks.ts';
import type { MarkdownSyntax } from './document.ts';

/**
 * What crosses the thread between the page and the parser (in a worker of its own, or inline). Types only.
 * A `document` is the page's number for one text; it is never used twice. The page keeps at most one `text` message
 * unanswered, and what arrives meanwhile stays where it is, in its store, or is handed over as far as the parser keeps up: neither side
 * has a queue that could grow.
 */
export type ToParser =
  | { readonly type: 'open'; readonly document: number; readonly syntax: MarkdownSyntax }
  /** Next text of some documents. Answered by one or more `parsed`, the last of them with `last`. */
  | { readonly type: 'text'; readonly texts: readonly DocumentText[] }
  | { readonly type: 'close'; readonly document: number }
  /** Over it come `HandedTexts`, of documents that are open. */
  | { readonly type: 'port'; readonly port: MessagePort; readonly transfer: MessagePort[] };

/**
 * What a document is given, by the page or over a port, in any order: what it has it ignores, and what is behind a gap it keeps
 * until the gap is closed, up to a bound.
 */
export interface DocumentText {
  readonly document: number;
  /** UTF-16 code units in front of `text`. */
  readonly offset: number;
  readonly text: string;
  /** Nothing follows. */
  readonly ended: boolean;
}

/** Not asked for by the page, and answered like a `text` message, but without `last`. */
export interface HandedTexts {
  /** When it was handed over, ms since the Unix epoch. */
  readonly since: number;
  readonly texts: readonly DocumentText[];
}

export type FromParser =
  | { readonly type: 'ready' }
  /** `last`: everything of the `text` message is parsed. No parser task runs longer than some milliseconds, so there may be several answers. */
  | {
      readonly type: 'parsed';
      readonly changes: readonly DocumentChange[];
      readonly last: boolean;
      /** Of what was handed over, as far as it could be parsed in a moment. */
      readonly since?: number | undefined;
    }
  /**
   * The document has been given text behind its first `length` UTF-16 code units, but not what follows these. Said once
   * for each length, and with each text of the page that does not change it.
   */
  | { readonly type: 'missing'; readonly document: number; readonly length: number }
  /** What the document was given is not of one text; it is forgotten, and has to begin anew. */
  | { readonly type: 'lost'; readonly document: number }
  | { readonly type: 'failure'; readonly message: string };

export interface DocumentChange {
  readonly document: number;
  readonly ops: readonly BlockOp[];
  /** UTF-16 code units of the text that `ops` so far account for. */
  readonly length: number;
  /** UTF-16 code units the document has been given: `ops` tell of none beyond. */
  readonly reach: number;
  /** The document is final. */
  readonly ended: boolean;
}

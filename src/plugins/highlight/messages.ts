/**
 * What crosses the thread between the page and the highlighter. A `session` is the page's number for one block of code,
 * never used twice. The page keeps at most one `text` of a session unanswered: what comes meanwhile stays in its document.
 */
export type ToHighlighter =
  /** First of all. Themes are TextMate themes, as data. */
  | { readonly type: 'themes'; readonly light: unknown; readonly dark: unknown; readonly contrast: number }
  /** A grammar with those that are embedded in it; `main` is which of them, `language` how `text` names it. */
  | { readonly type: 'language'; readonly language: string; readonly main: string; readonly grammars: readonly unknown[] }
  /** The next lines of a session, begun with its first; `start` says that this is the code's beginning. Answered by `lines`, the last of them with `last`. */
  | { readonly type: 'text'; readonly session: number; readonly language: string; readonly start: boolean; readonly text: string }
  | { readonly type: 'close'; readonly session: number };

export type FromHighlighter =
  | { readonly type: 'ready' }
  | {
      readonly type: 'lines';
      readonly session: number;
      /** For each line how many tokens, then for each token its length and its style: an index into all `styles` so far, from 1; 0 is plain. */
      readonly tokens: Uint16Array<ArrayBuffer>;
      /** Styles that were not there before. */
      readonly styles: readonly Style[];
      readonly last: boolean;
    }
  /** The session had to make room for others: it begins anew. */
  | { readonly type: 'gone'; readonly session: number }
  /** This language cannot be coloured here. */
  | { readonly type: 'refused'; readonly session: number; readonly message: string };

export interface Style {
  readonly light: string | undefined;
  readonly dark: string | undefined;
  readonly italic: boolean;
  readonly bold: boolean;
  readonly underline: boolean;
}

import type { BlockOp } from './blocks.ts';

export interface MarkdownSyntax {
  /** `$…$`, `$$…$$`, `\(…\)` and `\[…\]` are math. @default false */
  readonly math?: boolean;
}

/**
 * One Markdown text, parsed as it grows: CommonMark 0.31.2 (https://spec.commonmark.org/0.31.2/) with GFM's tables, task
 * lists, strikethrough, autolinks and footnotes. Work and memory per call follow what arrived, not what came before.
 */
export interface MarkdownDocument {
  /** Takes the next text, in any cuts. Cheap: parsing is `advance`. */
  append(text: string): void;
  /** No more text: `advance` closes every block, and what is unclosed is what it says literally. */
  end(): void;
  /**
   * Parses what was appended until done, or, at some step after `isLate` says so, not. Returns the operations since the last
   * call; `done` says whether everything appended is in them (after `end`: whether the document is final), `length` how
   * many UTF-16 code units of the text are.
   */
  advance(isLate: () => boolean): { readonly ops: readonly BlockOp[]; readonly length: number; readonly done: boolean };
}

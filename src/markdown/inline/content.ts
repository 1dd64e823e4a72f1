import type { Inline, Segment } from '../blocks.ts';
import type { MarkdownSyntax } from '../document.ts';
import { parseInline } from './parse.ts';
import type { References } from './references.ts';

export { normaliseLabel } from './label.ts';
export { parseInline } from './parse.ts';
export type { References } from './references.ts';

/** The inlines of one leaf, as its source arrives. */
export interface InlineContent {
  /**
   * The leaf's source from code unit `from` on is now `text` (append: `from` is its length). Line endings are `\n`.
   * A truncation below what is settled is allowed, and may cost a parse of the whole leaf.
   */
  replace(from: number, text: string): void;
  /** No more text will come: what is unclosed is what it says literally. */
  finish(): void;
  /** A definition came: labels looked up without success may resolve now. */
  refresh(): void;
  /** Labels looked up without success, normalised; footnotes with a leading `^`. */
  readonly unresolved: ReadonlySet<string>;
  /** Works until done or, polled between steps, late. Returns whether done. */
  advance(isLate: () => boolean): boolean;
  /** What changed since the last call. */
  take(): InlineChange | undefined;
}

export type InlineChange =
  | { readonly type: 'append'; readonly text: string }
  | { readonly type: 'inline'; readonly from: number; readonly segments: readonly Segment[] };

export function createInlineContent(references: References, syntax: MarkdownSyntax): InlineContent {
  let source = '';
  let dirty = false;
  let change: readonly Inline[] | undefined;
  const unresolved = new Set<string>();
  const tracked: References = {
    link(label) {
      const found = references.link(label);
      if (!found) unresolved.add(label);
      return found;
    },
    footnote(label) {
      const found = references.footnote(label);
      if (!found) unresolved.add(`^${label}`);
      return found;
    },
  };

  return {
    replace(from, text) {
      source = source.slice(0, from) + text;
      dirty = true;
    },
    finish() {
      dirty = true;
    },
    refresh() {
      dirty = true;
    },
    unresolved,
    advance() {
      if (!dirty) return true;
      unresolved.clear();
      change = parseInline(source, tracked, syntax);
      dirty = false;
      return true;
    },
    take() {
      const segments = change && [change];
      change = undefined;
      return segments && { type: 'inline', from: 0, segments };
    },
  };
}

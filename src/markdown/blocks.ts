/**
 * What the parser tells the page about one document: a tree of blocks that only grows at its end, told as operations.
 * Folding all operations in order gives the document (mdast's shape: https://github.com/syntax-tree/mdast, with GFM).
 */

/** A block of one document: positive, ascending in the order of opening, never used twice. `0` is the document itself. */
export type BlockKey = number;

export type Align = 'left' | 'right' | 'center' | undefined;

/**
 * Containers hold blocks: `blockquote`, `list` (of `listItem`), `table` (of `tableRow`, of `tableCell`), `footnoteDefinition`.
 * Inline leaves hold segments: `paragraph`, `heading`, `tableCell`. Literal leaves hold text: `code`, `html`, `math`.
 */
export type Block =
  | { readonly type: 'paragraph' }
  | { readonly type: 'heading'; readonly depth: 1 | 2 | 3 | 4 | 5 | 6 }
  | { readonly type: 'thematicBreak' }
  | { readonly type: 'blockquote' }
  /** `spread`: loose, its paragraphs are set apart. */
  | { readonly type: 'list'; readonly ordered: boolean; readonly start: number; readonly spread: boolean }
  | { readonly type: 'listItem'; readonly checked?: boolean; readonly spread: boolean }
  /** `language` is the first word of the info string, `meta` the rest; both empty for indented code. */
  | { readonly type: 'code'; readonly language: string; readonly meta: string }
  /** Raw HTML, to be shown as text. */
  | { readonly type: 'html' }
  | { readonly type: 'math' }
  | { readonly type: 'table'; readonly align: readonly Align[] }
  | { readonly type: 'tableRow'; readonly header: boolean }
  | { readonly type: 'tableCell' }
  | { readonly type: 'footnoteDefinition'; readonly label: string };

export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'emphasis' | 'strong' | 'delete'; readonly children: readonly Inline[] }
  | { readonly type: 'inlineCode' | 'inlineMath' | 'html'; readonly text: string }
  | { readonly type: 'break' }
  | { readonly type: 'link'; readonly url: string; readonly title: string | undefined; readonly children: readonly Inline[] }
  | { readonly type: 'image'; readonly url: string; readonly title: string | undefined; readonly alt: string }
  | { readonly type: 'footnoteReference'; readonly label: string };

/**
 * A run of sibling inlines. A segment that is not the last of its leaf is settled: the same object until the leaf is revised, or
 * something far in front of it, which was taken for text, is closed after all.
 */
export type Segment = readonly Inline[];

export type BlockOp =
  /** A new last child of `parent`. Content follows in operations of its own. */
  | { readonly type: 'open'; readonly key: BlockKey; readonly parent: BlockKey; readonly block: Block }
  /** Other properties, of the same type: a list that turned out loose, a task item, a fence's completed info string. */
  | { readonly type: 'set'; readonly key: BlockKey; readonly block: Block }
  /**
   * Text joins the leaf's tail: of a literal leaf its text; of an inline leaf the text of the last node, going down
   * through last children (a `text`, `inlineCode`, `inlineMath` or `html`).
   */
  | { readonly type: 'append'; readonly key: BlockKey; readonly text: string }
  /** An inline leaf's segments from index `from` on are these. Earlier ones stay as they are. */
  | { readonly type: 'inline'; readonly key: BlockKey; readonly from: number; readonly segments: readonly Segment[] }
  /** What the `inline` or `revise` that follows begins with, in front of its own segments: nothing else is in between. */
  | { readonly type: 'segments'; readonly key: BlockKey; readonly segments: readonly Segment[] }
  /** A literal leaf's text from code unit `from` on is this: what was shown in advance is withdrawn. */
  | { readonly type: 'literal'; readonly key: BlockKey; readonly from: number; readonly text: string }
  /** The open block was shown in advance and is withdrawn, with everything in it. It is its parent's last child. */
  | { readonly type: 'remove'; readonly key: BlockKey }
  /** Final, but for `revise`. Its children have closed before it. */
  | { readonly type: 'close'; readonly key: BlockKey }
  /** A definition that came late: all segments of a closed inline leaf anew. */
  | { readonly type: 'revise'; readonly key: BlockKey; readonly from: 0; readonly segments: readonly Segment[] };

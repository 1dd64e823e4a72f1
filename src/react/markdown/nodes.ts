import type { Block, BlockKey } from '../../markdown/index.ts';
import type { GrowingText } from './growing.ts';
import type { Boxes } from './inline.ts';

/**
 * The page's state of one document: a tree of mutable nodes with immutable values in them. `version` rises with each
 * change that React has to render; text that joins a leaf's end is none.
 */
export interface RootNode extends Parent {
  readonly kind: 'root';
  /** Definitions of footnotes, wherever in the text they are, in order. */
  readonly footnotes: FootnotesNode;
}

export interface FootnotesNode extends Parent {
  readonly kind: 'footnotes';
  /** By label: numbers from 1 in order of definition. */
  readonly definitions: Map<string, { readonly number: number; readonly node: BlockNode }>;
  /** By label, of what is final: the first block of the top level that refers to it; the footnote where only one does. */
  readonly references: Map<string, BlockNode>;
}

export interface ContainerNode extends Parent, Member {
  readonly kind: 'container';
  /** Of a table: its first row, which is in no group. */
  header: ContainerNode | undefined;
  /** The first of a giant container's part: a row whose cells say how wide columns are. */
  leads: boolean;
}

/** Some successive children, so that one more child is no reason to render all the others. Immutable `children`. */
export interface GroupNode {
  readonly kind: 'group';
  readonly key: number;
  version: number;
  children: readonly BlockNode[];
  /** Index of its first child among the parent's. */
  readonly at: number;
  /** No child joins it any more. */
  full: boolean;
}

export interface InlineNode extends Member {
  readonly kind: 'inline';
  /** Less than 0: withdrawn. */
  version: number;
  boxes: Boxes;
  /** What has joined the last text since `version` rose. */
  tail: string;
  /** Of the heading in front of it: its depth, below those it is in the outline below. */
  readonly outline: readonly number[];
  /** How many siblings are in front of it: of a cell its column. */
  readonly index: number;
}

export interface LiteralNode extends Member {
  readonly kind: 'literal';
  version: number;
  readonly text: GrowingText;
}

export type ParentNode = RootNode | FootnotesNode | ContainerNode;
export type BlockNode = ContainerNode | InlineNode | LiteralNode;
export type ModelNode = ParentNode | BlockNode | GroupNode;

interface Parent {
  version: number;
  groups: readonly GroupNode[];
}

interface Member {
  readonly key: BlockKey;
  readonly parent: ParentNode;
  block: Block;
  closed: boolean;
}

/** Children in a group. Measured against adding one to the last group and skipping groups that are off-screen. */
export const groupSize = 24;
// Blocks in a group of a list, those within its items included, from which on no further item joins it.
export const groupWeight = 192;

/**
 * From this group on those of a list or a quote are parts, and of a table bodies: the DOM of what is of usual length is as everybody
 * expects it. What has more is giant, and comes in by slices wherever it is.
 */
export const plainGroups = 4;

/** How footnotes' labels are compared. */
export function footnoteLabel(label: string): string {
  return label.trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase();
}

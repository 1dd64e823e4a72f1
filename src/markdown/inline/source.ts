import type { Assumed } from './assumed.ts';
import type { Brackets } from './brackets.ts';
import type { Delimiters } from './delimiters.ts';
import type { Node } from './node.ts';

export interface Source {
  readonly text: string;
  /** The code unit before it, NaN at the beginning of the leaf. */
  readonly before: number;
  /** Whether the leaf's first delimiter run is one of `~`, if there has been one. */
  readonly tildeFirst: boolean | undefined;
  /** What before it is taken for text. */
  readonly assumed?: Assumed | undefined;
}

/** A source taken apart, with delimiters still to be resolved. */
export interface Scan {
  readonly root: Node;
  readonly delimiters: Delimiters;
  readonly brackets: Brackets;
  readonly tildeFirst: boolean | undefined;
  /** Where the leaf's first delimiter run is. Infinity: not in this source. */
  readonly firstRun: number;
  /** The first place where something begins that what follows the source decides, and was read as text. Infinity: none. */
  readonly firstPending: number;
  /** What the end of the source leaves open, in the order in which it was read. */
  readonly begun: readonly Begun[];
  /** Where the first link ends. Infinity: there is none. */
  readonly linkEnd: number;
  /** A bracket ends with a target that begins in what is assumed. */
  readonly strayTarget: boolean;
  /** The place where `Doubt` stopped reading: what may begin there, and where it stands. */
  readonly stopped: Begun | undefined;
  /** In the order of where. */
  readonly missed: ReadonlyMap<string, number>;
}

/** What may begin at a place. */
export interface Begun {
  readonly type: PendingType;
  readonly at: number;
  /** Where its content begins. */
  readonly from: number;
}

export type PendingType = 'code' | 'math' | 'angle' | 'reference' | 'address' | 'link' | 'image' | 'footnote';

/** Whether reading stops where the end of the source leaves open what begins at `at`, whose content begins at `from`. */
export type Doubt = (type: PendingType, at: number, from: number) => boolean;

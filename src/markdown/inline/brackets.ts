import type { Delimiter } from './delimiters.ts';
import type { Node } from './node.ts';

/** A `[` or `![` that may become a link or image. */
export interface Bracket {
  readonly node: Node;
  readonly image: boolean;
  /** Where its text begins. */
  readonly from: number;
  /** The last delimiter before it. */
  readonly bottom: Delimiter | undefined;
  /** False: a link ended after it, and there are no links in links. */
  active: boolean;
  /** Another bracket opened after it, so its text is no label. */
  nested: boolean;
}

export interface Brackets {
  /** None. */
  reset(): void;
  top(): Bracket | undefined;
  first(): Bracket | undefined;
  /** The first one of an image that begins behind `from`. */
  firstImage(from: number): Bracket | undefined;
  /** Where the first one is whose text begins at or after `from`. Infinity: there is none. */
  firstSince(from: number): number;
  /** Whether of those before `end` one may become a link, and one an image. */
  openBefore(end: number): { readonly links: boolean; readonly images: boolean };
  /** Takes this one and all after it away. */
  truncate(bracket: Bracket): void;
  push(bracket: Bracket): void;
  /** The top one ended, with the `]` before `end`. */
  pop(end: number): void;
  /** Start and end, in turn, of each stretch that had a bracket open throughout, and has no more. Valid until `reset`. */
  readonly spans: readonly number[];
  /** All before the top one are in a link from now on. */
  deactivate(): void;
}

export function createBrackets(): Brackets {
  const stack: Bracket[] = [];
  const spans: number[] = [];
  return {
    reset() {
      if (stack.length > 0) stack.length = 0;
      if (spans.length > 0) spans.length = 0;
    },
    top: () => stack[stack.length - 1],
    first: () => stack[0],
    firstImage: (from) => stack.find((bracket) => bracket.image && bracket.node.start > from),
    firstSince(from) {
      let index = stack.length;
      while (index > 0 && (stack[index - 1]?.from ?? 0) >= from) index -= 1;
      return stack[index]?.node.start ?? Number.POSITIVE_INFINITY;
    },
    openBefore(end) {
      let links = false;
      let images = false;
      for (const { node, image, active } of stack) {
        if (node.start >= end || (links && images)) break;
        if (image) images = true;
        else if (active) links = true;
      }
      return { links, images };
    },
    truncate(bracket) {
      stack.length = stack.indexOf(bracket);
    },
    push(bracket) {
      const top = stack[stack.length - 1];
      if (top) top.nested = true;
      stack.push(bracket);
    },
    pop(end) {
      const bracket = stack.pop();
      if (bracket && stack.length === 0) spans.push(bracket.node.start, end);
    },
    spans,
    deactivate() {
      for (let index = stack.length - 2; index >= 0; index -= 1) {
        const bracket = stack[index];
        if (!bracket || bracket.image) continue;
        if (!bracket.active) return;
        bracket.active = false;
      }
    },
  };
}

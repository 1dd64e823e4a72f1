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
  readonly top: Bracket | undefined;
  readonly first: Bracket | undefined;
  push(bracket: Bracket): void;
  pop(): void;
  /** All before the top one are in a link from now on. */
  deactivate(): void;
}

export function createBrackets(): Brackets {
  const stack: Bracket[] = [];
  return {
    get top() {
      return stack[stack.length - 1];
    },
    get first() {
      return stack[0];
    },
    push(bracket) {
      const top = stack[stack.length - 1];
      if (top) top.nested = true;
      stack.push(bracket);
    },
    pop() {
      stack.pop();
    },
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

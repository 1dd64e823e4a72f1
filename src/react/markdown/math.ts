import type { ComponentType } from 'react';

/** Turns the syntax for math on and shows it (`math` of the Markdown options). `sluice-kit/katex` makes one. */
export interface MathRenderer {
  /** Rendered once the block is closed; until then, its source is text. Shows the source while it loads, and where it fails. */
  readonly Math: ComponentType<MathProps>;
}

export interface MathProps {
  /** Without the delimiters. Final. */
  readonly tex: string;
  /** A block of its own, not in a line of text. */
  readonly display: boolean;
}

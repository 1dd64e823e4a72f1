import type { ReactNode } from 'react';

/** A literal leaf of a document (a code block, say) as its component sees it: live, so that its text passes React by. */
export interface CodeSource {
  /** First word of the info string; empty for indented code. May become longer while the block is open. */
  readonly language: string;
  /** The rest of the info string. */
  readonly meta: string;
  /** UTF-16 code units there are so far. */
  readonly length: number;
  /** Final: nothing of it changes any more. */
  readonly closed: boolean;
  /** The text from a code unit on. Near the end it costs what it returns. */
  from(offset: number): string;
  /**
   * Calls back after changes, within a frame's `flush`: DOM may be written, layout not read. The text in front of code unit
   * `kept` is what it was at the call before; behind it there is more, or other text (what was shown in advance is withdrawn).
   */
  subscribe(listener: (kept: number) => void): () => void;
}

/** Props of the component for code blocks (`components.code`). */
export interface CodeProps {
  /** The same object for the life of the block. */
  readonly block: CodeSource;
}

/** Props of a component for fences of one language (`fences`). */
export interface FenceProps extends CodeProps {
  /** The fence as code, as it would be shown without this component. */
  readonly children: ReactNode;
}

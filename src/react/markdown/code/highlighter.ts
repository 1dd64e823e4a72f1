/** How one token looks, in both themes. Compared by identity: a highlighter uses one object for equal looks. */
export interface TokenStyle {
  /** CSS colour in a light scheme; absent: the code's own. */
  readonly light: string | undefined;
  /** CSS colour in a dark scheme. */
  readonly dark: string | undefined;
  readonly italic: boolean;
  readonly bold: boolean;
  readonly underline: boolean;
}

export interface Token {
  /** UTF-16 code units of the line it covers, beginning where the token before ends. */
  readonly length: number;
  /** Absent: as plain code. */
  readonly style: TokenStyle | undefined;
}

/** Tokens from the line's beginning. What they do not cover stays plain. */
export type TokenLine = readonly Token[];

/** Colours code while it arrives, line by line. `sluice-kit/shiki` makes one. */
export interface Highlighter {
  /** Begins a block of code. `undefined`: the language is not known, and the block stays plain. */
  open(request: HighlightRequest): HighlightSession | undefined;
}

export interface HighlightRequest {
  /** First word of the info string, as written. */
  readonly language: string;
  /** The code that `update` has told of, from a code unit on. Read in the highlighter's own time: it keeps a place, not a queue. */
  from(offset: number): string;
  /** Tokens of the next lines, in order from line 0, each line once. Never within `open` or `update`. */
  onLines(lines: readonly TokenLine[]): void;
}

export interface HighlightSession {
  /** The first `length` code units of the code are complete lines, each with its newline, the last perhaps without. They do not change, but for the last newline: a smaller `length` says that it is in doubt, and to wait. */
  update(length: number): void;
  /** No more tokens come. */
  close(): void;
}

import { type Context, createContext } from 'react';
import type { Highlighter } from './highlighter.ts';

export interface CodeOptions {
  /** Colours code. Make it once, outside of components: another one begins anew. @default none: plain code */
  readonly highlight?: Highlighter | undefined;
  /** Whether long lines wrap until the reader says otherwise. @default false */
  readonly wrapCode?: boolean | undefined;
}

/** The options of the code blocks below, also of those that an overriding component renders. */
export const CodeContext: Context<CodeOptions> = createContext<CodeOptions>({});

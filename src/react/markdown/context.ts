import { type Context, createContext, use } from 'react';
import type { ResolvedMarkdown } from './options.ts';
import type { MarkdownView } from './view.ts';

/** What the blocks of one body share. */
export interface MarkdownScope {
  readonly view: MarkdownView;
  readonly options: ResolvedMarkdown;
  /** Begins ids that are unique in the page. */
  readonly id: string;
}

export const MarkdownContext: Context<MarkdownScope | undefined> = createContext<MarkdownScope | undefined>(undefined);

/** @throws outside of a Markdown body */
export function useMarkdown(): MarkdownScope {
  const scope = use(MarkdownContext);
  if (scope === undefined) throw new Error('A block of Markdown is only rendered in a Markdown body.');
  return scope;
}

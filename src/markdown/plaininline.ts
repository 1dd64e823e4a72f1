import type { Segment } from './blocks.ts';
import type { MarkdownSyntax } from './document.ts';

/** Stand-in until the inline parser is there: the source as text. */
export interface References {
  link(label: string): { url: string; title: string | undefined } | undefined;
  footnote(label: string): boolean;
}

export interface InlineContent {
  replace(from: number, text: string): void;
  finish(): void;
  refresh(): void;
  readonly unresolved: ReadonlySet<string>;
  advance(isLate: () => boolean): boolean;
  take(): { type: 'append'; text: string } | { type: 'inline'; from: number; segments: readonly Segment[] } | undefined;
}

export function createInlineContent(_references: References, _syntax: MarkdownSyntax): InlineContent {
  let source = '';
  let told = 0;
  let changed = true;
  return {
    replace(from, text) {
      if (from < told) changed = true;
      source = source.slice(0, from) + text;
    },
    finish: () => undefined,
    refresh: () => undefined,
    unresolved: new Set(),
    advance: () => true,
    take() {
      if (changed || told === 0) {
        if (source === '') return undefined;
        changed = false;
        told = source.length;
        return { type: 'inline', from: 0, segments: [[{ type: 'text', text: source }]] };
      }
      if (told === source.length) return undefined;
      const text = source.slice(told);
      told = source.length;
      return { type: 'append', text };
    },
  };
}

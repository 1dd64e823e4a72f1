import type { MarkdownSyntax } from './document.ts';
import type { Output } from './output.ts';
import type { ReferenceTable } from './references.ts';

/** What the leaves of one document share. */
export interface Context {
  readonly output: Output;
  readonly references: ReferenceTable;
  readonly syntax: MarkdownSyntax;
}

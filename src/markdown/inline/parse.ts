import type { Inline } from '../blocks.ts';
import type { MarkdownSyntax } from '../document.ts';
import type { References } from './references.ts';
import { parseFinal } from './window.ts';

/** A leaf as a whole, at once: what the segments of its `InlineContent` add up to in the end. */
export function parseInline(text: string, references: References, syntax: MarkdownSyntax): readonly Inline[] {
  const steps = parseFinal({ text, before: Number.NaN, tildeFirst: undefined }, syntax, references, new Set());
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

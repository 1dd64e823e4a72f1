import type { Inline } from '../blocks.ts';
import type { MarkdownSyntax } from '../document.ts';
import { build } from './build.ts';
import type { References } from './references.ts';
import { scan } from './scan.ts';

/** A leaf as a whole, at once: what the segments of its `InlineContent` add up to in the end. */
export function parseInline(text: string, references: References, syntax: MarkdownSyntax): readonly Inline[] {
  const steps = parse(text, references, syntax);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function* parse(text: string, references: References, syntax: MarkdownSyntax): Generator<void, Inline[]> {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end -= 1;
  const result = yield* scan({ text: text.slice(0, end), before: Number.NaN, tildeFirst: undefined }, syntax, references);
  yield* result.delimiters.resolve(undefined, result.tildeFirst ?? false);
  return yield* build(result.root.first, undefined);
}

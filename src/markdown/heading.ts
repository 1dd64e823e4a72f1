import type { BlockKey } from './blocks.ts';
import type { Context } from './context.ts';
import { createInlineLeaf } from './inlineleaf.ts';
import { endWithout, startWithout } from './spaces.ts';

/** One line, or the lines above an underline. */
export interface Heading {
  readonly type: 'heading';
  text(piece: string): void;
  /** All of its text, which may end with `#`. */
  whole(source: string): void;
  close(): void;
  flush(): void;
}

export function createHeading(context: Context, parent: BlockKey, depth: 1 | 2 | 3 | 4 | 5 | 6): Heading {
  const leaf = createInlineLeaf(context, parent, { type: 'heading', depth });
  leaf.open();
  /** Ends the text so far, and may be the closing sequence. */
  let tail = '';
  const write = (text: string): void => leaf.write(leaf.length() === 0 ? text.slice(startWithout(text)) : text);
  return {
    type: 'heading',
    text(piece) {
      const end = endWithout(piece, '#');
      if (end > 0) {
        write(tail + piece.slice(0, end));
        tail = '';
      }
      tail += piece.slice(end);
    },
    whole: leaf.write,
    close() {
      let end = endWithout(tail);
      let start = end;
      while (start > 0 && tail.charAt(start - 1) === '#') start -= 1;
      const before = start === 0 ? leaf.length() === 0 : /[ \t]/.test(tail.charAt(start - 1));
      if (start < end && before) end = endWithout(tail.slice(0, start));
      write(tail.slice(0, end));
      leaf.close();
    },
    flush: leaf.flush,
  };
}

import type { Block, BlockKey } from './blocks.ts';
import type { Context } from './context.ts';
import { createInlineContent } from './inline/content.ts';
import { endWithout } from './spaces.ts';

// No getters in what is made for each leaf: the engine makes a hidden class for each object that has one.
/** A paragraph, heading or cell: opened with its first text. Its content has no space at its end until more follows. */
export interface InlineLeaf {
  /** Code units of its source. */
  length(): number;
  /** More source. */
  write(text: string): void;
  /** The source ends at code unit `length`. At 0 the leaf is withdrawn. */
  truncate(length: number): void;
  source(): string;
  /** Opens the leaf even if it is empty. */
  open(): void;
  close(): void;
  /** Shows what there is. */
  flush(): void;
}

export function createInlineLeaf({ output, references, syntax }: Context, parent: BlockKey, block: Block): InlineLeaf {
  let key = 0;
  let content = createInlineContent(references.lookups, syntax);
  let spaces = '';
  let dirty = false;

  const open = (): void => {
    if (key === 0) key = output.open(parent, block);
  };

  return {
    length: () => content.source().length,
    write(text) {
      const end = endWithout(text, '\n');
      if (end === 0) {
        spaces += text;
        return;
      }
      open();
      const visible = spaces + text.slice(0, end);
      spaces = text.slice(end);
      content.replace(content.source().length, visible);
      dirty = true;
    },
    truncate(to) {
      const length = endWithout(content.source().slice(0, to), '\n');
      if (length === 0) {
        if (key > 0) output.remove(key);
        key = 0;
        content = createInlineContent(references.lookups, syntax);
      } else content.replace(length, '');
      spaces = '';
      dirty = key > 0;
    },
    source: () => content.source(),
    open,
    close() {
      if (key === 0) return;
      const closed = content;
      const text = content.source();
      const at = key;
      closed.finish();
      output.parse(key, closed, () => references.keep(at, text, closed.unresolved));
      output.close(key);
    },
    flush() {
      if (dirty) output.parse(key, content);
      dirty = false;
    },
  };
}

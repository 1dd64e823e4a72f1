import type { Block, BlockKey } from './blocks.ts';
import type { Context } from './context.ts';

/** The text of code, HTML or math: lines, of which the last has no break. */
export interface Literal {
  readonly key: BlockKey;
  /** A line begins. */
  begin(): void;
  /** A line with nothing to show, which counts only if another follows. */
  skip(text: string): void;
  text(piece: string): void;
  close(): void;
}

export function createLiteral({ output }: Context, parent: BlockKey, block: Block): Literal {
  const key = output.open(parent, block);
  let lines = 0;
  let skipped = '';
  return {
    key,
    begin() {
      if (lines > 0) output.append(key, `${skipped}\n`);
      skipped = '';
      lines += 1;
    },
    skip(text) {
      skipped += `\n${text}`;
    },
    text(piece) {
      if (piece !== '') output.append(key, piece);
    },
    close: () => output.close(key),
  };
}

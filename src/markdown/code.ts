import type { BlockKey } from './blocks.ts';
import type { Context } from './context.ts';
import { createLiteral } from './literal.ts';

export interface Fence {
  readonly character: '`' | '~';
  readonly size: number;
  /** Columns before it, which its lines may have as well. */
  readonly indent: number;
  readonly language: string;
  readonly meta: string;
}

export interface Code {
  readonly type: 'code';
  /** Absent: indented. */
  readonly fence: Fence | undefined;
  beginLine(): void;
  skipLine(text: string): void;
  text(piece: string): void;
  endLine(): void;
  close(): void;
}

export function createCode(context: Context, parent: BlockKey, fence: Fence | undefined): Code {
  const { begin, skip, text, close } = createLiteral(context, parent, {
    type: 'code',
    language: fence?.language ?? '',
    meta: fence?.meta ?? '',
  });
  return { type: 'code', fence, beginLine: begin, skipLine: skip, text, endLine: () => undefined, close };
}

import { createDocument } from '../../src/markdown/document.ts';
import type { BlockOp, MarkdownSyntax } from '../../src/markdown/index.ts';
import { createFold, type Fold } from './fold.ts';
import { type Tree, treeOf } from './tree.ts';

/** The document after the text came in these pieces; every operation is checked when it is folded. */
export function parsePieces(
  pieces: readonly string[],
  syntax: MarkdownSyntax,
  each?: (fold: Fold, ops: readonly BlockOp[]) => void,
  isLate: () => boolean = () => false,
): Fold {
  const document = createDocument(syntax);
  const fold = createFold();
  const advance = (): void => {
    for (let isDone = false; !isDone; ) {
      const { ops, done } = document.advance(isLate);
      isDone = done;
      fold.apply(ops);
      each?.(fold, ops);
    }
  };
  for (const piece of pieces) {
    document.append(piece);
    advance();
  }
  document.end();
  advance();
  return fold;
}

export function parseStreamed(pieces: readonly string[], syntax: MarkdownSyntax = {}): Tree {
  const { root } = parsePieces(pieces, syntax);
  assertClosed(root);
  return treeOf(root);
}

function assertClosed(root: Fold['root']): void {
  for (const child of root.children) {
    if (child.open) throw new Error(`Block ${child.key} is open at the end`);
    assertClosed(child);
  }
}

/** One UTF-16 code unit at a time. */
export function characters(text: string): string[] {
  return text.split('');
}

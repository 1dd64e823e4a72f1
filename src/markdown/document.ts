import type { BlockOp } from './blocks.ts';
import { createInput, lineBreak } from './input.ts';
import { createLine } from './line.ts';
import { createOutput } from './output.ts';
import { planLine } from './plan.ts';
import { createReferences } from './references.ts';
import { startWithout } from './spaces.ts';
import { createStructure } from './structure.ts';

export interface MarkdownSyntax {
  /** `$…$`, `$$…$$`, `\(…\)` and `\[…\]` are math; prices (`$5 and $10`) are not: docs/PROTOCOL.md, MD2. @default false */
  readonly math?: boolean;
}

/**
 * One Markdown text, parsed as it grows: CommonMark 0.31.2 (https://spec.commonmark.org/0.31.2/) with GFM's tables, task
 * lists, strikethrough, autolinks and footnotes. Work and memory per call follow what arrived, not what came before.
 */
export interface MarkdownDocument {
  /** Takes the next text, in any cuts. Cheap: parsing is `advance`. */
  append(text: string): void;
  /** No more text: `advance` closes every block, and what is unclosed is what it says literally. */
  end(): void;
  /**
   * Parses what was appended: all of it, or until a step after `isLate` says so, or until there is as much as one message should
   * hold. Returns the operations since the last call; `done` says whether everything appended is in them (after `end`: whether the
   * document is final), `length` how many UTF-16 code units of the text are.
   */
  advance(isLate: () => boolean): { readonly ops: readonly BlockOp[]; readonly length: number; readonly done: boolean };
}

export function createDocument(syntax: MarkdownSyntax): MarkdownDocument {
  const output = createOutput();
  const references = createReferences(output, syntax);
  const structure = createStructure({ output, references, syntax });
  const input = createInput();
  /** The open line, as long as it is not known what it is. */
  let line = '';
  let known = false;
  let hasInk = false;
  /** Length of the open line from which on it is worth asking again. */
  let askAt = 0;
  let ended = false;
  let closed = false;
  let length = 0;

  const decide = (complete: boolean): void => {
    const current = createLine(line, complete);
    const plan = planLine(current, structure.open);
    if (plan) {
      structure.begin(plan, current);
      known = true;
      line = '';
    } else askAt = line.length < 64 ? 0 : line.length * 1.25;
  };

  const take = (piece: string): void => {
    if (piece === lineBreak) {
      if (!known) decide(true);
      structure.endLine();
      known = false;
      hasInk = false;
      askAt = 0;
      line = '';
    } else if (known) structure.text(piece);
    else {
      line += piece;
      hasInk ||= startWithout(piece) < piece.length;
      if (hasInk && line.length >= askAt) decide(false);
    }
  };

  const parse = (isLate: () => boolean): boolean => {
    if (!output.drain(isLate)) return false;
    for (let piece = input.next(); piece !== undefined; piece = input.next()) {
      take(piece);
      references.earn(piece.length);
      if (!output.drain(isLate) || isLate()) return false;
    }
    if (!references.revise(isLate, false)) return false;
    if (ended && !closed) {
      if (known || line !== '') take(lineBreak);
      if (!output.drain(isLate)) return false;
      structure.end();
      closed = true;
    }
    structure.flush();
    return output.drain(isLate) && (!ended || references.revise(isLate, true));
  };

  return {
    append: input.append,
    end() {
      ended = true;
    },
    advance(isLate) {
      const done = parse(isLate);
      if (done) length = input.length;
      return { ops: output.take(), length, done };
    },
  };
}

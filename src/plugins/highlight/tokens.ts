import type { Token, TokenLine, TokenStyle } from '../../react/markdown/code/highlighter.ts';

/** The lines of a message; `styles` are all that this highlighter has told so far. */
export function tokenLines(packed: Uint16Array, styles: readonly TokenStyle[]): readonly TokenLine[] {
  const lines: TokenLine[] = [];
  for (let at = 0; at < packed.length; ) {
    const line: Token[] = [];
    const end = at + 1 + 2 * (packed[at] ?? 0);
    for (at += 1; at < end; at += 2) {
      const style = packed[at + 1] ?? 0;
      line.push({ length: packed[at] ?? 0, style: style === 0 ? undefined : styles[style - 1] });
    }
    lines.push(line);
  }
  return lines;
}

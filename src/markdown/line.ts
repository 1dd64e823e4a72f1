/**
 * One line, or the part of it that is there, and a position in it that counts columns: a tab goes to the next multiple of four,
 * and may be consumed in part.
 */
export interface Line {
  readonly text: string;
  /** The line break, or the end of the text, is known to follow. */
  readonly complete: boolean;
  position: number;
  column: number;
  /** The tab at `position` is consumed up to `column`. */
  insideTab: boolean;
  /** Where the next character is that is neither space nor tab; the text's length if there is none. */
  ink: number;
  /** Columns from `column` to there. */
  indent: number;
}

export function createLine(text: string, complete: boolean): Line {
  const line: Line = { text, complete, position: 0, column: 0, insideTab: false, ink: 0, indent: 0 };
  findInk(line);
  return line;
}

/** Whether nothing but spaces follows, as far as is known. */
export function isBlank(line: Line): boolean {
  return line.ink >= line.text.length;
}

export function skipColumns(line: Line, count: number): void {
  const { text } = line;
  for (let left = count; left > 0 && line.position < text.length; ) {
    if (text.charCodeAt(line.position) === 9) {
      const toStop = 4 - (line.column % 4);
      line.insideTab = toStop > left;
      const step = Math.min(toStop, left);
      line.column += step;
      left -= step;
      if (!line.insideTab) line.position += 1;
    } else {
      line.insideTab = false;
      line.position += 1;
      line.column += 1;
      left -= 1;
    }
  }
  findInk(line);
}

/** To a character after `ink`, none of which in between is a tab. */
export function skipTo(line: Line, position: number): void {
  line.column += line.indent + (position - line.ink);
  line.position = position;
  line.insideTab = false;
  findInk(line);
}

/** One space or tab, if there is one: what a marker may have behind it. */
export function skipSpace(line: Line): void {
  const code = line.text.charCodeAt(line.position);
  if (code === 32 || code === 9) skipColumns(line, 1);
}

/** From the position on; the rest of a tab begun as spaces. */
export function rest(line: Line): string {
  if (!line.insideTab) return line.text.slice(line.position);
  return ' '.repeat(4 - (line.column % 4)) + line.text.slice(line.position + 1);
}

function findInk(line: Line): void {
  const { text } = line;
  let at = line.position;
  let column = line.column;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 32) column += 1;
    else if (code === 9) column += 4 - (column % 4);
    else break;
  }
  line.ink = at;
  line.indent = column - line.column;
}

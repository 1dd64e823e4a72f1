/** Text as it arrives, in pieces without line breaks; the end of a line is a piece of its own. */
export interface Input {
  append(text: string): void;
  /** The next piece, of at most `longestPiece` code units, or the break. Undefined: nothing is left. */
  next(): string | undefined;
  /** Code units of the text, as appended, that `next` has returned. */
  readonly length: number;
}

export const lineBreak = '\n';
const longestPiece = 512;

/** `\r\n` and `\r` end a line as well, NUL is U+FFFD, and a byte order mark at the beginning is none of the text. */
export function createInput(): Input {
  let chunks: string[] = [];
  let first = 0;
  let chunk = '';
  let at = 0;
  let length = 0;
  let begun = false;
  let afterReturn = false;
  /** Where in the chunk the next carriage return is, from `at` on. */
  let carriage = -1;

  /** Whether there is text at `at`. */
  const ready = (): boolean => {
    while (at >= chunk.length) {
      if (first >= chunks.length) return false;
      chunk = chunks[first] ?? '';
      first += 1;
      if (first === chunks.length) {
        chunks = [];
        first = 0;
      }
      at = 0;
      carriage = chunk.indexOf('\r');
      if (!begun && chunk !== '') {
        begun = true;
        if (chunk.charCodeAt(0) === 0xfeff) skip(1);
      }
    }
    return true;
  };

  const skip = (count: number): void => {
    at += count;
    length += count;
  };

  return {
    append(text) {
      if (text !== '') chunks.push(text);
    },
    next() {
      if (!ready()) return undefined;
      if (afterReturn) {
        afterReturn = false;
        if (chunk.charCodeAt(at) === 10) {
          skip(1);
          if (!ready()) return undefined;
        }
      }
      if (carriage >= 0 && carriage < at) carriage = chunk.indexOf('\r', at);
      const feed = chunk.indexOf('\n', at);
      let end = feed < 0 ? chunk.length : feed;
      if (carriage >= 0 && carriage < end) end = carriage;
      if (end === at) {
        afterReturn = chunk.charCodeAt(at) === 13;
        skip(1);
        return lineBreak;
      }
      if (end - at > longestPiece) {
        end = at + longestPiece;
        // Not between the halves of a surrogate pair.
        if ((chunk.charCodeAt(end) & 0xfc00) === 0xdc00) end -= 1;
      }
      const piece = chunk.slice(at, end);
      skip(end - at);
      return piece.includes('\0') ? piece.replaceAll('\0', '\uFFFD') : piece;
    },
    get length() {
      return length;
    },
  };
}

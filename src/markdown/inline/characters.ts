/** Classes of UTF-16 code units, as flanking sees them. The end of a text (`NaN`) is white space. */
export const other = 0;
export const whitespace = 1;
export const punctuation = 2;

export function classify(code: number): 0 | 1 | 2 {
  if (code < 128) return (ascii[code] ?? 0) as 0 | 1 | 2;
  if (Number.isNaN(code)) return whitespace;
  const char = String.fromCharCode(code);
  if (/\s/.test(char)) return whitespace;
  return /[\p{P}\p{S}]/u.test(char) ? punctuation : other;
}

export function isAlpha(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isAlphanumeric(code: number): boolean {
  return isAlpha(code) || isDigit(code);
}

/** What a mailbox is named by, in an address without marks. */
export function isEmailText(code: number): boolean {
  return code === 43 || code === 45 || code === 46 || code === 95 || isAlphanumeric(code);
}

/** ASCII: every character that a backslash escapes. */
export function isPunctuation(code: number): boolean {
  return code < 128 && ascii[code] === punctuation;
}

export function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** A space, tab or line ending. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

export function isControl(code: number): boolean {
  return code < 32 || code === 127;
}

/** The first code unit from `at` on that is no space, tab or line ending. */
export function skipBlanks(source: string, at: number): number {
  let end = at;
  while (isBlank(source.charCodeAt(end))) end += 1;
  return end;
}

/** The first code unit from `at` on that is no space or tab. */
export function skipSpaces(text: string, at: number): number {
  let end = at;
  while (isSpace(text.charCodeAt(end))) end += 1;
  return end;
}

/** Where the last white space or `<` is; as far back as it is looked for, if nowhere there. */
export function endOfWords(text: string): number {
  let at = text.length - 1;
  const least = at - mostWord;
  while (at >= 0 && at > least && classify(text.charCodeAt(at)) !== whitespace && text.charCodeAt(at) !== 60) at -= 1;
  return at;
}

/** Code units. Who searches farther for the end of a word holds up all others: what would be an address with more behind it is text. */
export const mostWord = 4096;

const ascii = new Uint8Array(128);
for (let code = 33; code < 127; code += 1) if (!isAlphanumeric(code)) ascii[code] = punctuation;
for (const code of [9, 10, 11, 12, 13, 32]) ascii[code] = whitespace;

/** What a code span says: line endings are spaces, and of spaces at both ends one each is left out, unless there are only spaces. */
export function trimCode(value: string): string {
  return trimBoth(value.includes('\n') ? value.replaceAll('\n', ' ') : value);
}

/** As for code, but lines stay: in TeX they end comments. */
export function trimMath(value: string): string {
  return trimBoth(value);
}

function trimBoth(value: string): string {
  const padded = isPadding(value.charCodeAt(0)) && isPadding(value.charCodeAt(value.length - 1));
  return padded && /[^ \n]/.test(value) ? value.slice(1, -1) : value;
}

function isPadding(code: number): boolean {
  return code === 32 || code === 10;
}

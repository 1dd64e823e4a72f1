/** Where the text ends without spaces and tabs, and without the characters of `more`. */
export function endWithout(text: string, more = ''): number {
  let end = text.length;
  for (; end > 0; end -= 1) {
    const code = text.charCodeAt(end - 1);
    if (code !== 32 && code !== 9 && !more.includes(text.charAt(end - 1))) break;
  }
  return end;
}

/** Where the text begins after spaces and tabs. */
export function startWithout(text: string, from = 0): number {
  let start = from;
  for (; start < text.length; start += 1) {
    const code = text.charCodeAt(start);
    if (code !== 32 && code !== 9) break;
  }
  return start;
}

export function trimSpaces(text: string): string {
  return text.slice(startWithout(text), endWithout(text));
}

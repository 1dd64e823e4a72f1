/** What a recording has in fields of text, in their order: more than the answer, and Markdown all the same. */
export function textIn(lines: string): string {
  let text = '';
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'string' && /^(?:text|delta|content|thinking|response)$/.test(key)) text += value;
    else if (value !== null && typeof value === 'object')
      for (const [name, inner] of Object.entries(value)) visit(inner, Array.isArray(value) ? key : name);
  };
  for (const line of lines.split('\n')) if (line !== '') visit(JSON.parse(line), '');
  return text;
}

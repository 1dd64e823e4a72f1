import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../docs/RELIABILITY.md', import.meta.url));

/** Puts a section of docs/RELIABILITY.md in the place of the one of that name, or behind all others. What surrounds it stays. */
export function writeSection(name: string, body: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Reliability\n';
  const section = `${begin}\n${body.trim()}\n${end}`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to === -1) writeFileSync(file, `${text.trimEnd()}\n\n${section}\n`);
  else writeFileSync(file, text.slice(0, from) + section + text.slice(to + end.length));
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

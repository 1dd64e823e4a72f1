import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJavaScriptRegexEngine } from '@shikijs/engine-javascript';
import typescript from '@shikijs/langs/typescript';
import { codeToTokensWithThemes, createShikiPrimitive } from '@shikijs/primitive';
import dark from '@shikijs/themes/github-dark';
import light from '@shikijs/themes/github-light';

const size = 200_000;

/** 200 KB of TypeScript: our own worker and wire, in order of name, repeated. */
export function readCode(): string {
  const folders = ['src/worker', 'src/wire'].map((folder) => join(import.meta.dirname, '../..', folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const once = files.join('\n');
  return once.repeat(Math.ceil(size / once.length)).slice(0, size);
}

/** Length and `light|dark` of each token. */
export function tokensOf(lines: readonly string[]): [length: number, style: string][][] {
  const primitive = createShikiPrimitive({ engine: createJavaScriptRegexEngine(), themes: [light, dark], langs: typescript });
  const found = codeToTokensWithThemes(primitive, lines.join('\n'), {
    lang: 'typescript',
    themes: { light: 'github-light', dark: 'github-dark' },
  });
  return found.map((line) =>
    line.map((token) => [token.content.length, `${token.variants['light']?.color}|${token.variants['dark']?.color}`]),
  );
}

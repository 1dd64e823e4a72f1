import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'vite';
import { root } from './repository.ts';

export interface Import {
  /** Relative to the repository, e.g. `src/wire/codec.ts`. */
  readonly from: string;
  /** Relative to the repository, or a package's specifier. */
  readonly to: string;
  readonly kind: 'value' | 'type' | 'dynamic';
}

/** What the TypeScript files of a folder import. With `verbatimModuleSyntax`, only `import type` is a type: `import { type A }` stays. */
export function importsOf(folder: string): Import[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => importsIn(join(folder, name), readFileSync(join(root, folder, name), 'utf8')));
}

/** The imports of one file's source. */
export function importsIn(from: string, source: string): Import[] {
  const { errors, module } = parseSync(from, source);
  if (errors[0]) throw new Error(`${from} cannot be parsed: ${errors[0].message}`);
  const found: Import[] = [];
  const add = (kind: Import['kind'], specifier: string): void => {
    const to = specifier.startsWith('.') ? relative(root, resolve(root, dirname(from), specifier)) : specifier;
    found.push({ from, to, kind });
  };
  for (const { entries, start, end, moduleRequest } of module.staticImports) {
    const erased = entries.length > 0 && /^import\s+type\b/.test(source.slice(start, end));
    add(erased ? 'type' : 'value', moduleRequest.value);
  }
  for (const { start, end, entries } of module.staticExports) {
    const target = entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (target) add(/^export\s+type\b/.test(source.slice(start, end)) ? 'type' : 'value', target.value);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^['"`](.*)['"`]$/.exec(source.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[1]) add('dynamic', literal[1]);
  }
  return found;
}

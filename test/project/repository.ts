import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root: string = resolve(import.meta.dirname, '../..');

export const manifest: {
  readonly exports: { readonly [subpath: string]: unknown };
  readonly dependencies: { readonly [name: string]: string };
  readonly devDependencies: { readonly [name: string]: string };
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Import, importsIn, importsOf } from './imports.ts';
import { root } from './repository.ts';

/** Folder, an import or a use of its environment that it may not have, and what the compiler says. */
const illegal: readonly (readonly [folder: string, code: string, error: RegExp])[] = [
  ['src/wire', "export type { PageMessage } from '../worker/messages.ts';", /TS6307/],
  ['src/wire', 'export const a: unknown = document;', /TS2584|TS2304/],
  ['src/wire', 'export const a: unknown = process;', /TS2591|TS2580|TS2304/],
  ['src/markdown', "export { StreamError } from '../wire/index.ts';", /TS6307/],
  ['src/markdown', 'export const a: unknown = document;', /TS2584|TS2304/],
  ['src/markdown', 'export const a: unknown = process;', /TS2591|TS2580|TS2304/],
  ['src/store', "export type * from '../client/types.ts';", /TS6307/],
  ['src/worker', "export type * from '../store/state.ts';", /TS6307/],
  ['src/worker', 'export const a: unknown = document;', /TS2584|TS2304/],
  ['src/worker', 'export const a: unknown = process;', /TS2591|TS2580|TS2304/],
  ['src/client', "export type * from '../index.ts';", /TS6307/],
  ['src/client', "export type * from '../../server/log/log.ts';", /TS6307/],
  ['src/react', "export type * from '../../server/log/log.ts';", /TS6307/],
  ['src/react', 'export const a: unknown = process;', /TS2591|TS2580|TS2304/],
  ['src/plugins', "export type * from '../../server/log/log.ts';", /TS6307/],
  ['src/plugins', 'export const a: unknown = process;', /TS2591|TS2580|TS2304/],
  ['server/providers', "export type * from '../log/log.ts';", /TS6307/],
  ['server/providers', "export type * from '../../src/worker/messages.ts';", /TS6307/],
  ['server/log', "export type * from '../providers/provider.ts';", /TS6307/],
  ['server/transports', "export type * from '../log/log.ts';", /TS6307/],
  ['server/transports', 'export const a: unknown = document;', /TS2584|TS2304/],
  ['server/relay', "export type * from '../http/routes.ts';", /TS6307/],
  ['server/relay', "export type * from '../../src/store/state.ts';", /TS6307/],
];

/** What a folder may import of ours; everything not named is a wall. A longer prefix wins over a shorter one. */
const allowed: { readonly [folder: string]: { readonly [target: string]: readonly Import['kind'][] } } = {
  'src/wire': {},
  'src/markdown': {},
  'src/worker': { 'src/wire': ['value', 'type'], 'src/markdown': ['value', 'type', 'dynamic'] },
  'src/store': { 'src/wire': ['type'], 'src/worker/messages.ts': ['type'] },
  'src/client': {
    'src/wire': ['value', 'type'],
    'src/store': ['value', 'type'],
    'src/worker/messages.ts': ['type'],
    'src/worker/receiver.ts': ['dynamic'],
  },
  'src/react': {
    'src/wire': ['type'],
    'src/store': ['value', 'type'],
    'src/client': ['value', 'type'],
    'src/markdown': ['type', 'dynamic'],
  },
  'src/plugins': { 'src/wire/errors.ts': ['value'], 'src/react': ['type'], 'src/client/host.ts': ['value'] },
  'server/providers': { 'src/wire': ['value', 'type'] },
  'server/log': { 'src/wire': ['value', 'type'] },
  'server/transports': { 'src/wire': ['value', 'type'] },
  'server/relay': { 'src/wire': ['value', 'type'], 'server/providers': ['type'], 'server/log': ['type'], 'server/transports': ['type'] },
  'server/http': { 'src/wire': ['value', 'type'], 'server/relay': ['value', 'type'], 'server/transports': ['value', 'type'] },
};

describe('an illegal import or environment does not compile', () => {
  let copy: string;
  let output: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'sluice-walls-'));
    for (const name of ['src', 'server', 'tsconfig.base.json', 'package.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const [index, [folder, code]] of illegal.entries()) writeFileSync(join(copy, folder, `illegal${index}.ts`), `${code}\n`);
    for (const folder of Object.keys(allowed)) writeFileSync(join(copy, folder, 'legal.ts'), 'export const a: number = 1;\n');
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    output = spawnSync(process.execPath, [tsc, '-b', 'src/react', 'src/plugins', 'server', '--pretty', 'false'], {
      cwd: copy,
      encoding: 'utf8',
    }).stdout;
  }, 120_000);

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test.for(illegal.map((row, index) => [...row, index] as const))('%s: %s', ([folder, , error, index]) => {
    const lines = output.split('\n').filter((line) => line.startsWith(`${folder}/illegal${index}.ts`));
    expect(lines.join('\n')).toMatch(error);
  });

  test('a legal file beside it compiles', () => {
    expect(output).not.toContain('legal.ts(1');
    expect(output.split('\n').filter((line) => /\/legal\.ts/.test(line))).toEqual([]);
  });
});

describe('imports keep to the walls, types apart from values', () => {
  test.for(Object.keys(allowed))('%s', (folder) => {
    expect(importsOf(folder).filter((found) => !permitted(folder, found))).toEqual([]);
  });

  test('src/client.ts and src/index.ts are surfaces: they re-export their own folders', () => {
    const own = { 'src/client.ts': /^src\/(client|store|wire)\//, 'src/index.ts': /^src\/(client\/types\.ts$|store\/state\.ts$|react\/)/ };
    for (const [file, pattern] of Object.entries(own)) {
      for (const { to } of importsOf('src').filter(({ from }) => from === file)) expect(to).toMatch(pattern);
    }
    // Of the client's folders its types: what makes a client is for who imports `sluice-kit/client`.
    const lent = importsOf('src').filter(({ from, to }) => from === 'src/index.ts' && !inside(to, 'src/react'));
    expect(lent.map(({ kind }) => kind)).toEqual(lent.map(() => 'type'));
  });

  test('src/plugins is what an app adds: nothing of ours reaches it, nor what it needs', () => {
    const plugin = /^src\/plugins\/|^(@shikijs\/|katex$|mermaid$)/;
    const found = [...importsOf('src'), ...importsOf('server')].filter(({ from, to }) => !inside(from, 'src/plugins') && plugin.test(to));
    expect(found).toEqual([]);
    expect(importsOf('src/plugins').some(({ to }) => plugin.test(to))).toBe(true);
  });

  test('a wall broken in each way is seen', () => {
    const broken = (folder: string, source: string): boolean =>
      importsIn(`${folder}/file.ts`, source).some((found) => !permitted(folder, found));
    expect(broken('src/store', "import { StreamError } from '../wire/index.ts';")).toBe(true);
    expect(broken('src/store', "import { type StreamEvent } from '../wire/index.ts';")).toBe(true);
    expect(broken('src/store', "import type { StreamEvent } from '../wire/index.ts';")).toBe(false);
    expect(broken('src/client', "import { createReceiver } from '../worker/receiver.ts';")).toBe(true);
    expect(broken('src/client', "const a = await import('../worker/receiver.ts');")).toBe(false);
    expect(broken('server/relay', "export { memory } from '../log/memory.ts';")).toBe(true);
    expect(broken('server/relay', "export type { Log } from '../log/log.ts';")).toBe(false);
    expect(broken('src/wire', "import '../worker/messages.ts';")).toBe(true);
  });
});

function permitted(folder: string, { to, kind }: Import): boolean {
  if (!/^(src|server|test|scripts|stories|bench|examples)\//.test(to) || inside(to, folder)) return true;
  const rules = allowed[folder] ?? {};
  const target = Object.keys(rules)
    .filter((prefix) => inside(to, prefix))
    .sort((a, b) => b.length - a.length)[0];
  return target !== undefined && (rules[target]?.includes(kind) ?? false);
}

function inside(path: string, prefix: string): boolean {
  return path === prefix || path === `${prefix}.ts` || path.startsWith(`${prefix}/`);
}

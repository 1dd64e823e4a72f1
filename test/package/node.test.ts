import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importsIn } from '../project/imports.ts';
import { manifest, root } from '../project/repository.ts';
import { type App, createApp, write } from './app.ts';

let app: App;
let dist: string;

beforeAll(async () => {
  app = await createApp('node', 'react', 'react-dom', '@types/react', '@types/react-dom', '@types/node');
  dist = join(app.folder, 'node_modules/sluice-kit/dist');
});
afterAll(() => app?.remove());

const subpaths = Object.keys(manifest.exports);

describe('the published package', () => {
  test.for(subpaths.filter((path) => !/\.(css|json)$/.test(path)))('%s imports in Node and starts nothing', async (path) => {
    const specifier = join('sluice-kit', path);
    write(
      app,
      'import.mjs',
      `globalThis.Worker = class { constructor() { throw new Error('a Worker at import'); } };\nawait import('${specifier}');\n`,
    );
    // Ends by itself: no timer, no socket, no worker is left behind.
    expect(await app.node('import.mjs')).toBe('');
  });

  test.for(subpaths.filter((path) => /\.(css|json)$/.test(path)))('%s is there', async (path) => {
    write(app, 'resolve.mjs', `console.log(new URL(import.meta.resolve('${join('sluice-kit', path)}')).pathname);\n`);
    expect(readFileSync((await app.node('resolve.mjs')).trim(), 'utf8').length).toBeGreaterThan(20);
  });

  test('renders its components to a string', async () => {
    const html = await app.node('render.mjs');
    expect(html).toContain('data-stream-panel');
    expect(html).toContain('data-connection');
  });

  test.for(['bundler', 'nodenext'])('its types hold for a consumer that checks libraries, module resolution %s', (resolution) => {
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const flags = ['--strict', '--noEmit', '--target', 'es2024', '--lib', 'es2024,dom,dom.iterable,dom.asynciterable', '--types', 'node'];
    const args = [tsc, '--skipLibCheck', 'false', '--module', module, '--moduleResolution', resolution, ...flags, 'consumer.mts'];
    expect(spawnSync(process.execPath, args, { cwd: app.folder, encoding: 'utf8' }).stdout).toBe('');
  });

  test('ships its code, its types and its licence, and nothing else', () => {
    const names = readdirSync(join(app.folder, 'node_modules/sluice-kit'), { recursive: true, encoding: 'utf8' }).sort();
    expect(
      names.filter((name) => !/^(LICENSE|README\.md|package\.json|dist|dist\/[\w-]+(\.js|\.d\.ts|\.css(\.d\.ts)?))$/.test(name)),
    ).toEqual([]);
  });

  test('its command runs', async () => {
    expect(await app.node(join('node_modules/.bin/sluice'), '--help')).toContain('sluice relay');
    expect(await app.node(join('node_modules/.bin/sluice'), '--version')).toMatch(/^\d+\.\d+\.\d+\n?$/);
  });
});

describe('what an entry reaches without asking', () => {
  test.for([
    ['client', ['zustand/vanilla']],
    ['index', ['react', 'react-dom', 'react/jsx-runtime', 'zustand/vanilla']],
    ['worker', []],
  ] as const)('%s needs %j: neither the codec nor anything of a server', ([entry, packages]) => {
    expect([...reach(`${entry}.js`)].filter((to) => !to.endsWith('.js')).sort()).toEqual(packages);
  });

  test('the worker is one file', () => {
    expect(importsIn('worker.js', readFileSync(join(dist, 'worker.js'), 'utf8'))).toEqual([]);
  });

  test('the worker is named relative to the file that starts it, in the form bundlers look for', () => {
    const literal = /new Worker\(new URL\(["']\.\/worker\.js["'], import\.meta\.url\), \{ type: ["']module["'] \}\)/;
    const holders = readdirSync(dist).filter((name) => name.endsWith('.js') && literal.test(readFileSync(join(dist, name), 'utf8')));
    expect(holders).toHaveLength(1);
    expect(existsSync(join(dist, 'worker.js'))).toBe(true);
  });

  test('only the entries with components are for clients', () => {
    const marked = readdirSync(dist).filter(
      (name) => name.endsWith('.js') && /^['"]use client['"]/.test(readFileSync(join(dist, name), 'utf8')),
    );
    expect(marked.sort()).toEqual(['index.js', 'katex.js', 'mermaid.js']);
  });
});

/** Static imports only: what a page loads before anything runs. */
function reach(entry: string): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = readFileSync(join(dist, file), 'utf8');
    for (const { to } of importsIn(file, source).filter(({ kind }) => kind === 'value')) {
      if (to.endsWith('.js')) visit(to);
      else seen.add(to);
    }
  };
  visit(entry);
  return seen;
}

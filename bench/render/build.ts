import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, mergeConfig, type UserConfig } from 'vite';

/** One page that shows the streams. */
export interface Subject {
  readonly name: string;
  readonly title: string;
  readonly versions: readonly string[];
  readonly views: readonly ('plain' | 'markdown')[];
  readonly highlight: boolean;
  /** Where its text comes from. */
  readonly relay: boolean;
  readonly folder: URL;
  /** Another build of the kit than `dist/`. */
  readonly dist?: string;
}

const folders = ['subjects', 'peers'];

/** All there are, ours first. */
export async function findSubjects(): Promise<Subject[]> {
  const found = await Promise.all(
    folders.map(async (parent) => {
      const base = new URL(`./${parent}/`, import.meta.url);
      const names = existsSync(base) ? await readdir(base) : [];
      return names.sort().flatMap((name) => {
        const folder = new URL(`${name}/`, base);
        return existsSync(new URL('index.html', folder)) ? [describe(name, folder)] : [];
      });
    }),
  );
  return found.flat();
}

function describe(name: string, folder: URL): Subject {
  const file = new URL('subject.json', folder);
  const own = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as Partial<Subject>;
  return {
    title: name,
    versions: [],
    views: ['plain', 'markdown'],
    highlight: false,
    relay: false,
    ...own,
    name,
    folder,
  };
}

/** Versions of the packages that subjects name, and of React. */
export function versionsOf(subjects: readonly Subject[]): Record<string, string> {
  const own = new URL('../node_modules/', import.meta.url);
  const root = new URL('../../node_modules/', import.meta.url);
  const names = [['react', root], ...subjects.flatMap(({ versions }) => versions.map((name) => [name, own] as const))] as const;
  return Object.fromEntries(
    names.map(([name, folder]) => {
      const file = new URL(`${name}/package.json`, folder);
      return [name, existsSync(file) ? String((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version) : 'absent'];
    }),
  );
}

export interface BuildOptions {
  /** Whether the page can show Markdown. Without, the parser of the pages by hand need not be installed. @default true */
  readonly markdown?: boolean;
}

/** Builds a subject's page for production. Returns where it is. */
export async function buildSubject({ name, folder, dist = ownDist }: Subject, { markdown = true }: BuildOptions = {}): Promise<string> {
  const outDir = fileURLToPath(new URL(`../.bench/render/${name}/`, import.meta.url));
  const own = new URL('vite.ts', folder);
  const extra: UserConfig = existsSync(own) ? ((await import(own.href)) as { default: UserConfig }).default : {};
  const config: UserConfig & { configFile: false } = {
    configFile: false,
    root: fileURLToPath(folder),
    base: './',
    mode: 'production',
    logLevel: 'error',
    plugins: [react()],
    worker: { format: 'es' },
    resolve: {
      alias: [
        // The kit as it is published, from the build.
        { find: /^sluice-kit\/styles\.css$/, replacement: join(dist, 'styles.css') },
        { find: /^sluice-kit\/(.+)$/, replacement: join(dist, '$1.js') },
        { find: /^sluice-kit$/, replacement: join(dist, 'index.js') },
        // One React for all: the one the kit is tested with.
        { find: /^(react|react-dom)(\/.*)?$/, replacement: `${fileURLToPath(new URL('../../node_modules/', import.meta.url))}$1$2` },
      ],
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      chunkSizeWarningLimit: 10_000,
      ...(markdown ? {} : { rolldownOptions: { external: ['marked'] } }),
    },
  };
  // Vite builds for production only if that is what the environment says.
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  try {
    await build(mergeConfig(config, extra));
  } finally {
    if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = NODE_ENV;
  }
  return outDir;
}

const ownDist = fileURLToPath(new URL('../../dist/', import.meta.url));

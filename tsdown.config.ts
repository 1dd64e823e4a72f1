import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, type UserConfig } from 'tsdown';

const common: UserConfig = {
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  tsconfig: 'tsconfig.base.json',
  // From isolated declarations, file by file: needs no type checker, so `npm start` is quick. `npm run types` is the check.
  dts: { generator: 'oxc', oxc: { stripInternal: true } },
  fixedExtension: false,
  deps: { neverBundle: [/^node:/], onlyBundle: [] },
  // The names of the sources in front of each of them are of no use to who loads the parts.
  inputOptions: { experimental: { attachDebugInfo: 'none' } },
  report: false,
  failOnWarn: true,
  logLevel: 'warn',
};

const tokenizer = [
  /^@shikijs\/(primitive|types|vscode-textmate|engine-javascript)$/,
  /^oniguruma-(to-es|parser)$/,
  /^regex(-|$)/,
  'emoji-regex-xs',
];

/** Of HTML, which Markdown names characters by. */
const entities = ['character-entities'];

export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      client: 'src/client.ts',
      wire: 'src/wire/index.ts',
      shiki: 'src/plugins/shiki.ts',
      katex: 'src/plugins/katex.tsx',
      mermaid: 'src/plugins/mermaid.tsx',
      server: 'server/index.ts',
      cli: 'server/cli.ts',
    },
    // Shiki's tokenizer, for where no worker can start. Grammars and themes are the app's: it loads those it needs.
    deps: { neverBundle: [/^node:/, /^@shikijs\/(langs|themes)/], onlyBundle: tokenizer },
    // One graph, so that there is one `StreamError` whichever subpath it comes from.
    banner: ({ fileName }) => (/^(index|katex|mermaid)\.js$/.test(fileName) ? { js: "'use client';" } : undefined),
    // What every page loads of `wire` stays apart from what only a local source or the codec needs. The rest of what a page
    // loads before it streams is two files, however much of it the parts that are loaded later use, too.
    outputOptions: {
      codeSplitting: {
        groups: [
          { name: 'errors', test: /src\/wire\/(errors|ids)\.ts$/, priority: 2 },
          { name: 'client', test: /src\/(client|(client|store)\/(?!local|problem|reader|response)\w+)\.ts$/, priority: 1 },
          { name: 'page', test: /src\/react\/(?!markdown\/|running\/|grid\/turns|pacing|panel\/mistakes|promotion)[\w/]+\.tsx?$/ },
        ],
      },
    },
    hooks: { 'build:done': ({ options }) => writeStyles(options.outDir) },
  },
  {
    ...common,
    // A graph of its own, and nothing left to import: a worker is one request, and bundlers copy it as it is.
    entry: { worker: 'src/worker/entry.ts' },
    platform: 'browser',
    clean: false,
    deps: { alwaysBundle: [/./], onlyBundle: ['msgpackr', 'eventsource-parser'] },
  },
  {
    ...common,
    // Likewise: the parser of Markdown.
    entry: { markdown: 'src/markdown/entry.ts' },
    platform: 'browser',
    clean: false,
    deps: { alwaysBundle: [/./], onlyBundle: entities },
  },
  {
    ...common,
    // Likewise: the highlighter.
    entry: { highlight: 'src/plugins/highlight/entry.ts' },
    platform: 'browser',
    clean: false,
    deps: { alwaysBundle: [/./], onlyBundle: tokenizer },
  },
]);

/** Tokens first: what follows refers to them. The declaration is for compilers that check imports of side effects. */
async function writeStyles(outDir: string): Promise<void> {
  const names = (await readdir('src/styles')).filter((name) => name.endsWith('.css'));
  const ordered = names.sort((a, b) => Number(b === 'tokens.css') - Number(a === 'tokens.css') || a.localeCompare(b));
  const sheets = await Promise.all(ordered.map((name) => readFile(join('src/styles', name), 'utf8')));
  await writeFile(join(outDir, 'styles.css'), sheets.join('\n'));
  await writeFile(join(outDir, 'styles.css.d.ts'), 'export {};\n');
}

import type { Plugin } from 'vite';

/** The module that starts a worker of the built package, what it says there, and what that is in source. */
const workers = [
  { module: /\/src\/client\/worker\.ts$/, inPackage: './worker.js', inSource: '../worker/entry.ts' },
  { module: /\/src\/react\/markdown\/parser\.ts$/, inPackage: './markdown.js', inSource: '../../markdown/entry.ts' },
  { module: /\/src\/plugins\/highlight\/host\.ts$/, inPackage: './highlight.js', inSource: './entry.ts' },
];

/** The built package starts the `worker.js` beside it; from source, under Vite, that is `src/worker/entry.ts`, and so on. */
export function sourceWorker(): Plugin {
  return {
    name: 'sluice:source-worker',
    enforce: 'pre',
    transform: {
      filter: { id: workers.map(({ module }) => module) },
      handler(code, id) {
        const worker = workers.find(({ module }) => module.test(id.replace(/\?.*$/, '')));
        if (worker === undefined) return null;
        const url = (path: string): string => `new URL('${path}', import.meta.url)`;
        if (!code.includes(url(worker.inPackage)))
          this.error(`${id} no longer contains ${url(worker.inPackage)}, which bundlers look for.`);
        return { code: code.replace(url(worker.inPackage), url(worker.inSource)), map: null };
      },
    },
  };
}

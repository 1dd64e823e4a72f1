import type { Plugin } from 'vite';

const inPackage = "new URL('./worker.js', import.meta.url)";
const inSource = "new URL('../worker/entry.ts', import.meta.url)";

/** The built client starts the `worker.js` beside it; from source, under Vite, that is `src/worker/entry.ts`. */
export function sourceWorker(): Plugin {
  return {
    name: 'sluice:source-worker',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/client\/worker\.ts$/ },
      handler(code) {
        if (!code.includes(inPackage)) this.error(`src/client/worker.ts no longer contains ${inPackage}, which bundlers look for.`);
        return { code: code.replace(inPackage, inSource), map: null };
      },
    },
  };
}

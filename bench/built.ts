import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { build, type InlineConfig, preview } from 'vite';
import { sourceWorker } from '../scripts/worker.ts';

export interface BuiltPage {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A page of the benchmarks with the kit's sources, built for production, and served on this machine. With `profiling` React counts commits.
 * @default profiling false
 */
export async function servePage(file: string, { profiling = false } = {}): Promise<BuiltPage> {
  const outDir = mkdtempSync(join(tmpdir(), 'sluice-page-'));
  const packages = join(import.meta.dirname, '../node_modules');
  const common = {
    root: dirname(file),
    configFile: false,
    logLevel: 'error',
    plugins: [sourceWorker()],
    worker: { format: 'es', plugins: () => [sourceWorker()] },
    // The kit's React, not that of the peers.
    resolve: {
      alias: [
        ...(profiling ? [{ find: /^react-dom\/client$/, replacement: join(packages, 'react-dom/profiling.js') }] : []),
        ...['react-dom', 'react'].map((name) => ({ find: new RegExp(`^${name}(?=/|$)`), replacement: join(packages, name) })),
      ],
    },
  } as const satisfies InlineConfig;
  await build({ ...common, build: { outDir, emptyOutDir: true, rollupOptions: { input: file } } });
  const server = await preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  return {
    url: `${server.resolvedUrls?.local[0]}${basename(file)}`,
    async close() {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}

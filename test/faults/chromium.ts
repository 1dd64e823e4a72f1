import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import react from '@vitejs/plugin-react';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { chromiumArgs, ensureChromium } from '../../scripts/chromium.ts';
import { sourceWorker } from '../../scripts/worker.ts';
import type { Clients } from './run.ts';
import { createScreen } from './screen.ts';

const TYPES: { readonly [extension: string]: string } = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Real pages in a real Chromium, built for production from the sources. */
export async function openChromium(): Promise<Clients & { close(): Promise<void> }> {
  const outDir = await mkdtemp(join(tmpdir(), 'sluice-rig-page-'));
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  await build({
    configFile: false,
    root: join(import.meta.dirname, 'page'),
    base: './',
    logLevel: 'error',
    plugins: [react(), sourceWorker()],
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 10_000 },
  });
  if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = NODE_ENV;
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://rig').pathname).replace(/\/$/, '/index.html');
    const file = createReadStream(join(outDir, path));
    file.on('error', () => response.writeHead(404).end());
    file.on('open', () => {
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
      file.pipe(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: [...chromiumArgs] });
  return {
    name: 'chromium',
    allowedOrigins: [origin],
    async open(options) {
      const context = await browser.newContext();
      return createScreen({ ...options, origin, page: await context.newPage(), closed: () => context.close() });
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

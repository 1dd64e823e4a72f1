import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { launchPage, type Page } from '../../bench/render/chromium/launch.ts';
import { sourceWorker } from '../../scripts/worker.ts';

/** Builds a page from source for production, that of the soak if no other, into a folder that `remove` takes away. */
export async function buildPage(
  root: URL = new URL('./page/', import.meta.url),
): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-soak-'));
  await build({
    configFile: false,
    root: fileURLToPath(root),
    logLevel: 'error',
    plugins: [react(), sourceWorker()],
    worker: { format: 'es', plugins: () => [sourceWorker()] },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 4000 },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Bytes, but for the counts. Of the page's thread and its workers, after a collection. */
export interface PageSample {
  readonly heap: number;
  readonly workersHeap: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Of the renderer's process. */
  readonly rss: number;
}

export interface SoakPage {
  show(ids: readonly string[]): Promise<void>;
  /** What the panel of a stream shows. */
  panel(id: string): Promise<{ readonly status: string; readonly text: string } | undefined>;
  faults(): Promise<string[]>;
  sample(): Promise<PageSample>;
  close(): Promise<void>;
}

/** The page in a Chromium of its own. */
export async function openPage(url: string): Promise<SoakPage> {
  const page = await launchPage();
  const workers = await watchWorkers(page);
  await page.call('Runtime.enable');
  await page.call('HeapProfiler.enable');
  await page.call('Page.navigate', { url });
  while (!(await page.evaluate<boolean>('typeof window.show === "function"').catch(() => false)))
    await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    show: (ids) => page.evaluate(`window.show(${JSON.stringify(ids)})`),
    panel: (id) => page.evaluate(`window.panel(${JSON.stringify(id)})`),
    faults: () => page.evaluate('window.faults'),
    async sample() {
      await page.call('HeapProfiler.collectGarbage');
      const { usedSize } = await page.call<{ usedSize: number }>('Runtime.getHeapUsage');
      const { nodes, jsEventListeners } = await page.call<{ nodes: number; jsEventListeners: number }>('Memory.getDOMCounters');
      let workersHeap = 0;
      for (const session of workers) {
        await page.protocol.call('HeapProfiler.collectGarbage', {}, session).catch(() => {});
        const usage = await page.protocol.call<{ usedSize: number }>('Runtime.getHeapUsage', {}, session).catch(() => ({ usedSize: 0 }));
        workersHeap += usage.usedSize;
      }
      const { processInfo } = await page.protocol.call<{ processInfo: { type: string; id: number; cpuTime: number }[] }>(
        'SystemInfo.getProcessInfo',
      );
      const renderer = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime)[0];
      return { heap: usedSize, workersHeap, nodes, listeners: jsEventListeners, rss: await residentBytes(renderer?.id) };
    },
    close: () => page.close(),
  };
}

/** Sessions of the page's workers, as they come and go. */
async function watchWorkers(page: Page): Promise<ReadonlySet<string>> {
  const sessions = new Set<string>();
  page.on('Target.attachedToTarget', ({ sessionId, targetInfo }: { sessionId: string; targetInfo: { type: string } }) => {
    if (targetInfo.type === 'worker') sessions.add(sessionId);
  });
  page.on('Target.detachedFromTarget', ({ sessionId }: { sessionId: string }) => void sessions.delete(sessionId));
  await page.call('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  return sessions;
}

/** Linux only; 0 elsewhere. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}

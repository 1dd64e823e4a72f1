import { readdirSync, readFileSync } from 'node:fs';
import type { Protocol } from './protocol.ts';

/** CPU time since the beginning, ms. */
export interface CpuTimes {
  /** The page's main thread. */
  readonly main: number;
  /** All threads of the renderer: workers, rasterising, compositing, garbage collection. */
  readonly renderer: number;
  /** Renderer, GPU or software compositor, network and browser processes. */
  readonly browser: number;
}

const ticksPerSecond = 100;

/** Reads `/proc`: Linux only. The renderer is the one that has worked most: there is one page. */
export async function cpuTimes(protocol: Protocol): Promise<CpuTimes> {
  const { processInfo } = await protocol.call<{ processInfo: { type: string; id: number; cpuTime: number }[] }>(
    'SystemInfo.getProcessInfo',
  );
  const renderer = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime)[0];
  if (renderer === undefined) throw new Error('Chromium has no renderer process.');
  return {
    main: Number(readFileSync(`/proc/${renderer.id}/task/${renderer.id}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    renderer: processTime(renderer.id),
    browser: processInfo.reduce((sum, { id }) => sum + processTime(id), 0),
  };
}

/** Threads by name with their CPU time, ms: for finding out where it goes. */
export function threadTimes(pid: number): { readonly name: string; readonly ms: number }[] {
  return readdirSync(`/proc/${pid}/task`).map((task) => ({
    name: readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim(),
    ms: Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
  }));
}

function processTime(pid: number): number {
  // What the process is called may contain anything; the numbers follow its closing bracket.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

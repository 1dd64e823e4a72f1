import { readFileSync } from 'node:fs';
import type { Protocol } from './protocol.ts';

/** CPU time since the beginning, ms. */
export interface CpuTimes {
  /** The page's main thread. */
  readonly main: number;
  /** All threads of the renderer: workers, rasterising, compositing, garbage collection. */
  readonly renderer: number;
  /** Renderer, GPU or software compositor, network and browser processes. */
  readonly browser: number;
  /** The emitter, and the relay where it has one. */
  readonly emitter: number;
  /** Everything else on this machine but the harness, which waits. */
  readonly others: number;
  /** What the machine's host gave to others. */
  readonly stolen: number;
}

const ticksPerSecond = 100;

/** Reads `/proc`: Linux only. The renderer is the one that has worked most: there is one page. */
export async function cpuTimes(protocol: Protocol, emitterPid: number): Promise<CpuTimes> {
  const { processInfo } = await protocol.call<{ processInfo: { type: string; id: number; cpuTime: number }[] }>(
    'SystemInfo.getProcessInfo',
  );
  const renderer = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime)[0];
  if (renderer === undefined) throw new Error('Chromium has no renderer process.');
  // "cpu", and then ticks: user, nice, system, idle, waiting, interrupts, soft interrupts, stolen.
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)
    .join()
    .split(/ +/)
    .map(Number);
  const browser = processInfo.reduce((sum, { id }) => sum + processTime(id), 0);
  const emitter = processTime(emitterPid);
  return {
    stolen: milliseconds(steal),
    others: milliseconds(user + nice + system + irq + softIrq) - browser - emitter - processTime(process.pid),
    emitter,
    main: Number(readFileSync(`/proc/${renderer.id}/task/${renderer.id}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    renderer: processTime(renderer.id),
    browser,
  };
}

function processTime(pid: number): number {
  // What the process is called may contain anything; the numbers follow its closing bracket.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return milliseconds(Number(fields[11]) + Number(fields[12]));
}

function milliseconds(ticks: number): number {
  return (ticks * 1000) / ticksPerSecond;
}

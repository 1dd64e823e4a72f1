import { readFile } from 'node:fs/promises';
import { median, quantile } from '../quantile.ts';
import type { Page } from '../render/chromium/launch.ts';
import { openPanels, type View } from './open.ts';
import type { Scroll } from './scroll.ts';

const steps = [40, 150, 800];
/** From the start on, back from the middle, and back from the end: 2 s each. */
const ways = [
  { place: 0, direction: 1 },
  { place: 0.5, direction: -1 },
  { place: 1, direction: -1 },
];
const framesAWay = 120;

interface Held {
  /** Bytes, of the page's thread, after a collection. */
  readonly heap: number;
  /** Bytes, of the renderer's process. */
  readonly resident: number;
  readonly elements: number;
}

interface Round {
  readonly empty: Held;
  readonly full: Held;
  readonly scrolls: ReadonlyMap<number, readonly Scroll[]>;
}

/** A finished answer of a megabyte, and of four (a million tokens): what it holds, and what a reader meets who scrolls. Prints tables. */
export async function longAnswers(
  url: string,
  rounds: number,
  isMeant: (name: string) => boolean,
  line: (...cells: readonly (string | number)[]) => void,
): Promise<void> {
  const answers = (
    [
      ['plain', 1],
      ['markdown', 1],
      ['plain', 4],
      ['markdown', 4],
    ] as const
  )
    .map(([view, megabytes]) => ({ view, megabytes, name: `scrolling ${view} ${megabytes} MB` }))
    .filter(({ name }) => isMeant(name));
  if (answers.length === 0) return;
  const measured = new Map<string, Round[]>(answers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, view, megabytes } of answers) measured.get(name)?.push(await one(url, view, megabytes));

  console.log(`\nScrolling through a finished answer; medians of ${rounds}.\n`);
  line('view', 'MB', 'px a frame', 'frames over 25 ms (min–max)', 'p95, ms', 'longest, ms', 'stand-ins in sight, of each tenth frame');
  line('---', '--:', '--:', '--:', '--:', '--:', '--:');
  for (const { name, view, megabytes } of answers) {
    for (const step of steps) {
      const runs = (measured.get(name) ?? []).map(({ scrolls }) => scrolls.get(step) ?? []);
      const frames = runs.map((run) => run.flatMap((scroll) => scroll.frames));
      const long = frames.map((run) => (100 * run.filter((ms) => ms > 25).length) / run.length);
      const standIns = runs.map((run) => {
        const looks = run.flatMap((scroll) => scroll.standIns);
        return (100 * looks.filter(Boolean).length) / looks.length;
      });
      line(
        view,
        megabytes,
        step,
        `${median(long).toFixed(1)} % (${Math.min(...long).toFixed(1)}–${Math.max(...long).toFixed(1)})`,
        median(frames.map((run) => quantile(run, 0.95))).toFixed(1),
        median(frames.map((run) => Math.max(...run))).toFixed(0),
        `${median(standIns).toFixed(0)} %`,
      );
    }
  }
  console.log(`\nWhat the same answers hold, before anybody scrolls, above an empty panel; medians of ${rounds}.\n`);
  line('view', 'MB', 'heap of the page’s thread', 'resident, the whole renderer', 'elements');
  line('---', '--:', '--:', '--:', '--:');
  for (const { name, view, megabytes } of answers) {
    const runs = measured.get(name) ?? [];
    const above = (what: keyof Held): number => median(runs.map(({ empty, full }) => full[what] - empty[what]));
    const mb = (bytes: number): string => `+${(bytes / 2 ** 20).toFixed(1)} MB`;
    line(view, megabytes, mb(above('heap')), mb(above('resident')), above('elements'));
  }
}

async function one(url: string, view: View, megabytes: number): Promise<Round> {
  const page = await openPanels(url, 1, view);
  const empty = await held(page);
  await page.evaluate(`window.finish(${megabytes * 2 ** 20})`);
  const full = await held(page);
  const scrolls = new Map<number, readonly Scroll[]>();
  for (const step of steps) {
    const found: Scroll[] = [];
    for (const { place, direction } of ways)
      found.push(await page.evaluate<Scroll>(`window.scrollThrough(${place}, ${direction * step}, ${framesAWay})`));
    scrolls.set(step, found);
  }
  await page.close();
  return { empty, full, scrolls };
}

async function held(page: Page): Promise<Held> {
  await page.call('HeapProfiler.collectGarbage');
  const { usedSize } = await page.call<{ usedSize: number }>('Runtime.getHeapUsage');
  const { processInfo } = await page.protocol.call<{ processInfo: { type: string; id: number; cpuTime: number }[] }>(
    'SystemInfo.getProcessInfo',
  );
  const renderer = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime)[0];
  const status = await readFile(`/proc/${renderer?.id}/status`, 'utf8').catch(() => '');
  return {
    heap: usedSize,
    resident: 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN),
    elements: await page.evaluate<number>('document.querySelectorAll("*").length'),
  };
}

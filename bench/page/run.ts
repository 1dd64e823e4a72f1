/**
 * The page by the position in an answer, and what streams and the app around them cost each other, in Chromium, built for production.
 * Usage: `node bench/page/run.ts [--rounds=3] [--first] [parts of names]`; prints tables.
 */
import { join } from 'node:path';
import { servePage } from '../built.ts';
import { texts } from '../markdown/texts.ts';
import { median } from '../quantile.ts';
import type { Page } from '../render/chromium/launch.ts';
import { collectTrace } from '../render/chromium/trace.ts';
import { longAnswers } from './long.ts';
import { openPanels, type View } from './open.ts';

const rounds = Number(process.argv.find((argument) => argument.startsWith('--rounds='))?.slice('--rounds='.length) ?? 3);
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isMeant = (name: string): boolean => names.length === 0 || names.some((part) => name.includes(part));
const tenths = 10;

const served = await servePage(join(import.meta.dirname, 'page.html'), { profiling: true });

const openPage = (streams: number, view: View): Promise<Page> => openPanels(served.url, streams, view);

/** Processor time of the page's thread so far, ms. */
async function spent(page: Page): Promise<number> {
  const { metrics } = await page.call<{ metrics: { name: string; value: number }[] }>('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
}

const streamed = (page: Page, text: string, chunk: number): Promise<void> =>
  page.evaluate(`window.stream(${JSON.stringify(text)}, ${chunk})`);

/** ms of the page's thread for a kilobyte, by tenth. */
async function byPosition(view: View, text: string, chunk: number): Promise<number[]> {
  const page = await openPage(1, view);
  const size = Math.floor(text.length / tenths);
  const costs: number[] = [];
  for (let tenth = 0; tenth < tenths; tenth += 1) {
    const before = await spent(page);
    await streamed(page, text.slice(tenth * size, (tenth + 1) * size), chunk);
    costs.push(((await spent(page)) - before) / (size / 1024));
  }
  await page.close();
  return costs;
}

interface WorkerTasks {
  readonly longestMs: number;
  readonly longestWallMs: number;
  readonly over10: number;
  readonly count: number;
}

/** Tasks of the page's workers while they take the text in, as fast as it can be written. */
async function workerTasks(text: string): Promise<WorkerTasks> {
  const page = await openPage(1, 'markdown');
  const stop = await collectTrace(page, ['toplevel', '__metadata']);
  await streamed(page, text, 16_384);
  const events = await stop();
  await page.close();
  const workers = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name?.startsWith('DedicatedWorker'))
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const tasks = events.filter(({ name, pid, tid, ph }) => ph === 'X' && name.endsWith('RunTask') && workers.has(`${pid}/${tid}`));
  return {
    longestMs: tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0),
    longestWallMs: tasks.reduce((longest, { dur = 0 }) => Math.max(longest, dur / 1000), 0),
    over10: tasks.filter(({ tdur = 0 }) => tdur > 10_000).length,
    count: tasks.length,
  };
}

const line = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
const all = texts();
const mixed = all.find(({ name }) => name === 'mixed answer')?.text ?? '';
const positions = [
  { name: 'mixed answer as plain text', view: 'plain', text: mixed, chunk: 1024 },
  ...all
    .filter(({ name }) => !/references/.test(name))
    .map(({ name, text }) => ({ name, view: 'markdown', text, chunk: text.length > 400_000 ? 1024 : 512 })),
] as const;

const measured = positions.filter(({ name }) => isMeant(name));
const costs = new Map<string, number[][]>(measured.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1)
  for (const { name, view, text, chunk } of measured) costs.get(name)?.push(await byPosition(view as View, text, chunk));
if (measured.length > 0) {
  console.log(
    `The page's thread, ms of the processor for a kilobyte, by the position in the answer; one panel of 800 × 960, medians of ${rounds}.\n`,
  );
  line('text', 'kB', 'code units a frame', 'first tenth', 'fifth', 'last tenth', 'last/first (min–max)');
  line('---', '--:', '--:', '--:', '--:', '--:', '--:');
  for (const { name, text, chunk } of measured) {
    const runs = costs.get(name) ?? [];
    const of = (tenth: number): string => median(runs.map((run) => run[tenth] ?? Number.NaN)).toFixed(2);
    const ratios = runs.map((run) => (run.at(-1) ?? Number.NaN) / (run[0] ?? Number.NaN));
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
    line(
      name,
      Math.round(text.length / 1024),
      chunk,
      of(0),
      of(4),
      of(9),
      `${median(ratios).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`,
    );
  }
}

const parsed = isMeant('tasks') ? all : [];
if (parsed.length > 0) {
  console.log(
    '\nTasks of the workers (receiver and parser) while a text is written at 16 KiB a frame; the aim is that none takes longer than 10 ms.\n',
  );
  line('text', 'tasks', 'longest, ms of the processor', 'of more than 10 ms', 'longest by the clock, ms');
  line('---', '--:', '--:', '--:', '--:');
  for (const { name, text } of parsed) {
    const { count, longestMs, over10, longestWallMs } = await workerTasks(text);
    line(name, count, longestMs.toFixed(2), over10, longestWallMs.toFixed(1));
  }
}

if (isMeant('commits')) {
  console.log(
    '\nMarkdown panels of which each grows in every frame, and an app around them that renders in every frame. Commits of React, counted by its profiler;',
  );
  console.log(
    'how long what has closed waited at most until it was on the page: the deadline is 150 ms and the frame before it. With 32 panels it is committed at once.\n',
  );
  line('panels', 'what goes on', 'frames', 'commits in panels', 'renders of the app', 'longest wait so far, ms', 'forced so far');
  line('--:', '---', '--:', '--:', '--:', '--:', '--:');
  for (const streams of [8, 32]) {
    const page = await openPage(streams, 'markdown');
    let before = await page.evaluate<{ panels: number; app: number }>('window.commits()');
    const tell = async (what: string, frames: number): Promise<void> => {
      const after = await page.evaluate<{ panels: number; app: number }>('window.commits()');
      const { longestMs, forced } = await page.evaluate<{ longestMs: number; forced: number }>('window.promoted()');
      line(streams, what, frames, after.panels - before.panels, after.app - before.app, longestMs.toFixed(0), forced);
      before = after;
    };
    const text = mixed.slice(0, 300 * 13);
    await page.evaluate('window.renderApp(120, 0)');
    await tell('the app renders, the answers rest', 120);
    await streamed(page, text, 13);
    await tell('the answers grow, the app rests', 330);
    await page.evaluate(`Promise.all([window.stream(${JSON.stringify(text)}, 13), window.renderApp(300, 4)])`);
    await tell('both, the app with 4 ms of work each time', 330);
    await page.close();
  }
}

await longAnswers(served.url, rounds, isMeant, line);
await served.close();

import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChildRelay, startChild } from '../memory/child.ts';
import { buildPage } from '../memory/page.ts';
import { table, writeSection } from '../memory/section.ts';
import { readCommand } from '../support/command.ts';
import { openTasksPage, type Tasks, type TasksPage } from './page.ts';

type View = 'plain' | 'markdown';

interface Result {
  readonly name: string;
  readonly tasks: Tasks;
  /** Until all statuses said `done`. */
  readonly shownMs: number;
}

const RATE = 200;
const AFTER_SECONDS = 3;

readCommand({
  name: 'tasks',
  about: 'The longest tasks of a page that catches up, built for production. Writes a section of docs/RELIABILITY.md.',
  options: {},
});

const built = await buildPage(new URL('./page/', import.meta.url));

async function run(name: string, scenario: (page: TasksPage, relay: ChildRelay) => Promise<Omit<Result, 'name'>>): Promise<Result> {
  const relay = await startChild({ folder: built.folder });
  const page = await openTasksPage(relay.url);
  try {
    const result = { name, ...(await scenario(page, relay)) };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return result;
  } finally {
    await page.close();
    await relay.close();
  }
}

/** Streams that run while the page's thread is kept busy for so long, and some seconds more. */
const blocked = (streams: number, view: View, seconds: number): Promise<Result> =>
  run(`${streams} ${view}, ${seconds === 0 ? 'not blocked' : `blocked ${seconds} s`}`, async (page, relay) => {
    const ids = Array.from({ length: streams }, (_, index) => `s-${index}`);
    const tokens = RATE * (seconds + AFTER_SECONDS);
    for (const [index, id] of ids.entries()) await relay.script(id, { seed: index + 1, tokens, rate: RATE });
    await page.evaluate(`window.showPanels(${JSON.stringify(ids)}, '${view}')`);
    await page.evaluate(`window.until('streaming')`);
    await delay(1000);
    const stop = await page.watch();
    const released = await page.evaluate<number>(`window.block(${seconds * 1000})`);
    const done = await page.evaluate<number>(`window.until('done')`);
    return { tasks: await stop(released), shownMs: done - released };
  });

/** A finished answer of a million tokens that is opened. */
const opened = (view: View, rate: number): Promise<Result> =>
  run(`a million tokens opened, ${view}${rate === 1 ? '' : `, a main thread ${rate} times slower`}`, async (page, relay) => {
    await relay.script('s-0', { seed: 1, tokens: 1_000_000, rate: 0 });
    await relay.ended('s-0');
    await page.throttle(rate);
    const stop = await page.watch();
    const begun = await page.evaluate<number>(`(window.showPanels(['s-0'], '${view}'), performance.now())`);
    const done = await page.evaluate<number>(`window.until('done')`);
    return { tasks: await stop(begun), shownMs: done - begun };
  });

const results: Result[] = [];
try {
  for (const view of ['plain', 'markdown'] as const)
    for (const streams of [8, 32]) for (const seconds of [0, 10]) results.push(await blocked(streams, view, seconds));
  for (const view of ['plain', 'markdown'] as const) for (const rate of [1, 4]) results.push(await opened(view, rate));
} finally {
  await built.remove();
}

writeSection(
  'tasks',
  `## Catching up

\`npm run tasks\` (${cpus().length} cores, Node ${process.versions.node}): a page built for production, its panels in view, ${RATE} tokens/s each, the thread kept busy in one task and
then ${AFTER_SECONDS} s more of the answers. Processor time of the tasks of the page's thread after that, since on a busy machine its time by the clock is mostly others'; beside each, the
same without the block. Rule UI14 bounds what a frame adds; the tests of that rule count it.

${table(
  ['', 'longest task, ms', 'of 50 ms or more', 'longest by the clock, ms', 'all shown after, s'],
  results.map(({ name, tasks, shownMs }) => [
    name,
    tasks.longestMs.toFixed(0),
    tasks.over50,
    tasks.longestWallMs.toFixed(0),
    (shownMs / 1000).toFixed(1),
  ]),
)}`,
);

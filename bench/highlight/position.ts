import { join } from 'node:path';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { chromiumArgs, ensureChromium } from '../../scripts/chromium.ts';
import { servePage } from '../built.ts';
import { median } from '../quantile.ts';
import type { Subject } from './fence.tsx';
import { readCode } from './text.ts';

/**
 * What a kilobyte of a TypeScript fence costs by its position: the fence is streamed in tenths, each timed on its own. `--quick`
 * takes a quarter of it, once; `--rounds=` says how often otherwise. Prints a table; the aim is that the last tenth costs at most 1.2 times the first.
 */
const isQuick = process.argv.includes('--quick');
const rounds = isQuick ? 1 : Number(process.argv.find((argument) => argument.startsWith('--rounds='))?.slice('--rounds='.length) ?? 5);
const code = isQuick ? readCode().slice(0, 50_000) : readCode();
/** Of the baseline, whose cost grows with the square: so much of the code. */
const wholeShare = isQuick ? 0.5 : 0.2;
const chunkLength = 256;
const tenths = 10;

interface Cost {
  /** ms of the main thread for a kilobyte. */
  readonly main: number;
  /** ms of the renderer's processor time, workers included, for a kilobyte. */
  readonly processor: number;
}

const served = await servePage(join(import.meta.dirname, 'fence.html'));
const browser = await chromium.launch({ executablePath: ensureChromium(), args: [...chromiumArgs] });
const results = new Map<Subject, Cost[][]>([
  ['sluice', []],
  ['whole', []],
]);
for (let round = 0; round < rounds; round += 1) {
  for (const [subject, runs] of results) {
    runs.push(await measure(subject, subject === 'whole' ? code.slice(0, code.length * wholeShare) : code));
  }
}
await browser.close();
await served.close();

for (const [subject, runs] of results) {
  const length = subject === 'whole' ? code.length * wholeShare : code.length;
  console.log(
    `\n${subject}: ${Math.round(length / 1000)} kB of TypeScript, ${chunkLength} code units a frame, median of ${rounds}, ms a kB`,
  );
  for (const figure of ['main', 'processor'] as const) {
    const by = Array.from({ length: tenths }, (_, tenth) => median(runs.map((run) => run[tenth]?.[figure] ?? 0)));
    const ratio = median(runs.map((run) => (run.at(-1)?.[figure] ?? 0) / (run[0]?.[figure] ?? 1)));
    console.log(`${figure.padEnd(9)} ${by.map((cost) => cost.toFixed(2)).join('  ')}   last / first ${ratio.toFixed(2)}`);
  }
}

async function measure(subject: Subject, text: string): Promise<Cost[]> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(served.url);
  await page.waitForFunction(() => 'mount' in window);
  await page.evaluate((name) => window.mount(name), subject);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const costs: Cost[] = [];
  const size = Math.floor(text.length / tenths);
  for (let tenth = 0; tenth < tenths; tenth += 1) {
    const before = await spent(cdp);
    await page.evaluate(([part, length]) => window.stream(part, length), [
      text.slice(tenth * size, (tenth + 1) * size),
      chunkLength,
    ] as const);
    await settled(page);
    const after = await spent(cdp);
    costs.push({ main: ((after.main - before.main) * 1000) / size, processor: ((after.processor - before.processor) * 1000) / size });
  }
  await page.close();
  return costs;
}

/** Two frames more: what was coloured is drawn. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
}

async function spent(cdp: CDPSession): Promise<Cost> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string): number => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000;
  return { main: of('TaskDuration'), processor: of('ProcessTime') };
}

import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { chromiumArgs, ensureChromium } from '../../scripts/chromium.ts';
import { creditWindowDefaults, wireLimits } from '../../src/wire/index.ts';
import { ManualSource } from '../support/source.ts';
import { buildPage, startSite } from './site.ts';

vi.setConfig({ testTimeout: 110_000, hookTimeout: 60_000 });

const { initialBytes } = creditWindowDefaults;
/** Of a batch, at most, with what overshoots its target. */
const BATCH_BYTES = wireLimits.targetBatchBytes + wireLimits.maxMergedDelta;
const CONNECTIONS = 6;
const STREAMS = 6;
const LINE = `${'x'.repeat(999)}\n`;
const LINES = 300;

let built: Awaited<ReturnType<typeof buildPage>>;
let browser: Browser;

beforeAll(async () => {
  built = await buildPage();
  browser = await chromium.launch({ executablePath: ensureChromium(), args: [...chromiumArgs] });
});
afterAll(async () => {
  await browser?.close();
  built?.remove();
});

test('[CR10] [ST1] while a page is blocked its worker holds one window of a stream, whatever number of SSE responses goes by', async () => {
  // Where each stream stood whenever it was subscribed: the page has taken none of it, so all of that is in the worker.
  const stood: number[][] = Array.from({ length: STREAMS }, () => []);
  const site = await startSite(built.folder, {
    log: (_level, message, fields) => {
      if (message === 'Subscribed') stood[Number(fields['stream'])]?.push(Number(fields['seq']));
    },
  });
  const worker = (): number[] => stood.map((cursors) => Math.max(...cursors) * LINE.length);
  const { relay, url } = site;
  const sources = stood.map((_, index) => {
    const source = new ManualSource();
    relay.streams.create({ id: `${index}`, source });
    return source;
  });
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(`${url}?transport=sse`);
  await page.evaluate((count) => {
    for (let index = 0; index < count; index += 1) window.life.follow(`${index}`);
  }, STREAMS);
  await vi.waitFor(() => expect(relay.stats.subscriptions).toBe(STREAMS), 20_000);
  const blocked = page.evaluate(() => window.life.block());
  // Awaited below; a test that fails before closes the page under it.
  blocked.catch(() => {});
  await site.asked();
  for (const source of sources) {
    for (let line = 0; line < LINES; line += 1) source.text(LINE);
    source.end();
  }
  // All that one connection may bring.
  await vi.waitFor(() => expect(relay.stats.deliveredBytes).toBeGreaterThan(4 * initialBytes), 20_000);
  const since = performance.now();
  for (let connection = 2; connection <= CONNECTIONS; connection += 1) {
    site.recycle();
    await vi.waitFor(() => expect(stood.map(({ length }) => length)).toEqual(stood.map(() => connection)), {
      timeout: 30_000,
      interval: 10,
    });
    for (const bytes of worker()) expect(bytes).toBeLessThan(initialBytes + BATCH_BYTES);
  }
  const held = worker();
  const all = held.reduce((sum, bytes) => sum + bytes, 0);
  console.info(
    `blocked while ${CONNECTIONS} connections passed in ${Math.round(performance.now() - since)} ms: ${held.join(', ')} bytes in the worker, ${all} in all`,
  );
  expect(all).toBeLessThan(4 * initialBytes + BATCH_BYTES);
  expect(all).toBeGreaterThan(4 * initialBytes - STREAMS * BATCH_BYTES);
  site.release();
  await blocked;
  await vi.waitFor(
    async () => expect((await page.evaluate(() => window.life.all())).map(({ status }) => status)).toEqual(stood.map(() => 'done')),
    { timeout: 30_000, interval: 50 },
  );
  for (const { text } of await page.evaluate(() => window.life.all())) expect(text).toBe(LINE.repeat(LINES));
  expect(relay.stats.answers).toMatchObject({ reset: 0, gone: 0 });
});

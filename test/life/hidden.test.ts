import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { launchPage, type Page } from '../../bench/render/chromium/launch.ts';
import { buildPage } from '../memory/page.ts';
import { ManualSource } from '../support/source.ts';
import { startSite } from './site.ts';

vi.setConfig({ testTimeout: 120_000 });

interface Sight {
  readonly status: string;
  readonly text: string;
}

const ids = Array.from({ length: 8 }, (_, index) => `hidden-${index}`);
const sights = (page: Page): Promise<Sight[]> => page.evaluate(`${JSON.stringify(ids)}.map((id) => window.panel(id))`);

/** Another tab in front of the page: unlike Playwright, Chromium by itself then hides it. */
async function coverWithTab(page: Page): Promise<void> {
  const { targetId } = await page.protocol.call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  await page.protocol.call('Target.activateTarget', { targetId });
  await vi.waitFor(async () => expect(await page.evaluate('document.visibilityState')).toBe('hidden'));
}

test('[UI7] [CN7] behind another tab a page keeps its connection and folds on; in front again it shows the ends at once', async () => {
  const built = await buildPage();
  onTestFinished(() => built.remove());
  const { relay, url } = await startSite(built.folder, { heartbeatMs: 400 });
  const answers = ids.map((id) => {
    const source = new ManualSource();
    relay.streams.create({ id, source });
    return { source, told: '' };
  });
  const say = (answer: (typeof answers)[number], word: string): void => {
    answer.told += word;
    answer.source.text(word);
  };
  for (const answer of answers) say(answer, 'begun ');

  const page = await launchPage();
  onTestFinished(() => page.close());
  await page.call('Page.navigate', { url: new URL('index.html', url).href });
  await vi.waitFor(async () => expect(await page.evaluate('typeof window.show')).toBe('function'), 20_000);
  await page.evaluate(`window.show(${JSON.stringify(ids)})`);
  await vi.waitFor(async () => expect((await sights(page)).map(({ text }) => text.trim())).toEqual(ids.map(() => 'begun')), 20_000);
  const { opened } = relay.stats;

  await coverWithTab(page);
  for (let word = 0; word < 300; word += 1) {
    for (const answer of answers) say(answer, `${word} `);
    await delay(10);
  }
  // Seven heartbeats later all of it is in the page's store, and nothing of it in the document.
  await vi.waitFor(() => expect(relay.stats.lagMaxEvents).toBe(0), 10_000);
  expect(relay.stats.opened).toEqual(opened);
  expect((await sights(page)).map(({ text }) => text.trim())).toEqual(ids.map(() => 'begun'));
  // Half of them end meanwhile.
  const ended = answers.filter((_, index) => index < 4);
  for (const { source } of ended) source.end();
  await vi.waitFor(() => expect(relay.stats.generations).toBe(4));

  await page.evaluate(`
    document.addEventListener('visibilitychange', () => {
      window.framesUntilDone = 0;
      const count = () => {
        window.framesUntilDone += 1;
        const done = ${JSON.stringify(ids.slice(0, 4))}.every((id) => window.panel(id).status === 'done');
        if (!done && window.framesUntilDone < 600) requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
    }, { once: true })`);
  await page.call('Page.bringToFront');
  await vi.waitFor(async () => {
    const seen = await sights(page);
    expect(seen.map(({ status }) => status)).toEqual(ids.map((_, index) => (index < 4 ? 'done' : 'streaming')));
    expect(seen.map(({ text }) => text.trim())).toEqual(answers.map(({ told }) => told.trim()));
  }, 10_000);
  const frames = await page.evaluate<number>('window.framesUntilDone');
  console.info(`in front again: four ended answers of eight whole after ${frames} frames`);
  expect(frames).toBeLessThanOrEqual(30);
  expect(relay.stats.opened).toEqual(opened);
  expect(await page.evaluate('window.faults')).toEqual([]);
});

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type App, createApp } from './app.ts';
import { openBrowser } from './page.ts';

let app: App;

beforeAll(async () => {
  vi.stubEnv('PORT', '0');
  app = await createApp(
    '../../examples/demo',
    'react',
    'react-dom',
    'sirv',
    'vite',
    '@vitejs/plugin-react',
    'katex',
    '@shikijs/langs',
    '@shikijs/themes',
  );
});
afterAll(() => {
  vi.unstubAllEnvs();
  app?.remove();
});

test('the demo streams eight answers to their end, over the transport it is asked for', async () => {
  const started = performance.now();
  const origin = await app.serve('start.ts');
  console.info(`the demo was ready ${Math.round(performance.now() - started)} ms after its start, its page built anew`);
  const browser = await openBrowser();
  for (const [query, transport] of [
    ['', 'webtransport'],
    ['&transport=websocket', 'websocket'],
    ['&transport=sse', 'sse'],
  ]) {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    await page.goto(`${origin}/?streams=8&rate=200&tokens=200${query}`);
    await page.locator('[data-stream-panel][data-status="done"]').nth(7).waitFor({ timeout: 60_000 });
    expect(await page.locator('[data-connection="connected"]').first().getAttribute('data-transport')).toBe(transport);
    for (const panel of await page.locator('[data-stream-panel]').all()) {
      const stream = await (await fetch(`${origin}/v1/streams/${await panel.getAttribute('data-stream-id')}`)).json();
      expect(await panel.locator('[data-stream-body]').evaluate((body) => body.textContent)).toBe(stream.text);
    }
    expect(complaints).toEqual([]);
    await page.close();
  }
});

test('the demo shows answers as Markdown, and switches while they run', async () => {
  const origin = await app.serve('start.ts');
  const page = await (await openBrowser()).newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  await page.goto(`${origin}/?streams=2&rate=200&tokens=2000&view=markdown`);
  await page.locator('[data-stream-body] strong').first().waitFor();
  await page.getByLabel('View').selectOption('plain');
  await page.locator('[data-stream-body] strong').first().waitFor({ state: 'detached' });
  await page.getByLabel('View').selectOption('markdown');
  await page.locator('[data-stream-panel][data-status="done"]').nth(1).waitFor({ timeout: 60_000 });
  for (const tag of ['strong', 'h4, h5', 'li', 'pre']) {
    expect(await page.locator(`[data-stream-body] :is(${tag})`).count(), tag).toBeGreaterThan(0);
  }
  expect(complaints).toEqual([]);
});

test('the benchmark page measures what it streams', async () => {
  const origin = await app.serve('start.ts');
  const page = await (await openBrowser()).newPage();
  await page.goto(`${origin}/bench?streams=4&rate=100`);
  await page.getByRole('button', { name: 'Start' }).click();
  for (const name of ['Between frames', 'From arrival on the page to paint']) {
    await page.getByRole('img', { name: new RegExp(`^${name}: median [1-9]`) }).waitFor();
  }
});

test('one stream opens in another tab, in mid-stream, and shows the same text', async () => {
  const origin = await app.serve('start.ts');
  const context = await (await openBrowser()).newContext();
  const first = await context.newPage();
  await first.goto(`${origin}/?streams=1&rate=100&tokens=300`);
  await expect.poll(() => first.locator('[data-stream-body]').evaluate((body) => body.textContent?.length)).toBeGreaterThan(100);
  const [second] = await Promise.all([
    context.waitForEvent('page'),
    first.getByRole('link', { name: 'Open Answer 1 in another tab' }).click(),
  ]);
  for (const page of [first, second]) await page.locator('[data-stream-panel][data-status="done"]').waitFor({ timeout: 60_000 });
  const texts = await Promise.all([first, second].map((page) => page.locator('[data-stream-body]').evaluate((body) => body.textContent)));
  expect(texts[0]?.length).toBeGreaterThan(500);
  expect(texts[1]).toBe(texts[0]);
});

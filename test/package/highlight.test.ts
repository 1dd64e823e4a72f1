import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp } from './app.ts';
import { openBrowser, program } from './page.ts';

let app: App;

beforeAll(async () => {
  app = await createApp('highlight', 'vite', 'react', 'react-dom', '@shikijs/langs', '@shikijs/themes');
});
afterAll(() => app?.remove());

test('[UI20] a new Vite app colours code with sluice-kit/shiki, in a worker, and loads only the language it needs', async () => {
  const vite = program('vite', 'bin/vite.js');
  expect(await app.node(vite, 'build')).toMatch(/highlight-[\w-]+\.js/);
  const origin = await app.serve(vite, 'preview', '--host', '127.0.0.1', '--port', '0');
  const page = await (await openBrowser()).newPage();
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(origin);
  await page.locator('[data-stream-panel][data-status="done"] code .sluice-line > span').first().waitFor({ timeout: 60_000 });
  const code = page.locator('code').first();
  // The brace of the last line has the code's own colour.
  await expect.poll(() => code.locator('.sluice-line:has(> span)').count(), { timeout: 20_000 }).toBe(2);
  expect(await code.evaluate((element) => element.textContent)).toBe('function add(a: number, b: number): number {\n  return a + b;\n}');
  expect(
    page
      .workers()
      .map((worker) => worker.url())
      .filter((url) => /highlight/.test(url)),
  ).toHaveLength(1);
  expect(requested.filter((url) => /\/typescript-/.test(url))).toHaveLength(1);
  expect(requested.filter((url) => /\/(python|rust|katex|mermaid)-/.test(url))).toEqual([]);
  expect(complaints).toEqual([]);
});

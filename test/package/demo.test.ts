import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Replay, startReplay } from '../support/replay.ts';
import { type App, createApp } from './app.ts';
import { openBrowser } from './page.ts';

/** Not to be found in anything a page is given. */
const KEY = 'sk-canary-of-the-demo';

let app: App;
let provider: Replay;

beforeAll(async () => {
  const content = 'Math: $$\\sqrt{x^2}$$ and `code`.\n\n```js\nlet x = 1;\n```\n';
  const lines = [{ choices: [{ index: 0, delta: { content } }] }, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }];
  provider = await startReplay({ dialect: 'openai-chat', lines: lines.map((line) => JSON.stringify(line)) });
  vi.stubEnv('PORT', '0');
  vi.stubEnv('OPENAI_API_KEY', KEY);
  vi.stubEnv('OPENAI_BASE_URL', provider.url);
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
  return provider?.close();
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
    await page.goto(`${origin}/?streams=8&rate=200&tokens=200&view=plain${query}`);
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

test('the demo shows answers as Markdown unless it is told otherwise, and switches while they run', async () => {
  const origin = await app.serve('start.ts');
  const page = await (await openBrowser()).newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  await page.goto(`${origin}/?streams=2&rate=200&tokens=2000`);
  await page.locator('[data-stream-body] strong').first().waitFor();
  await page.getByLabel('View').selectOption('plain');
  await page.locator('[data-stream-body] strong').first().waitFor({ state: 'detached' });
  await page.getByLabel('View').selectOption('markdown');
  await page.locator('[data-stream-panel][data-status="done"]').nth(1).waitFor({ timeout: 60_000 });
  for (const tag of ['strong', 'h4, h5', 'li', 'pre']) {
    expect(await page.locator(`[data-stream-body] :is(${tag})`).count(), tag).toBeGreaterThan(0);
  }
  // Nobody has scrolled.
  expect(await page.locator('.sluice-latest').count()).toBe(0);
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

test('the benchmark page counts text as painted with a frame, also where it is written between two', async () => {
  const origin = await app.serve('start.ts');
  const page = await (await openBrowser()).newPage();
  await page.addInitScript(holdFrames);
  await page.goto(`${origin}/bench?streams=1&rate=100&renderer=naive`);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const written = () => page.locator('.bench-naive [data-stream-body]').evaluate((body) => body.textContent?.length ?? 0);
  const lag = (median: string) => page.getByRole('img', { name: new RegExp(`^From arrival on the page to paint: median ${median}`) });
  for (const more of [100, 400]) await expect.poll(written).toBeGreaterThan(more);
  await lag('–').waitFor();
  await page.evaluate(() => (globalThis as unknown as Held).releaseFrames());
  await lag('\\d').waitFor();
});

test('the figures of the benchmark page are of what is chosen, and not of what went before', async () => {
  const origin = await app.serve('start.ts');
  const page = await (await openBrowser()).newPage();
  await page.addInitScript(tellObservers);
  await page.goto(`${origin}/bench?streams=1&rate=10`);
  const report = (startTime?: number): Promise<void> =>
    page.evaluate((at) => (globalThis as unknown as Told).report(at ?? performance.now()), startTime);
  const isCounted = async (tasks: number): Promise<void> => {
    await page.getByText(new RegExp(`tasks over 50 ms since this began: ${tasks}$`)).waitFor();
    const [, median] =
      /median (\d+ ms|–),/.exec((await page.getByRole('img', { name: /^From your input/ }).getAttribute('aria-label')) ?? '') ?? [];
    expect(median).toBe(tasks === 0 ? '–' : '700 ms');
  };
  await isCounted(0);
  for (const change of [
    () => page.getByRole('button', { name: 'Start', exact: true }).click(),
    () => page.getByLabel('Rendered by').selectOption('naive'),
    () => page.getByLabel('Rendered by').selectOption('plain'),
    () => page.getByRole('slider', { name: 'Streams' }).fill('2'),
    () => page.getByRole('button', { name: 'Start anew' }).click(),
  ]) {
    await report();
    await isCounted(1);
    await change();
    await isCounted(0);
    // Of before, told late.
    await report(0);
    await report();
    await isCounted(1);
  }
  // What was measured may be read after the end.
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  await isCounted(1);
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

test('a page that is reloaded goes on with the same answers, and Start asks for others', async () => {
  const origin = await app.serve('start.ts');
  const page = await (await openBrowser()).newPage();
  const ids = (): Promise<(string | null)[]> =>
    page
      .locator('[data-stream-panel][data-status="streaming"]')
      .evaluateAll((panels) => panels.map((panel) => panel.getAttribute('data-stream-id')));
  await page.goto(`${origin}/?streams=2&rate=50&tokens=5000`);
  await expect.poll(async () => (await ids()).length).toBe(2);
  const before = await ids();
  await page.reload();
  await expect.poll(ids).toEqual(before);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect.poll(async () => (await ids()).filter((id) => !before.includes(id)).length).toBe(2);
  await page.getByRole('button', { name: 'Stop all' }).click();
  await page.locator('[data-stream-panel][data-status="stopped"]').nth(1).waitFor();
});

test('the demo needs no more than its content security policy allows, whatever it streams', async () => {
  const origin = await app.serve('start.ts');
  const policy = (await fetch(origin)).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(policy.replace("style-src-attr 'unsafe-inline'", '')).not.toContain('unsafe');
  const page = await (await openBrowser()).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  // Told by the browser whatever the page does; of a worker, only in its own console, and by what it then cannot do.
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => console.error(`violated: ${effectiveDirective}`));
  });
  for (const transport of ['webtransport', 'websocket', 'sse']) {
    await page.goto(`${origin}/?streams=2&rate=1000&tokens=1500&transport=${transport}`);
    await page.locator('[data-stream-panel][data-status="done"]').nth(1).waitFor({ timeout: 60_000 });
    expect(await page.locator('[data-connection="connected"]').first().getAttribute('data-transport')).toBe(transport);
    expect(page.workers().length).toBeGreaterThanOrEqual(2);
  }
  await page.goto(`${origin}/?provider=openai-chat&model=m&prompt=p&streams=1`);
  for (const part of ['.katex-html', 'pre code span']) await page.locator(`[data-stream-body] ${part}`).first().waitFor();
  expect(provider.requests.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(await page.content()).not.toContain(KEY);
  await page.goto(`${origin}/bench?streams=2&rate=100`);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('img', { name: /^Between frames: median [1-9]/ }).waitFor();

  expect(complaints).toEqual([]);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('script'), { text: 'window.injected = true' })));
  await expect.poll(() => complaints.join()).toContain('violated: script-src-elem');
  expect(await page.evaluate(() => 'injected' in window)).toBe(false);
});

interface Held {
  releaseFrames(): void;
}

/** In a page: no frame is given before it says so. */
function holdFrames(): void {
  const { requestAnimationFrame: request } = window;
  const held: FrameRequestCallback[] = [];
  window.requestAnimationFrame = (callback) => held.push(callback);
  Object.assign(globalThis, {
    releaseFrames() {
      window.requestAnimationFrame = request;
      for (const callback of held.splice(0)) request(callback);
    },
  } satisfies Held);
}

interface Told {
  /** A task of 700 ms, and a key that took as long. */
  report(startTime: number): void;
}

/** In a page: what its observers are told of tasks and inputs is what `report` says, and not how busy the machine is. */
function tellObservers(): void {
  const live = new Set<(startTime: number) => void>();
  globalThis.PerformanceObserver = class {
    static readonly supportedEntryTypes = ['longtask', 'event'];
    #tell = (_: number): void => {};
    readonly #callback: (list: { getEntries(): unknown[] }) => void;
    constructor(callback: (list: { getEntries(): unknown[] }) => void) {
      this.#callback = callback;
    }
    observe({ type }: PerformanceObserverInit): void {
      const name = type === 'event' ? 'keydown' : 'self';
      this.#tell = (startTime) => this.#callback({ getEntries: () => [{ name, startTime, duration: 700 }] });
      live.add(this.#tell);
    }
    disconnect(): void {
      live.delete(this.#tell);
    }
    takeRecords(): [] {
      return [];
    }
  } as unknown as typeof PerformanceObserver;
  (globalThis as unknown as Told).report = (startTime) => {
    for (const tell of live) tell(startTime);
  };
}

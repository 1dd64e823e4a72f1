import { readdirSync, readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { chromiumArgs, ensureChromium } from '../../scripts/chromium.ts';
import type { Relay } from '../../server/index.ts';
import { ManualSource } from '../support/source.ts';
import type { Seen } from './main.ts';
import { buildPage, startSite } from './site.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let built: Awaited<ReturnType<typeof buildPage>>;
let browser: Browser;
let pid: number;

beforeAll(async () => {
  built = await buildPage();
  const server = await chromium.launchServer({
    executablePath: ensureChromium(),
    args: [...chromiumArgs],
    // Playwright switches it off.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  pid = server.process().pid ?? 0;
  browser = await chromium.connect(server.wsEndpoint());
});
afterAll(async () => {
  await browser?.close();
  built?.remove();
});

const seen = (page: Page): Promise<Seen> => page.evaluate(() => window.life.seen());

async function until(page: Page, check: (seen: Seen) => void, timeout = 20_000): Promise<void> {
  await vi.waitFor(async () => check(await seen(page)), { timeout, interval: 20 });
}

async function context(): Promise<BrowserContext> {
  const own = await browser.newContext();
  onTestFinished(() => own.close());
  return own;
}

/** A tab that follows the stream, and shows what there is of it. */
async function tab(own: BrowserContext, url: string, id: string): Promise<Page> {
  const page = await own.newPage();
  await page.goto(url);
  await page.evaluate((stream) => window.life.follow(stream), id);
  await until(page, ({ text }) => expect(text).not.toBe(''), 60_000);
  return page;
}

/** An answer that says a word every 20 ms until it is told to end. */
function talk(relay: Relay): { readonly id: string; readonly told: string; readonly source: ManualSource; end(): void } {
  const source = new ManualSource();
  const { id } = relay.streams.create({ source });
  let told = '';
  const say = (): void => {
    const word = `${told.length} `;
    told += word;
    source.text(word);
  };
  say();
  const talking = setInterval(say, 20);
  onTestFinished(() => clearInterval(talking));
  return {
    id,
    source,
    get told() {
      return told;
    },
    end() {
      clearInterval(talking);
      source.end();
    },
  };
}

/** The whole answer, never taken back, never doubled. */
async function whole(page: Page, told: string): Promise<void> {
  await until(page, ({ status }) => expect(status).toBe('done'), 40_000);
  const { text, generation, broken } = await seen(page);
  expect(text).toBe(told);
  expect([generation, broken]).toEqual([0, false]);
}

test('[UI6] [RL5] tabs have a connection each, and any of them stops the answer for all', async () => {
  const { relay, url } = await startSite(built.folder);
  const own = await context();
  for (const stopping of [0, 1]) {
    const answer = talk(relay);
    const tabs = [await tab(own, url, answer.id), await tab(own, url, answer.id)];
    expect(relay.stats.connections).toMatchObject({ webtransport: 2 });
    await tabs[stopping]?.evaluate(() => window.life.stop());
    for (const page of tabs) await until(page, ({ status }) => expect(status).toBe('stopped'));
    const [one, other] = await Promise.all(tabs.map(seen));
    expect(one?.text).toBe(other?.text);
    expect(answer.source.returned).toBe(true);
    for (const page of tabs) await page.close();
    await vi.waitFor(() => expect(relay.stats.connections.webtransport).toBe(0), 10_000);
  }
});

test('[CN13] a seventh tab is not left waiting, also where a browser has six connections for all of them', async () => {
  const { relay, url } = await startSite(built.folder);
  for (const transport of ['websocket', 'sse']) {
    const own = await context();
    const answer = talk(relay);
    const since = performance.now();
    const tabs = await Promise.all(Array.from({ length: 7 }, () => tab(own, `${url}?transport=${transport}`, answer.id)));
    console.info(`seven tabs over ${transport} show text after ${Math.round(performance.now() - since)} ms`);
    expect(performance.now() - since).toBeLessThan(30_000);
    answer.end();
    for (const page of tabs) await whole(page, answer.told);
    await own.close();
  }
});

test('[CN20] a frozen page goes on from its cursor when it is resumed', async () => {
  const { relay, url } = await startSite(built.folder);
  const own = await context();
  const answer = talk(relay);
  const page = await tab(own, url, answer.id);
  const devtools = await own.newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  const before = answer.told.length;
  await vi.waitFor(() => expect(answer.told.length).toBeGreaterThan(before + 300), 10_000);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  answer.end();
  await whole(page, answer.told);
  expect(relay.stats.answers).toMatchObject({ reset: 0, gone: 0 });
});

test.each(['webtransport', 'websocket', 'sse'])(
  '[CN20] over %s a page goes into the back/forward cache, and comes back as it was, with what it missed',
  async (transport) => {
    const { relay, url } = await startSite(built.folder);
    const own = await context();
    const answer = talk(relay);
    const page = await tab(own, `${url}?transport=${transport}`, answer.id);
    await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => {
        document.title = persisted ? 'kept' : 'loaded anew';
      });
    });
    await page.goto(`${url}?elsewhere`);
    await vi.waitFor(() => expect(relay.stats.subscriptions).toBe(0), 10_000);
    const before = answer.told.length;
    await vi.waitFor(() => expect(answer.told.length).toBeGreaterThan(before + 300), 10_000);
    // No `load` follows where the page is taken out of the cache.
    await page.goBack({ waitUntil: 'commit' });
    await vi.waitFor(async () => expect(await page.title()).toMatch(/kept|anew|Sluice/), 10_000);
    const why = await page.evaluate(() =>
      JSON.stringify((performance.getEntriesByType('navigation')[0] as unknown as { notRestoredReasons: unknown }).notRestoredReasons),
    );
    expect(await page.title(), why).toBe('kept');
    answer.end();
    await whole(page, answer.told);
  },
);

test('[CN7] [CN19] a page that is told it is hidden keeps its connection and goes on folding', async () => {
  const { relay, url } = await startSite(built.folder, { heartbeatMs: 400 });
  const own = await context();
  const answer = talk(relay);
  const page = await tab(own, `${url}?transport=websocket`, answer.id);
  // Playwright keeps every page visible; what is asked here is what the client makes of it.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const now = await seen(page);
  // Two and a half heartbeats, and more.
  await until(page, ({ text }) => expect(text.length).toBeGreaterThan(now.text.length + 300));
  expect((await seen(page)).connections).toEqual(now.connections);
  answer.end();
  await whole(page, answer.told);
});

test('[CN16] a page that is offline says so, and is back at once when the browser is online', async () => {
  const { relay, url, cut } = await startSite(built.folder);
  const own = await context();
  const answer = talk(relay);
  const page = await tab(own, `${url}?transport=websocket`, answer.id);
  await own.setOffline(true);
  cut();
  await until(page, ({ connection }) => expect(connection).toBe('offline'));
  await own.setOffline(false);
  const since = performance.now();
  const shown = (await seen(page)).text.length;
  await until(page, ({ text }) => expect(text.length).toBeGreaterThan(shown));
  console.info(`online again: text after ${Math.round(performance.now() - since)} ms`);
  expect(performance.now() - since).toBeLessThan(3_000);
  answer.end();
  await whole(page, answer.told);
});

test.each(['webtransport', 'websocket', 'sse'])(
  '[CN16] [CN7] over %s a computer that sleeps for longer than a heartbeat goes on when it wakes',
  async (transport) => {
    const { relay, url } = await startSite(built.folder, { heartbeatMs: 400 });
    const own = await context();
    const answer = talk(relay);
    const page = await tab(own, `${url}?transport=${transport}`, answer.id);
    const processes = family(pid);
    const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
      for (const process_ of processes) process.kill(process_, name);
    };
    onTestFinished(() => signal('SIGCONT'));
    signal('SIGSTOP');
    // The relay has given it up.
    await vi.waitFor(() => expect(relay.stats.subscriptions).toBe(0), { timeout: 20_000 });
    const asleep = answer.told.length;
    await vi.waitFor(() => expect(answer.told.length).toBeGreaterThan(asleep + 200), 10_000);
    const since = performance.now();
    signal('SIGCONT');
    const due = answer.told.length;
    await until(page, ({ text }) => expect(text.length).toBeGreaterThan(due));
    console.info(`awake over ${transport}: all there after ${Math.round(performance.now() - since)} ms`);
    answer.end();
    await whole(page, answer.told);
  },
);

test.each(['swallow', 'close'] as const)(
  '[CN19] [CN14] WebTransport dies in the middle of an answer (%s), and WebSocket goes on from the cursor',
  async (death) => {
    const { relay, url, udp } = await startSite(built.folder);
    const own = await context();
    const answer = talk(relay);
    const page = await tab(own, url, answer.id);
    expect((await seen(page)).transport).toBe('webtransport');
    udp[death]();
    const since = performance.now();
    await until(page, ({ transport }) => expect(transport).toBe('websocket'));
    const due = answer.told.length;
    await until(page, ({ text }) => expect(text.length).toBeGreaterThan(due));
    console.info(`UDP gone (${death}): text over WebSocket after ${Math.round(performance.now() - since)} ms`);
    expect(performance.now() - since).toBeLessThan(6_000);
    answer.end();
    await whole(page, answer.told);
    expect(relay.stats.answers).toMatchObject({ reset: 0, gone: 0 });
  },
);

/** A process and all that come from it. */
function family(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const found = [root];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found;
}

import { expect, onTestFinished, test, vi } from 'vitest';
import type { ToParser } from '../../src/markdown/index.ts';
import { bare, shownWhole } from '../react/markdown/whole.tsx';
import { relayText, scripted, startClient, startRelay, transports } from './page.ts';
import { showPanels } from './panels.tsx';

const panels = 4;

/** Shows Markdown of as many answers. Returns the panels when all have ended, and how much text the page itself sent to the parser. */
async function show(url: string, options: Parameters<typeof startClient>[1]): Promise<{ panels: HTMLElement[]; sent: number }> {
  const post = vi.spyOn(Worker.prototype, 'postMessage');
  onTestFinished(() => post.mockRestore());
  const sources = Array.from({ length: panels }, (_, seed) => scripted({ seed, tokens: 900, rate: 300 }));
  const shown = showPanels(
    startClient(url, options),
    sources.map((source) => ({ source, view: 'markdown' })),
    2,
  );
  await expect.poll(() => shown().filter(({ dataset }) => dataset['status'] === 'done').length, { timeout: 20_000 }).toBe(panels);
  const messages = post.mock.calls.map(([message]) => message as ToParser);
  const sent = messages
    .flatMap((message) => (message.type === 'text' ? message.texts : []))
    .reduce((sum, { text }) => sum + text.length, 0);
  return { panels: shown(), sent };
}

async function expectWhole(url: string, shown: readonly HTMLElement[]): Promise<number> {
  let length = 0;
  for (const panel of shown) {
    const text = await relayText(url, panel.dataset['streamId'] ?? '');
    length += text.length;
    const body = panel.querySelector<HTMLElement>('[data-stream-body]');
    expect(body && bare(body)).toBe(await shownWhole(text));
  }
  return length;
}

test.for(transports)('[UI43] [UI30] over %s the receiver hands the parser most of the text, and all of it is shown', async (transport) => {
  const url = await startRelay();
  const { panels: shown, sent } = await show(url, { transport });
  expect(sent).toBeLessThan((await expectWhole(url, shown)) / 2);
});

test('[UI43] [UI30] a receiver on the page hands over as well', async () => {
  const url = await startRelay();
  const { panels: shown, sent } = await show(url, { transport: 'websocket', worker: false });
  expect(sent).toBeLessThan((await expectWhole(url, shown)) / 2);
});

test('[UI43] [UI30] [ST8] a receiver that dies takes nothing along: the page sends, and the next one hands over', async () => {
  const url = await startRelay();
  const workers: Worker[] = [];
  const start = (): Worker => {
    const worker = new Worker(new URL('../../src/worker/entry.ts', import.meta.url), { type: 'module' });
    workers.push(worker);
    return worker;
  };
  const kill = setInterval(() => {
    const { length } = document.querySelector('main')?.textContent ?? '';
    // Of one that has begun, and brought something.
    if (workers.length < 3 && length > workers.length * 2_000)
      workers.at(-1)?.dispatchEvent(new ErrorEvent('error', { message: 'killed' }));
  }, 20);
  onTestFinished(() => clearInterval(kill));
  const { panels: shown, sent } = await show(url, { transport: 'websocket', worker: start });
  expect(workers.length).toBe(3);
  expect(sent).toBeLessThan((await expectWhole(url, shown)) * 0.75);
});

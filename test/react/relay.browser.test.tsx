import { Activity, StrictMode } from 'react';
import { expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import { ConnectionStatus, SluiceProvider, StreamPanel } from '../../src/index.ts';
import { relayText, scripted, startRelay } from '../e2e/page.ts';
import { openRoot } from '../support/root.ts';
import { openPage, watch } from './page.tsx';

test('[UI1] [UI6] a request written inline, in Strict Mode: one stream, whole, under the id the relay gave it', async () => {
  const url = await startRelay();
  const page = openPage({ url, transport: 'websocket' });
  page.render(
    <StrictMode>
      <ConnectionStatus />
      <StreamPanel source={{ ...scripted({ seed: 3, tokens: 200, rate: 1000 }) }} />
    </StrictMode>,
  );
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('done');
  const id = page.panel().dataset['streamId'] ?? '';
  expect(page.body().textContent).toBe(await relayText(url, id));
  expect(page.client.store.getState().streams.size).toBe(1);
  expect(page.panel().dataset['epoch']).not.toBe('');
  const connection = page.container.querySelector<HTMLElement>('[data-connection]')?.dataset;
  expect(connection).toMatchObject({ connection: 'connected', transport: 'websocket' });
});

test('[UI6] retry makes a new stream: another id, and never the old text under it', async () => {
  const url = await startRelay();
  const page = openPage({ url, transport: 'websocket' });
  page.render(<StreamPanel source={scripted({ seed: 5, tokens: 30, rate: 0 })} title="R" />);
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('done');
  const first = { id: page.panel().dataset['streamId'] ?? '', epoch: page.panel().dataset['epoch'] };
  const { sights } = watch(page.panel());
  page.button(/^Retry R/).click();
  await expect.poll(() => page.panel().dataset['streamId']).not.toBe(first.id);
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('done');
  const id = page.panel().dataset['streamId'] ?? '';
  expect(id).not.toBe(first.id);
  const text = await relayText(url, id);
  expect(page.body().textContent).toBe(text);
  expect(sights.filter((sight) => sight.epoch !== first.epoch && !text.startsWith(sight.text))).toEqual([]);
  expect(await relayText(url, first.id)).not.toBe('');
});

test('[UI6] a request that found no relay fails with an offer to retry, and that works once the relay is back', {
  timeout: 60_000,
}, async () => {
  const url = await startRelay();
  await commands.stopRelay(url);
  const page = openPage({ url });
  page.render(<StreamPanel source={scripted({ seed: 6, tokens: 30, rate: 0 })} title="R" />);
  await expect.poll(() => page.status(), { timeout: 20_000 }).toBe('failed');
  await expect.poll(() => page.container.querySelector('.sluice-failure')?.textContent).toMatch(/did not answer.*connect_failed/);
  // Nor does it help as long as there is none.
  page.button(/^Try again$/).click();
  await expect.poll(() => page.status()).toBe('pending');
  await expect.poll(() => page.status(), { timeout: 20_000 }).toBe('failed');
  await commands.startRelay(location.origin, undefined, Number(new URL(url).port));
  page.button(/^Retry R/).click();
  await expect.poll(() => page.status(), { timeout: 20_000 }).toBe('done');
  const id = page.panel().dataset['streamId'] ?? '';
  expect(page.body().textContent).toBe(await relayText(url, id));
  expect(page.body().textContent).not.toBe('');
  expect(page.container.querySelector('.sluice-failure')).toBeNull();
});

test('[UI6] a panel that leaves stops nothing; one that comes for the id shows the whole', async () => {
  const url = await startRelay();
  const page = openPage({ url, transport: 'websocket', detachGraceMs: 50 });
  page.render(<StreamPanel source={scripted({ seed: 8, tokens: 400, rate: 400 })} />);
  await expect.poll(() => page.body().textContent?.length, { timeout: 10_000 }).toBeGreaterThan(40);
  const id = page.panel().dataset['streamId'] ?? '';
  page.clear();
  await expect.poll(async () => (await commands.relayStats(url)).subscriptions).toBe(0);
  expect((await commands.relayStats(url)).generations).toBe(1);
  page.render(<StreamPanel source={{ id }} />);
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('done');
  expect(page.body().textContent).toBe(await relayText(url, id));
});

test('[UI6] [RL5] Stop ends the generation at the relay, and another panel sees it', async () => {
  const url = await startRelay();
  const page = openPage({ url, transport: 'websocket' });
  page.render(<StreamPanel source={scripted({ tokens: 100_000, rate: 200 })} title="mine" />);
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('streaming');
  const id = page.panel().dataset['streamId'] ?? '';
  const other = openPage({ url, transport: 'websocket' });
  other.render(<StreamPanel source={{ id }} title="theirs" />);
  await expect.poll(() => other.status(), { timeout: 10_000 }).toBe('streaming');
  other.button(/^Stop theirs/).click();
  await expect.poll(() => [page.status(), other.status()], { timeout: 5000 }).toEqual(['stopped', 'stopped']);
  expect(page.body().textContent).toBe(other.body().textContent);
  expect((await commands.relayStats(url)).generations).toBe(0);
});

test('[UI6] “Try again” asks for a new stream, and leaves focus in the panel', async () => {
  const url = await startRelay();
  const page = openPage({ url, transport: 'websocket' });
  page.render(<StreamPanel source={scripted({ tokens: 20, rate: 0, failAt: 10 })} title="F" />);
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('failed');
  const first = page.panel().dataset['streamId'];
  const button = page.button(/^Try again/);
  button.focus();
  button.click();
  await expect.poll(() => page.panel().dataset['streamId']).not.toBe(first);
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('failed');
  expect(page.panel().contains(document.activeElement)).toBe(true);
});

test('[RL8] what the relay refuses is said in the panel', async () => {
  const url = await startRelay();
  const page = openPage({ url, transport: 'websocket' });
  page.render([
    <StreamPanel key="a" source={{ request: { provider: 'nobody', model: 'm', prompt: 'p' } }} title="No provider" />,
    <StreamPanel key="b" source={{ id: 'never-made' }} title="No stream" />,
  ]);
  await expect.poll(() => [page.status(0), page.status(1)], { timeout: 10_000 }).toEqual(['failed', 'failed']);
  expect(page.panel(0).textContent).toContain('unknown_provider');
  expect(page.panel(1).textContent).toContain('unknown_channel');
});

test('[UI6] [UI8] a provider that comes back from a hidden Activity has a client again, and the whole text', async () => {
  const url = await startRelay();
  const page = openPage({ url, transport: 'websocket' });
  page.render(<StreamPanel source={scripted({ seed: 9, tokens: 50, rate: 0 })} title="first" />);
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('done');
  const id = page.panel().dataset['streamId'] ?? '';
  const text = await relayText(url, id);

  const { container, ...root } = openRoot();
  const render = (mode: 'visible' | 'hidden'): void =>
    root.render(
      <Activity mode={mode}>
        <SluiceProvider url={url} transport="websocket">
          <ConnectionStatus />
          <StreamPanel source={{ id }} title="again" />
        </SluiceProvider>
      </Activity>,
    );
  const panel = (): HTMLElement | null => container.querySelector<HTMLElement>('[data-stream-panel]');
  render('visible');
  await expect.poll(() => panel()?.dataset['status'], { timeout: 10_000 }).toBe('done');
  const { sights } = watch(panel() as HTMLElement);
  render('hidden');
  await expect.poll(async () => (await commands.relayStats(url)).connections.websocket).toBe(1);
  render('visible');
  await expect.poll(() => panel()?.querySelector('[data-stream-body]')?.textContent, { timeout: 10_000 }).toBe(text);
  await expect.poll(() => panel()?.dataset['status'], { timeout: 10_000 }).toBe('done');
  await expect.poll(() => container.querySelector<HTMLElement>('[data-connection]')?.dataset['connection']).toBe('connected');
  expect(sights.filter(({ status, text: seen }) => status === 'failed' || (status === 'done' && seen !== text))).toEqual([]);
});

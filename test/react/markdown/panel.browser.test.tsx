import { Profiler, type ReactNode, StrictMode, useState } from 'react';
import { expect, test, vi } from 'vitest';
import { scriptedAnswer } from '../../../server/providers/answer.ts';
import { scriptedEvents } from '../../../server/providers/script.ts';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage, type Page, setHidden, watch } from '../page.tsx';
import { bare, shownWhole } from './whole.tsx';

const markdown = { model: 'scripted-markdown' };

const unlinked = /\[the|&lt;script/;

test.for([1, 2, 3, 4])(
  '[UI30] [UI2] streamed, an answer ends as what it is whole, and not before the status says so (seed %i)',
  async (seed) => {
    const text = scriptedAnswer({ seed, tokens: 1200 }).join('');
    const page = openPage();
    page.render(<StreamPanel source={scriptedEvents({ seed, tokens: 1200, rate: 1200 }, markdown)} view="markdown" />);
    await expect.poll(() => page.container.querySelector('[data-stream-panel]')).not.toBeNull();
    const { sights } = watch(page.panel());
    await expect.poll(() => page.status(), { timeout: 15_000 }).toBe('done');
    const final = page.body().textContent;
    expect(bare(page.body())).toBe(await shownWhole(text));
    expect(sights.some((sight) => sight.text !== '' && sight.text !== final)).toBe(true);
    expect(sights.filter((sight) => sight.status === 'done' && sight.text !== final)).toEqual([]);
    expect(final).not.toMatch(unlinked);
  },
);

test('[UI31] commits of React follow the blocks and not the tokens, and none of them are the app’s', async () => {
  const page = openPage();
  let app = 0;
  let panels = 0;
  const source = new ManualSource();
  // What a panel has in it, profiled; the same element at each render, as the built-in parts are.
  const parts = (
    <Profiler
      id="panel"
      onRender={() => {
        panels += 1;
      }}
    >
      <StreamPanel.Header />
      <StreamPanel.Body />
    </Profiler>
  );
  let renderApp = (): void => {};
  function App(): ReactNode {
    const [count, setCount] = useState(0);
    renderApp = () => setCount(count + 1);
    app += 1;
    // Source, options and style written inline, as apps do.
    return (
      <>
        <output>{count}</output>
        <StreamPanel source={source} view="markdown" markdown={{ allowedSchemes: ['https'] }} style={{ height: '20rem' }}>
          {parts}
        </StreamPanel>
      </>
    );
  }
  page.render(<App />);
  source.push(start);
  source.text('# Title\n\nwords');
  await expect.poll(() => page.body().textContent).toBe('Titlewords');
  await frame(4);
  app = 0;
  panels = 0;
  for (let count = 0; count < 60; count += 1) {
    source.text(` word${count}`);
    await frame(1);
  }
  await expect.poll(() => page.body().textContent?.endsWith('word59')).toBe(true);
  expect({ app, panels }).toEqual({ app: 0, panels: 0 });
  renderApp();
  await expect.poll(() => page.container.querySelector('output')?.textContent).toBe('1');
  await frame(2);
  expect({ app, panels }).toEqual({ app: 1, panels: 0 });
});

async function opened(ui: (source: ManualSource) => ReactNode): Promise<{ page: Page; source: ManualSource }> {
  const page = openPage();
  const source = new ManualSource();
  page.render(ui(source));
  source.push(start);
  source.text('A *first* paragraph.\n\n- one\n');
  await expect.poll(() => page.body().textContent).toBe('A first paragraph.one');
  return { page, source };
}

test('[UI30] [UI5] paused, the body stands while parsing goes on; then it is what the text says', async () => {
  const { page, source } = await opened((from) => <StreamPanel source={from} view="markdown" title="P" />);
  page.button(/^Pause/).click();
  await expect.poll(() => page.panel().dataset['paused']).toBe('');
  const before = page.body().innerHTML;
  source.text('- two\n\n```\ncode\n');
  source.push(finish);
  await expect.poll(() => [...page.client.store.getState().streams.values()][0]?.status).toBe('done');
  await frame(5);
  expect(page.body().innerHTML).toBe(before);
  expect(page.status()).toBe('streaming');
  page.button(/^Resume/).click();
  await expect.poll(() => page.status()).toBe('done');
  expect(page.body().querySelectorAll('li').length).toBe(2);
  expect(page.body().querySelector('pre')?.textContent).toBe('code');
});

test('[UI30] [UI7] a hidden page touches nothing and shows the document when it is visible', async () => {
  const { page, source } = await opened((from) => <StreamPanel source={from} view="markdown" />);
  setHidden(true);
  const { records } = watch(page.panel());
  source.text('- two\n- three\n\nEnd.');
  source.push(finish);
  await expect.poll(() => [...page.client.store.getState().streams.values()][0]?.status).toBe('done');
  await frame(5);
  expect(records.filter(({ target }) => page.body().contains(target))).toEqual([]);
  setHidden(false);
  await expect.poll(() => page.status()).toBe('done');
  expect(page.body().textContent).toBe('A first paragraph.onetwothreeEnd.');
});

test('[UI30] [UI6] in Strict Mode, mounted again, and by two panels: one reading, and the same document', async () => {
  const reading = vi.fn();
  const { page, source } = await opened((from) => {
    vi.spyOn(from, Symbol.asyncIterator).mockImplementation(() => {
      reading();
      return ManualSource.prototype[Symbol.asyncIterator].call(from);
    });
    return (
      <StrictMode>
        <StreamPanel source={from} view="markdown" title="a" />
        <StreamPanel source={from} view="markdown" title="b" />
      </StrictMode>
    );
  });
  await expect.poll(() => page.body(1).textContent).toBe('A first paragraph.one');
  page.clear();
  await expect.poll(() => page.container.childElementCount).toBe(0);
  source.text('- two\n');
  page.render(<StreamPanel source={source} view="markdown" />);
  await expect.poll(() => page.body().textContent).toBe('A first paragraph.onetwo');
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(reading).toHaveBeenCalledTimes(1);
});

test('[UI30] a panel that mounts on a document that is there shows it in its first picture', async () => {
  const { page, source } = await opened((from) => <StreamPanel source={from} view="markdown" title="a" />);
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  const seen: (string | null)[] = [];
  page.render(
    <StreamPanel
      key="again"
      source={source}
      view="markdown"
      ref={(element) => void (element && queueMicrotask(() => seen.push(element.querySelector('[data-stream-body]')?.textContent ?? null)))}
    />,
  );
  await expect.poll(() => seen.length).toBeGreaterThan(0);
  expect(seen[0]).toBe('A first paragraph.one');
});

test('[UI30] another stream in the same panel: never the document of the one under the id of the other', async () => {
  const { page, source } = await opened((from) => <StreamPanel source={from} view="markdown" />);
  const panel = page.panel();
  const firstId = panel.dataset['streamId'];
  const seen: { id: string | undefined; text: string }[] = [];
  const observer = new MutationObserver(() => {
    seen.push({ id: panel.dataset['streamId'], text: panel.querySelector('[data-stream-body]')?.textContent ?? '' });
  });
  observer.observe(panel, { subtree: true, childList: true, characterData: true, attributes: true });
  const second = new ManualSource();
  page.render(<StreamPanel source={second} view="markdown" />);
  second.push(start, { type: 'text', part: 't0', delta: '## second' }, finish);
  await expect.poll(() => page.status()).toBe('done');
  observer.disconnect();
  expect(page.body().textContent).toBe('second');
  expect(seen.filter(({ id, text }) => text !== '' && (id === firstId) !== text.startsWith('A first'))).toEqual([]);
  source.push(finish);
});

test('[UI34] the view changes at any moment of a running stream, with one body in the document at each', async () => {
  const page = openPage();
  const text = scriptedAnswer({ seed: 9, tokens: 1500 }).join('');
  const source = scriptedEvents({ seed: 9, tokens: 1500, rate: 1500 }, markdown);
  const views = ['plain', 'markdown'] as const;
  const counts: number[] = [];
  page.render(<StreamPanel source={source} view="plain" />);
  await expect.poll(() => page.container.querySelector('[data-stream-panel]')).not.toBeNull();
  const observer = new MutationObserver(() => counts.push(page.container.querySelectorAll('[data-stream-body]').length));
  observer.observe(page.container, { subtree: true, childList: true });
  for (let turn = 1; turn <= 8; turn += 1) {
    page.render(<StreamPanel source={source} view={views[turn % 2] ?? 'plain'} />);
    await frame(1 + turn * 2);
  }
  page.render(<StreamPanel source={source} view="markdown" />);
  await expect.poll(() => page.status(), { timeout: 15_000 }).toBe('done');
  await expect.poll(() => bare(page.body())).toBe(await shownWhole(text));
  page.render(<StreamPanel source={source} view="plain" />);
  await expect.poll(() => page.body().textContent).toBe(text);
  observer.disconnect();
  expect(new Set(counts)).toEqual(new Set([1]));
});

test('[UI34] who has scrolled up stays about where they are when the view changes', async () => {
  const page = openPage();
  const source = new ManualSource();
  const text = Array.from({ length: 60 }, (_, index) => `## Heading ${index}\n\nSome words about ${index}, and *more* of them.\n`).join(
    '\n',
  );
  source.push(start, { type: 'text', part: 't0', delta: text }, finish);
  page.render(<StreamPanel source={source} view="plain" />);
  await expect.poll(() => page.status()).toBe('done');
  const scroller = page.container.querySelector('.sluice-scroller') as HTMLElement;
  await frame(4);
  const share = (): number => scroller.scrollTop / (scroller.scrollHeight - scroller.clientHeight);
  scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) / 2;
  await frame(3);
  page.render(<StreamPanel source={source} view="markdown" />);
  await expect.poll(() => page.body().querySelectorAll('h4').length).toBe(60);
  await frame(4);
  expect(share()).toBeGreaterThan(0.35);
  expect(share()).toBeLessThan(0.65);
});

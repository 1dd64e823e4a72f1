import type { ReactNode } from 'react';
import { expect, onTestFinished, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { ConnectionStatus, StreamGrid, StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { openPage, painted } from './page.tsx';

interface Session {
  send(method: string, params: object): Promise<unknown>;
}

/** Paper, until the end of the test. */
async function print(): Promise<void> {
  const session = cdp() as Session;
  await session.send('Emulation.setEmulatedMedia', { media: 'print' });
  onTestFinished(() => session.send('Emulation.setEmulatedMedia', { media: '' }) as Promise<void>);
}

test('[UI46] what is selected is the answer with its name and its model, and not what surrounds it', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(
    <>
      <ConnectionStatus />
      <StreamPanel source={source} title="My title" view="markdown">
        <StreamPanel.Header />
        <StreamPanel.Body />
        <StreamPanel.Footer>
          Mine
          <StreamPanel.Footer />
        </StreamPanel.Footer>
      </StreamPanel>
    </>,
  );
  source.push(start, { type: 'text', part: 't0', delta: 'one[^1]\n\n```ts\ntwo\n```\n\n[^1]: three\n' });
  await expect.poll(() => page.status()).toBe('streaming');
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  await expect.poll(() => page.container.ownerDocument.querySelector('[role="status"]')?.textContent).toContain('answer complete');

  const selection = window.getSelection();
  onTestFinished(() => selection?.removeAllRanges());
  selection?.selectAllChildren(document.body);
  const words = selection?.toString().split(/\s+/).filter(Boolean);
  expect(words).toEqual(['My', 'title', 'scripted', '·', 'scripted-plain', 'one1', 'two', 'Footnotes', 'three', 'Mine']);
});

test('printed, a title begins where its answer does, and panels keep their distance', async () => {
  const page = openPage();
  const sources = [new ManualSource(), new ManualSource()];
  for (const source of sources) source.push(start, { type: 'text', part: 't0', delta: 'text' }, finish);
  page.render(
    <StreamGrid>
      {sources.map((source, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stay in their order
        <StreamPanel key={index} source={source} />
      ))}
    </StreamGrid>,
  );
  await expect.poll(() => page.status(1)).toBe('done');
  await print();
  const leftOf = (selector: string): number | undefined => page.panel().querySelector(selector)?.getBoundingClientRect().left;
  expect(leftOf('.sluice-title')).toBe(leftOf('[data-stream-body]'));
  expect(page.panel(1).getBoundingClientRect().top).toBeGreaterThan(page.panel(0).getBoundingClientRect().bottom);
});

test('printed, a page with a dark theme is light, not its panels alone', async () => {
  document.documentElement.dataset['theme'] = 'dark';
  onTestFinished(() => {
    delete document.documentElement.dataset['theme'];
  });
  const scheme = (): string => getComputedStyle(document.documentElement).colorScheme;
  expect(scheme()).toBe('dark');
  await print();
  expect(scheme()).toBe('light');
});

test('the ring of focus is as clear on a button that does not apply', async () => {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: 'text' }, finish);
  page.render(<StreamPanel source={source} />);
  await expect.poll(() => page.status()).toBe('done');
  await painted();
  const button = page.button(/^Pause/);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  for (let at: HTMLElement | null = button; at !== null; at = at.parentElement) expect(getComputedStyle(at).opacity).toBe('1');
  expect(Number(getComputedStyle(button.firstElementChild as Element).opacity)).toBeLessThan(1);
});

test('a connection says why it is no better one in the room there is', async () => {
  const page = openPage();
  const { connection } = page.client.store.getState();
  const fallbackReason = 'WebTransport did not answer in time. '.repeat(4);
  page.client.store.setState({ connection: { ...connection, status: 'connected', transport: 'sse', fallbackReason } });
  page.render(
    <div style={{ display: 'grid', width: '20rem' }}>
      <ConnectionStatus />
    </div>,
  );
  await expect.poll(() => page.container.querySelector('.sluice-connection-reason')?.textContent).toBe(fallbackReason);
  expect(page.container.querySelector('.sluice-connection')?.getBoundingClientRect().width).toBeLessThanOrEqual(320);
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(document.documentElement.clientWidth);
});

const auto = { height: 'auto', maxHeight: 200 };
const column = { display: 'flex', flexDirection: 'column' } as const;

test.each([
  ['alone', (panel: ReactNode) => panel],
  ['in a grid', (panel: ReactNode) => <StreamGrid>{panel}</StreamGrid>],
  ['in a dialog', (panel: ReactNode) => <dialog open>{panel}</dialog>],
  ['in a flex column', (panel: ReactNode) => <div style={column}>{panel}</div>],
  ['in a column that is no higher', (panel: ReactNode) => <div style={{ ...column, maxHeight: 190 }}>{panel}</div>],
  ['in a row of that height', (panel: ReactNode) => <div style={{ display: 'flex', height: 190 }}>{panel}</div>],
])('a panel as high as its text, up to some height, scrolls beyond it: %s', async (_where, around) => {
  const page = openPage();
  const source = new ManualSource();
  page.render(around(<StreamPanel source={source} style={{ ...auto, minHeight: 0 }} />));
  source.push(start, { type: 'text', part: 't0', delta: 'One line.\n' });
  await expect.poll(() => page.body().textContent).toBe('One line.\n');
  const scroller = page.panel().querySelector('.sluice-scroller') as HTMLElement;
  await painted(2);
  expect(scroller.scrollHeight).toBe(scroller.clientHeight);
  source.text('Another line.\n'.repeat(40));
  await expect.poll(() => page.body().textContent?.length).toBe(10 + 40 * 14);
  await painted(2);
  const panel = page.panel().getBoundingClientRect();
  const footer = page.panel().querySelector('footer')?.getBoundingClientRect();
  expect(panel.height).toBeLessThanOrEqual(202);
  expect(footer?.bottom).toBeLessThanOrEqual(panel.bottom);
  expect(scroller.scrollHeight).toBeGreaterThan(scroller.clientHeight);
  // The reader is at the end, and all of it can be reached.
  expect(scroller.scrollTop + scroller.clientHeight).toBeGreaterThan(scroller.scrollHeight - 2);
});

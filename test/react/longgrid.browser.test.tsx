import { expect, test, vi } from 'vitest';
import { StreamGrid, StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { frame, openPage, type Page } from './page.tsx';

const count = 300;

interface Grid {
  readonly page: Page;
  readonly sources: readonly ManualSource[];
  /** Readings of sources so far. */
  readonly readings: () => number;
  readonly filled: () => number;
}

function openGrid(): Grid {
  const page = openPage();
  const reading = vi.fn();
  const sources = Array.from({ length: count }, () => new ManualSource());
  for (const source of sources) {
    const iterate = source[Symbol.asyncIterator].bind(source);
    vi.spyOn(source, Symbol.asyncIterator).mockImplementation(() => {
      reading();
      return iterate();
    });
    source.push(start);
  }
  page.render(
    <StreamGrid minColumnWidth="12rem">
      {sources.map((source, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are
        <StreamPanel key={index} source={source} title={`Answer ${index}`} />
      ))}
    </StreamGrid>,
  );
  return {
    page,
    sources,
    readings: () => reading.mock.calls.length,
    filled: () => page.container.querySelectorAll('.sluice-scroller').length,
  };
}

test('[UI41] three hundred panels come in a few in each frame, in view first, and their height is there from the beginning', async () => {
  const grid = openGrid();
  await expect.poll(() => grid.page.container.querySelectorAll('[data-stream-panel]').length).toBe(count);
  const height = document.documentElement.scrollHeight;
  let most = 0;
  let last = grid.filled();
  expect(last).toBeLessThanOrEqual(4);
  while (grid.filled() < count) {
    await frame(1);
    most = Math.max(most, grid.filled() - last);
    last = grid.filled();
  }
  expect(most).toBeLessThanOrEqual(8);
  await frame(2);
  expect(document.documentElement.scrollHeight).toBe(height);
});

test('[UI41] [UI2] in a long grid a panel’s status is not ahead of its text, in view or not', async () => {
  const grid = openGrid();
  for (const [index, source] of grid.sources.entries()) {
    source.text(`The whole answer number ${index}.`);
    source.push(finish);
  }
  const done = (): readonly HTMLElement[] => [...grid.page.container.querySelectorAll<HTMLElement>('[data-status="done"]')];
  await expect.poll(() => grid.page.container.querySelector('[data-stream-panel]')).not.toBeNull();
  while (done().length < count) {
    for (const panel of done()) expect(panel.querySelector('[data-stream-body]')?.textContent).toMatch(/^The whole answer number \d+\.$/);
    await frame(1);
  }
  expect(grid.page.body(count - 1).textContent).toBe(`The whole answer number ${count - 1}.`);
});

test('[UI41] scrolling through a long grid leaves no stream and begins none anew', async () => {
  const grid = openGrid();
  await expect.poll(grid.filled).toBe(count);
  const panels = [...grid.page.container.querySelectorAll('[data-stream-panel]')];
  const readings = grid.readings();
  expect(readings).toBe(count);
  for (const [index, source] of grid.sources.entries()) source.text(`begin ${index} `);
  for (const share of [0.5, 1, 0.25, 0]) {
    scrollTo(0, share * document.documentElement.scrollHeight);
    await frame(4);
    const inView = panels.filter((panel) => {
      const box = panel.getBoundingClientRect();
      return box.bottom > 0 && box.top < innerHeight;
    });
    expect(inView.length).toBeGreaterThan(0);
    await expect
      .poll(() => inView.every((panel) => panel.querySelector('[data-stream-body]')?.textContent?.startsWith('begin')))
      .toBe(true);
  }
  for (const source of grid.sources) {
    source.text('end');
    source.push(finish);
  }
  await expect.poll(() => grid.page.container.querySelectorAll('[data-status="done"]').length).toBe(count);
  expect(grid.page.body(count - 1).textContent).toBe(`begin ${count - 1} end`);
  expect([...grid.page.container.querySelectorAll('[data-stream-panel]')]).toEqual(panels);
  expect(grid.readings()).toBe(readings);
});

test('[UI41] a grid that becomes long keeps the panels it has as they are', async () => {
  const page = openPage();
  const sources = Array.from({ length: 60 }, () => new ManualSource());
  const render = (shown: number): void =>
    page.render(
      <StreamGrid>
        {sources.slice(0, shown).map((source, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are
          <StreamPanel key={index} source={source} title={`Answer ${index}`} />
        ))}
      </StreamGrid>,
    );
  render(40);
  sources[0]?.push(start);
  sources[0]?.text('first');
  await expect.poll(() => page.container.querySelector('[data-stream-body]')?.textContent).toBe('first');
  const body = page.body();
  render(60);
  await expect.poll(() => page.container.querySelectorAll('.sluice-scroller').length).toBe(60);
  expect(page.body()).toBe(body);
  expect(body.textContent).toBe('first');
});

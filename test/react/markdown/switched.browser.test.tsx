import { startTransition } from 'react';
import { expect, test } from 'vitest';
import { preloadMarkdown, StreamPanel } from '../../../src/index.ts';
import { running } from '../../../src/react/running.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { longAnswer } from '../long/answer.ts';
import { frame, openPage, type Page } from '../page.tsx';
import { watchBlocks, watchText } from '../watchframes.ts';

type View = 'plain' | 'markdown';

/** As many as share what one picture adds however long frames are: with more, the share grows with them (`slices.test.ts`). */
const panels = 8;

/** The frame's own share, and for each panel the least, three blocks: at most two, and a table with the rows of its head and its first body. */
const mostBlocks = 96 + panels * (2 + 2 * 3);
const mostUnits = 32_768 + panels * 1024;

/** Panels, each of a stream of its own that says `text`, all of it on display. */
async function openPanels(view: View, text: string) {
  await preloadMarkdown();
  await running.load();
  const page = openPage();
  page.container.style.cssText = 'position: fixed; inset: 0; display: grid; grid-template-columns: repeat(4, 1fr); overflow: hidden';
  const sources = Array.from({ length: panels }, () => new ManualSource());
  const show = (next: View): void =>
    page.render(
      sources.map((source, index) => (
        <StreamPanel key={String(index)} source={source} view={next} title={`P${index}`} style={{ height: '6rem' }} />
      )),
    );
  show(view);
  for (const source of sources) source.push(start, { type: 'text', part: 't0', delta: text });
  await expect.poll(() => lengths(page).every((length) => length > 0.8 * text.length), { timeout: 20_000 }).toBe(true);
  return { page, sources, show };
}

const lengths = (page: Page): number[] =>
  [...page.container.querySelectorAll('[data-stream-body]')].map(({ textContent }) => textContent.length);

const statuses = (page: Page): string[] => [...new Set(Array.from({ length: panels }, (_, index) => page.status(index) ?? ''))];

const text = longAnswer(12_000);
const last = 'The last paragraph.';

const areWhole = (page: Page): boolean =>
  [...page.container.querySelectorAll('.sluice-markdown')].filter(({ textContent }) => textContent.endsWith(last)).length === panels;

test.each(['running', 'ended'])(
  '[UI14] [UI34] eight %s panels that change to Markdown at once: each picture adds so many blocks, the first one, too',
  {
    timeout: 60_000,
  },
  async (state) => {
    const { page, sources, show } = await openPanels('plain', text);
    const add = (...events: Parameters<ManualSource['push']>): void => {
      for (const source of sources) source.push(...events);
    };
    if (state === 'ended') {
      add({ type: 'text', part: 't0', delta: last }, finish);
      await expect.poll(() => statuses(page)).toEqual(['done']);
    }
    const added = watchBlocks(page.container);
    show('markdown');
    if (state === 'running') {
      for (let step = 0; step < 20; step += 1) {
        add({ type: 'text', part: 't0', delta: `Paragraph ${step} of what comes meanwhile.\n\n` });
        await frame();
      }
      add({ type: 'text', part: 't0', delta: last });
    }
    await expect.poll(() => areWhole(page), { timeout: 20_000 }).toBe(true);
    const pictures = added();
    expect(pictures.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(panels * 40);
    expect(Math.max(...pictures), String(pictures)).toBeLessThanOrEqual(mostBlocks);
  },
);

test('[UI14] eight Markdown panels that mount at once, in a transition of the app’s, parsed before: each picture adds so many blocks', {
  timeout: 60_000,
}, async () => {
  const { page, sources, show } = await openPanels('markdown', text);
  for (const source of sources) source.push({ type: 'text', part: 't0', delta: last }, finish);
  await expect.poll(() => statuses(page), { timeout: 20_000 }).toEqual(['done']);
  page.clear();
  await frame(3);
  const added = watchBlocks(page.container);
  startTransition(() => show('markdown'));
  await expect.poll(() => areWhole(page), { timeout: 20_000 }).toBe(true);
  const pictures = added();
  expect(pictures.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(panels * 40);
  expect(Math.max(...pictures), String(pictures)).toBeLessThanOrEqual(mostBlocks);
});

const code = Array.from({ length: 1500 }, (_, index) => `const value${index} = compute(${index});\n`).join('');

test.each([
  { what: 'that change to Markdown', from: 'plain', to: 'markdown', selector: 'pre code' },
  { what: 'that change to the text as it is', from: 'markdown', to: 'plain', selector: '.sluice-text' },
] as const)(
  '[UI14] [UI34] eight panels $what at once: each picture adds so much code',
  {
    timeout: 60_000,
  },
  async ({ from, to, selector }) => {
    const { page, show } = await openPanels(from, `\`\`\`\n${code}`);
    const shown = (): string => [...page.container.querySelectorAll(selector)].map(({ textContent }) => textContent).join('');
    const added = watchText(page.container, shown);
    show(to);
    await expect.poll(() => shown().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(panels * (code.length - 1));
    expect(Math.max(...added())).toBeLessThanOrEqual(mostUnits);
  },
);

test.each([
  { view: 'plain', selector: '.sluice-text' },
  { view: 'markdown', selector: 'pre code' },
] as const)(
  '[UI14] eight panels of $view with code that mount at once, in a transition of the app’s: each picture adds so much',
  {
    timeout: 60_000,
  },
  async ({ view, selector }) => {
    const { page, sources, show } = await openPanels(view, `\`\`\`\n${code}\`\`\`\n`);
    for (const source of sources) source.push(finish);
    await expect.poll(() => statuses(page), { timeout: 20_000 }).toEqual(['done']);
    page.clear();
    await frame(3);
    const shown = (): string => [...page.container.querySelectorAll(selector)].map(({ textContent }) => textContent).join('');
    const added = watchText(page.container, shown);
    startTransition(() => show(view));
    await expect.poll(() => shown().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(panels * (code.length - 1));
    expect(Math.max(...added())).toBeLessThanOrEqual(mostUnits);
  },
);

import { expect, test } from 'vitest';
import { preloadMarkdown, StreamPanel } from '../../../src/index.ts';
import { running } from '../../../src/react/running.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { longAnswer } from '../long/answer.ts';
import { frame, openPage, type Page, setHidden } from '../page.tsx';
import { watchBlocks } from '../watchframes.ts';

type View = 'plain' | 'markdown';

/** Panels of one stream with a text, all of it on display as it is. */
async function openPanels(text: string, count = 1) {
  await preloadMarkdown();
  await running.load();
  const page = openPage();
  const source = new ManualSource();
  const show = (...views: readonly View[]): void =>
    page.render(views.map((view, index) => <StreamPanel key={String(index)} source={source} view={view} title={`P${index}`} />));
  show(...Array.from({ length: count }, () => 'plain' as const));
  source.push(start);
  source.text(text);
  for (let index = 0; index < count; index += 1)
    await expect.poll(() => page.container.querySelectorAll('.sluice-text')[index]?.textContent, { timeout: 20_000 }).toBe(text);
  return { page, source, show };
}

/** What a text that goes on is as Markdown. */
async function rendered(text: string): Promise<string> {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" />);
  source.push(start);
  source.text(text);
  let before = '';
  await expect
    .poll(
      () => {
        const now = page.body().textContent ?? '';
        const isWhole = now !== '' && now === before;
        before = now;
        return isWhole;
      },
      { timeout: 20_000, interval: 500 },
    )
    .toBe(true);
  page.clear();
  return before;
}

async function pause(page: Page, name: string): Promise<void> {
  page.button(new RegExp(`^Pause ${name}`)).click();
  await expect.poll(() => page.container.querySelector(`[aria-label="Resume ${name}"]`)).not.toBeNull();
}

const text = `${longAnswer(100_000)}The *last* of it, `;
const meanwhile = 'which **goes on**.\n\nWhat came meanwhile.';

test('[UI14] [UI5] [UI34] in a pause, from the text as it is to Markdown: what was on display, whole, by slices, and not more', {
  timeout: 60_000,
}, async () => {
  const expected = await rendered(text);
  const { page, source, show } = await openPanels(text);
  await pause(page, 'P0');
  source.text(meanwhile);
  const added = watchBlocks(page.container);
  show('markdown');
  await expect.poll(() => page.body().textContent?.length, { timeout: 20_000 }).toBe(expected.length);
  source.text(' And more.');
  await frame(10);
  expect(page.body().textContent).toBe(expected);
  const pictures = added();
  expect(pictures.length).toBeGreaterThan(5);
  // The frame's own share, and what boxes begin with: of a group two lists and two tables, and of each of three groups behind it a heading.
  expect(Math.max(...pictures), String(pictures)).toBeLessThanOrEqual(96 + 2 * 2 + 2 * 3 + 3);
  const heading = page.body().querySelector('h3');
  page.button(/^Resume/).click();
  await expect.poll(() => page.body().textContent).toContain('which goes on.What came meanwhile. And more.');
  source.push({ type: 'text', part: 't0', delta: ' The end.' }, finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(page.body().textContent).toContain('And more. The end.');
  expect(page.body().querySelector('h3')).toBe(heading);
});

test('[UI5] [UI43] a panel that changes to Markdown in a pause does not show what another one of its stream does', async () => {
  const { page, source, show } = await openPanels('# One\n\nand two', 2);
  await pause(page, 'P0');
  show('plain', 'markdown');
  source.text('\n\nand three');
  await expect.poll(() => page.body(1).textContent).toBe('Oneand twoand three');
  show('markdown', 'markdown');
  await expect.poll(() => page.body(0).textContent).toBe('Oneand two');
  source.text(' and four');
  await expect.poll(() => page.body(1).textContent).toBe('Oneand twoand three and four');
  expect(page.body(0).textContent).toBe('Oneand two');
  // Back, and again: still no more than that.
  show('plain', 'markdown');
  await expect.poll(() => page.body(0).textContent).toBe('# One\n\nand two');
  show('markdown', 'markdown');
  await expect.poll(() => page.body(0).textContent).toBe('Oneand two');
  page.button(/^Resume P0/).click();
  await expect.poll(() => page.body(0).textContent).toBe('Oneand twoand three and four');
});

test('[UI34] a pause that is over while its text is parsed for another view does not leave the body empty', async () => {
  const { page, source, show } = await openPanels(longAnswer(400_000));
  await pause(page, 'P0');
  source.text('\n\nWhat came meanwhile.');
  const sights: boolean[] = [];
  const observer = new MutationObserver(() => sights.push(page.body().querySelector('.sluice-line, p') !== null));
  observer.observe(page.body(), { childList: true, subtree: true });
  show('markdown');
  await frame(3);
  expect(page.body().querySelector('.sluice-markdown')).toBeNull();
  page.button(/^Resume/).click();
  await expect.poll(() => page.body().querySelector('.sluice-markdown p')).not.toBeNull();
  observer.disconnect();
  expect(sights).not.toContain(false);
  source.push(finish);
  await expect.poll(() => page.status(), { timeout: 20_000 }).toBe('done');
});

test('[UI7] [UI14] what mounts in a pause while the page is hidden is there when it is shown', async () => {
  const { page, source, show } = await openPanels('# One\n\nand two');
  await pause(page, 'P0');
  source.text('\n\nand three');
  setHidden(true);
  show('markdown');
  await expect.poll(() => page.container.querySelector('.sluice-markdown')).not.toBeNull();
  await frame(5);
  setHidden(false);
  await expect.poll(() => page.body().textContent).toBe('Oneand two');
});

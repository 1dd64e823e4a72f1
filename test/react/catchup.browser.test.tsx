import { expect, test, vi } from 'vitest';
import { preloadMarkdown, StreamPanel } from '../../src/index.ts';
import { findDocument } from '../../src/react/markdown/documents.ts';
import { running } from '../../src/react/running.ts';
import { ManualSource } from '../support/source.ts';
import { createHighlighter } from './code/page.tsx';
import { finish, start } from './events.ts';
import { longAnswer } from './long/answer.ts';
import { openPage, type Page, setHidden } from './page.tsx';
import { watchBlocks, watchFrames } from './watchframes.ts';

/** As many as share what one picture adds however long frames are: with more, the share grows with them (`slices.test.ts`). */
const panels = 8;

/** Panels that have begun, then nobody had time for while `text` came. */
async function openBehind(view: 'plain' | 'markdown', text: string): Promise<{ readonly page: Page; release(): void }> {
  await preloadMarkdown();
  const page = openPage();
  const sources = Array.from({ length: panels }, () => new ManualSource());
  page.container.style.cssText = 'position: fixed; inset: 0; display: grid; grid-template-columns: repeat(4, 1fr); overflow: hidden';
  page.render(
    sources.map((source, index) => <StreamPanel key={`p${String(index)}`} source={source} view={view} style={{ height: '6rem' }} />),
  );
  for (const source of sources) source.push(start, { type: 'text', part: 't0', delta: 'begun\n\n' });
  await expect.poll(() => sources.every((_, index) => page.body(index).textContent?.includes('begun'))).toBe(true);
  await running.load();
  setHidden(true);
  for (const source of sources) source.push({ type: 'text', part: 't0', delta: text }, finish);
  const statuses = (): string[] => [...new Set([...page.client.store.getState().streams.values()].map(({ status }) => status))];
  await expect.poll(statuses).toEqual(['done']);
  return { page, release: () => setHidden(false) };
}

const statuses = (page: Page): string[] => [...new Set(Array.from({ length: panels }, (_, index) => page.status(index) ?? ''))];

test('[UI14] eight Markdown panels that are behind mount so many blocks in a frame all together, and a few each', {
  timeout: 60_000,
}, async () => {
  const text = longAnswer(12_000);
  const { page, release } = await openBehind('markdown', text);
  const frames = watchBlocks(page.container);
  release();
  await expect.poll(() => statuses(page), { timeout: 30_000 }).toEqual(['done']);
  const added = frames();
  const whole = added.reduce((sum, count) => sum + count, 0);
  expect(whole).toBeGreaterThan(panels * 40);
  // The frame's own share, and for each panel the least, three blocks: at most two, and a table with what a box begins with, the rows of
  // its head and of its first body, of two cells each.
  expect(Math.max(...added)).toBeLessThanOrEqual(96 + panels * (2 + 2 * 3));
  const [first, ...others] = Array.from({ length: panels }, (_, index) => page.body(index).innerHTML.replaceAll(/«.*?»|_r_\w+_/g, ''));
  expect(new Set([first, ...others]).size).toBe(1);
});

test('[UI14] [UI1] eight plain panels that are behind write so much in a frame all together, and a little each', {
  timeout: 60_000,
}, async () => {
  const text = longAnswer(60_000);
  const { page, release } = await openBehind('plain', text);
  const lengths = Array.from({ length: panels }, (_, index) => page.body(index)).map((body) => () => body.textContent?.length ?? 0);
  let before = lengths.reduce((sum, length) => sum + length(), 0);
  const frames = watchFrames(page.container, () => {
    const now = lengths.reduce((sum, length) => sum + length(), 0);
    const added = now - before;
    before = now;
    return added;
  });
  release();
  await expect.poll(() => statuses(page), { timeout: 30_000 }).toEqual(['done']);
  const added = frames();
  expect(added.reduce((sum, units) => sum + units, 0)).toBe(panels * text.length);
  expect(Math.max(...added)).toBeLessThanOrEqual(32_768 + panels * 1024);
  for (let index = 0; index < panels; index += 1) expect(page.body(index).textContent).toBe(`begun\n\n${text}`);
});

test('[UI14] a table of 2,000 rows comes in a few rows a frame, none without its cells, in bodies of 24 rows', {
  timeout: 60_000,
}, async () => {
  await preloadMarkdown();
  const page = openPage();
  await running.load();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" style={{ height: '400px' }} />);
  await expect.poll(() => page.container.querySelector('[data-stream-body]')).not.toBeNull();
  const frames = watchFrames(page.container, (records) => {
    const rows = records.flatMap(({ addedNodes }) =>
      [...addedNodes]
        .flatMap((node) => (node instanceof Element ? [node, ...node.querySelectorAll('*')] : []))
        .filter((node) => node.matches('tbody > tr')),
    );
    expect(rows.filter(({ children }) => children.length !== 3)).toEqual([]);
    return rows.length;
  });
  const rows = Array.from({ length: 2000 }, (_, index) => `| ${index} | name ${index} | *${index * 7}* |`);
  source.push(start, { type: 'text', part: 't0', delta: `| a | b | c |\n|---|---|---|\n${rows.join('\n')}\n` }, finish);
  await expect.poll(() => page.status(), { timeout: 50_000 }).toBe('done');
  const added = frames();
  expect(added.reduce((sum, count) => sum + count, 0)).toBe(2000);
  expect(Math.max(...added)).toBeLessThanOrEqual(96);
  const table = page.container.querySelector('table') as HTMLTableElement;
  expect([...table.rows].slice(1).map(({ cells }) => cells[0]?.textContent)).toEqual(rows.map((_, index) => String(index)));
  // Those of usual length have one body, as everybody expects it.
  expect([...table.tBodies].map((body) => body.rows.length)).toEqual([96, ...Array.from({ length: 79 }, () => 24), 8]);
});

const marked = Array.from({ length: 3200 }, (_, index) => `some words, *more* of them and \`code\` ${index}. `).join('');

const plainMarked = marked.replaceAll(/[*`]/g, '').trim();

test('[UI14] [UI32] a paragraph of 128 KB that comes at once comes in a few boxes a frame, its first text from the beginning', {
  timeout: 60_000,
}, async () => {
  expect(marked.length).toBeGreaterThan(131_072);
  await preloadMarkdown();
  const page = openPage();
  await running.load();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" style={{ height: '400px' }} />);
  await expect.poll(() => page.container.querySelector('[data-stream-body]')).not.toBeNull();
  setHidden(true);
  source.push(start, { type: 'text', part: 't0', delta: marked }, finish);
  const handle = page.client.attach(source);
  await expect.poll(() => findDocument(handle, {})?.ended, { timeout: 20_000 }).toBe(true);
  handle.release();
  const first = new Set<Node>();
  const added = watchFrames(page.container, (records) => {
    const text = page.container.querySelector('.sluice-markdown p')?.firstChild;
    if (text) first.add(text);
    return records
      .flatMap(({ addedNodes }) => [...addedNodes])
      .flatMap((node) => (node instanceof Element ? [node, ...node.querySelectorAll('*')] : []))
      .filter((node) => node.matches('.sluice-box')).length;
  });
  setHidden(false);
  await expect.poll(() => page.status(), { timeout: 50_000 }).toBe('done');
  const counts = added();
  expect(page.body().textContent).toBe(plainMarked);
  expect(page.body().querySelectorAll('p')).toHaveLength(1);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(25);
  // Each counts as eight of 96 blocks; of a frame that has none left there is one.
  expect(Math.max(...counts)).toBeLessThanOrEqual(96 / 8 + 1);
  expect(first.size).toBe(1);
});

const codeOf = (lines: number): string =>
  Array.from({ length: lines }, (_, index) => `const value${index} = compute(${index}, "text");\n`).join('');

test('[UI14] [UI22] [UI25] a fence of 200 KB that is opened comes in so much a frame, is whole at the end, and is copied meanwhile as far as it is known', {
  timeout: 60_000,
}, async () => {
  await preloadMarkdown();
  const page = openPage();
  await running.load();
  const code = codeOf(4500);
  const highlighter = createHighlighter();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" markdown={{ highlight: highlighter }} style={{ height: '400px' }} />);
  await expect.poll(() => page.container.querySelector('[data-stream-body]')).not.toBeNull();
  const shown = (): string => page.container.querySelector('pre code')?.textContent ?? '';
  const copied: string[] = [];
  let shownThen = 0;
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => void copied.push(text));
  let before = 0;
  const frames = watchFrames(page.container, () => {
    const text = shown();
    expect(code.startsWith(text)).toBe(true);
    // The end is on display, or not said.
    if (text.length < code.length) expect(page.status()).not.toBe('done');
    if (text.length > 0 && text.length < code.length && copied.length === 0) {
      page.button(/^Copy code/).click();
      shownThen = text.length;
    }
    const added = text.length - before;
    before = text.length;
    return added;
  });
  source.push(start, { type: 'text', part: 't0', delta: `\`\`\`ts\n${code}\n\`\`\`\n` }, finish);
  await expect.poll(() => page.status(), { timeout: 50_000 }).toBe('done');
  const added = frames();
  expect(shown()).toBe(code);
  expect(added.length).toBeGreaterThan(5);
  expect(Math.max(...added)).toBeLessThanOrEqual(32_768 + 1024);
  // All that was parsed by then, on display or not.
  expect(copied.filter((text) => text.length > shownThen && code.startsWith(text))).toHaveLength(1);
  const lines = page.container.querySelectorAll('pre .sluice-line');
  expect(lines).toHaveLength(4500);
  await expect
    .poll(
      () => {
        highlighter.answer();
        return [...lines].every((line) => line.querySelector('span') !== null);
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  expect(shown()).toBe(code);
});

test('[UI14] eight panels with code that are behind write so much of it in a frame all together, and a little each', {
  timeout: 60_000,
}, async () => {
  const code = codeOf(700);
  const { page, release } = await openBehind('markdown', `\`\`\`\n${code}\n\`\`\`\n`);
  const lengths = (): number =>
    [...page.container.querySelectorAll('pre code')].reduce((sum, { textContent }) => sum + textContent.length, 0);
  let before = 0;
  const frames = watchFrames(page.container, () => {
    const added = lengths() - before;
    before += added;
    return added;
  });
  release();
  await expect.poll(() => statuses(page), { timeout: 30_000 }).toEqual(['done']);
  expect(Math.max(...frames())).toBeLessThanOrEqual(32_768 + panels * 1024);
  expect([...page.container.querySelectorAll('pre code')].map(({ textContent }) => textContent === code)).toEqual(Array(panels).fill(true));
});

test('[UI14] [UI34] from Markdown to the text as it is, beside reasoning: by slices', { timeout: 60_000 }, async () => {
  await preloadMarkdown();
  await running.load();
  const text = longAnswer(150_000);
  const page = openPage();
  const source = new ManualSource();
  const show = (view: 'plain' | 'markdown'): void =>
    page.render(<StreamPanel source={source} view={view} title="P" style={{ height: '400px' }} />);
  show('markdown');
  source.push(start, { type: 'reasoning', part: 'r', delta: 'Let me think.' }, { type: 'text', part: 't0', delta: text });
  await expect.poll(() => page.container.querySelector('.sluice-reasoning')).not.toBeNull();
  page.container.querySelector<HTMLElement>('.sluice-reasoning summary')?.click();
  await expect.poll(() => page.container.querySelector('.sluice-live')?.textContent).toBe('Let me think.');
  await expect.poll(() => page.container.querySelectorAll('.sluice-blocks').length, { timeout: 20_000 }).toBeGreaterThan(20);
  const shown = (): string => page.container.querySelector('.sluice-text')?.textContent ?? '';
  let before = 0;
  const frames = watchFrames(page.container, () => {
    const added = shown().length - before;
    before += added;
    return added;
  });
  show('plain');
  await expect.poll(() => shown() === text, { timeout: 20_000 }).toBe(true);
  expect(Math.max(...frames())).toBeLessThanOrEqual(32_768 + 1024);
});

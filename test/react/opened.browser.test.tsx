import { expect, onTestFinished, test } from 'vitest';
import { preloadMarkdown, StreamPanel } from '../../src/index.ts';
import { running } from '../../src/react/running.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { longAnswer } from './long/answer.ts';
import { frame, openPage, type Page } from './page.tsx';
import { watchText } from './watchframes.ts';

/** What a frame adds at most, beside the least of one panel. */
const slice = 32_768 + 1024;

const textOf = (page: Page, selector: string): string => page.container.querySelector(selector)?.textContent ?? '';

const toggle = (page: Page, selector: string): void => page.container.querySelector<HTMLElement>(`${selector} summary`)?.click();

async function openPanel(source: ManualSource, view: 'plain' | 'markdown' = 'plain') {
  await preloadMarkdown();
  await running.load();
  const page = openPage();
  const show = (next: 'plain' | 'markdown'): void =>
    page.render(<StreamPanel source={source} view={next} title="P" style={{ height: '400px' }} />);
  show(view);
  source.push(start);
  return { page, show };
}

async function pause(page: Page): Promise<void> {
  page.button(/^Pause/).click();
  await expect.poll(() => page.panel().dataset['paused']).toBe('');
}

test('[UI14] a million characters of reasoning that are opened come in by slices, and are whole at the end', {
  timeout: 60_000,
}, async () => {
  const source = new ManualSource();
  const { page } = await openPanel(source);
  const thought = longAnswer(1_000_000);
  source.push({ type: 'reasoning', part: 'r', delta: thought }, { type: 'text', part: 't0', delta: 'So.' }, finish);
  await expect.poll(() => page.status()).toBe('done');
  const added = watchText(page.container, () => textOf(page, '.sluice-live'));
  toggle(page, '.sluice-reasoning');
  await expect.poll(() => textOf(page, '.sluice-live').length, { timeout: 50_000 }).toBe(thought.length);
  expect(textOf(page, '.sluice-live')).toBe(thought);
  expect(Math.max(...added())).toBeLessThanOrEqual(slice);
});

test('[UI14] arguments and result of a tool that are opened come in by slices', { timeout: 60_000 }, async () => {
  const source = new ManualSource();
  const { page } = await openPanel(source);
  const args = JSON.stringify({ text: longAnswer(300_000) });
  const result = { rows: Array.from({ length: 10_000 }, (_, index) => ({ index, name: `row ${index}` })) };
  source.push(
    { type: 'tool-call', part: 'c', name: 'search', executedBy: 'provider' },
    { type: 'tool-args', part: 'c', delta: args },
    { type: 'tool-result', part: 'c', result },
    finish,
  );
  await expect.poll(() => page.status()).toBe('done');
  const shown = (): string => textOf(page, '.sluice-tool .sluice-live') + textOf(page, '.sluice-tool .sluice-result');
  const added = watchText(page.container, shown);
  toggle(page, '.sluice-tool');
  const whole = args + JSON.stringify(result, null, 2);
  await expect.poll(() => shown().length, { timeout: 50_000 }).toBe(whole.length);
  expect(shown()).toBe(whole);
  expect(Math.max(...added())).toBeLessThanOrEqual(slice);
});

test('[UI14] [UI5] in a pause, from Markdown to the text as it is: what was on display, by slices, and not more', {
  timeout: 60_000,
}, async () => {
  const source = new ManualSource();
  const { page, show } = await openPanel(source, 'markdown');
  const text = longAnswer(200_000);
  source.text(text);
  await expect.poll(() => page.container.querySelectorAll('.sluice-blocks').length, { timeout: 20_000 }).toBeGreaterThan(20);
  await pause(page);
  source.text('What came meanwhile.');
  const added = watchText(page.container, () => textOf(page, '.sluice-text'));
  show('plain');
  await expect.poll(() => textOf(page, '.sluice-text').length, { timeout: 20_000 }).toBe(text.length);
  await frame(5);
  expect(page.body().textContent).toBe(text);
  expect(Math.max(...added())).toBeLessThanOrEqual(slice);
  page.button(/^Resume/).click();
  await expect.poll(() => page.body().textContent).toBe(`${text}What came meanwhile.`);
});

/** Lengths of the texts that are read from the document as a whole from now on. */
function watchReads(): readonly number[] {
  const lengths: number[] = [];
  const own = Object.getOwnPropertyDescriptor(Node.prototype, 'textContent') ?? {};
  Object.defineProperty(Node.prototype, 'textContent', {
    ...own,
    get(this: Node) {
      const text = own.get?.call(this);
      lengths.push(text?.length ?? 0);
      return text;
    },
  });
  onTestFinished(() => void Object.defineProperty(Node.prototype, 'textContent', own));
  return lengths;
}

test('[UI17] [UI5] Pause and Resume read nothing of the text there is, however much', { timeout: 60_000 }, async () => {
  const source = new ManualSource();
  const { page } = await openPanel(source);
  const text = longAnswer(100_000);
  source.push({ type: 'reasoning', part: 'r', delta: text });
  source.text(text);
  await expect.poll(() => page.body().textContent?.length, { timeout: 20_000 }).toBe(text.length);
  toggle(page, '.sluice-reasoning');
  await expect.poll(() => textOf(page, '.sluice-live').length, { timeout: 20_000 }).toBe(text.length);
  const reads = watchReads();
  await pause(page);
  await frame(2);
  page.button(/^Resume/).click();
  await expect.poll(() => page.panel().dataset['paused']).toBeUndefined();
  await frame(2);
  expect(Math.max(0, ...reads)).toBeLessThan(100);
  source.text('More.');
  await expect.poll(() => page.body().textContent).toBe(`${text}More.`);
});

test('[UI5] a pause stops what is coming in by slices, and what is opened then shows what was there', { timeout: 60_000 }, async () => {
  const source = new ManualSource();
  const { page, show } = await openPanel(source);
  const thought = longAnswer(100_000);
  const text = longAnswer(1_000_000);
  source.push({ type: 'reasoning', part: 'r', delta: thought });
  await expect.poll(() => page.container.querySelector('.sluice-reasoning')).not.toBeNull();
  source.text(text);
  await expect.poll(() => page.body().textContent?.length).toBeGreaterThan(10_000);
  await pause(page);
  const shown = page.body().textContent ?? '';
  expect(shown.length).toBeLessThan(text.length);
  source.push({ type: 'reasoning', part: 'r', delta: 'What came meanwhile.' });
  await frame(5);
  expect(page.body().textContent).toBe(shown);
  const added = watchText(page.container, () => textOf(page, '.sluice-live'));
  for (let time = 0; time < 2; time += 1) {
    toggle(page, '.sluice-reasoning');
    await expect.poll(() => textOf(page, '.sluice-live').length, { timeout: 20_000 }).toBe(thought.length);
    await frame(5);
    expect(textOf(page, '.sluice-live')).toBe(thought);
    expect(page.body().textContent).toBe(shown);
    toggle(page, '.sluice-reasoning');
    await expect.poll(() => textOf(page, '.sluice-live')).toBe('');
  }
  expect(Math.max(...added())).toBeLessThanOrEqual(slice);
  // Another view, and back: no more than was on display.
  show('markdown');
  await expect.poll(() => page.container.querySelector('.sluice-text')).toBeNull();
  show('plain');
  await expect.poll(() => page.body().textContent?.length, { timeout: 20_000 }).toBe(shown.length);
  await frame(5);
  expect(page.body().textContent).toBe(shown);
  page.button(/^Resume/).click();
  toggle(page, '.sluice-reasoning');
  await expect.poll(() => page.body().textContent?.length, { timeout: 30_000 }).toBe(text.length);
  await expect.poll(() => textOf(page, '.sluice-live')).toBe(`${thought}What came meanwhile.`);
});

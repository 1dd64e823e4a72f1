import { expect, test } from 'vitest';
import { cdp, userEvent } from 'vitest/browser';
import { StreamPanel } from '../../../src/index.ts';
import { katex } from '../../../src/plugins/katex.tsx';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage } from '../page.tsx';
import { longAnswer } from './answer.ts';
import { formulas, openLong, sight } from './page.tsx';

/** Of Chromium's tools; what vitest declares of them is empty. */
interface Session {
  send(method: 'Emulation.setEmulatedMedia', options: { media: string }): Promise<unknown>;
  send(method: 'Page.printToPDF'): Promise<unknown>;
}

test('[UI39] a selection and the focus stay, however far the reader scrolls', async () => {
  const long = await openLong(400_000);
  const { element, name } = sight(long);
  getSelection()?.selectAllChildren(element);
  const selected = getSelection()?.toString();
  const button = long.list.querySelector<HTMLElement>('.sluice-code button');
  button?.focus();
  for (const share of [0.7, 0.3, 0]) {
    long.scroller.scrollTop = share * long.scroller.scrollHeight;
    await frame(5);
  }
  expect(element.isConnected).toBe(true);
  expect(getSelection()?.toString()).toBe(selected);
  expect(selected).toContain(name);
  expect(document.activeElement).toBe(button);
  getSelection()?.removeAllRanges();
});

/** What is on the clipboard once the reader has copied what is selected. */
async function copied(): Promise<string> {
  await userEvent.keyboard('{Control>}c{/Control}');
  const pasted = new Promise<string>((resolve) => {
    const read = ({ clipboardData }: ClipboardEvent): void => resolve(clipboardData?.getData('text/plain') ?? '');
    document.addEventListener('paste', read, { once: true });
  });
  await userEvent.keyboard('{Control>}v{/Control}');
  return await pasted;
}

const numbers = (text: string): readonly string[] =>
  [...text.matchAll(/(?:Paragraph|Section|item|const value) ?\d+/g)].map(([found]) => found);

test('[UI39] everything selected and copied is everything, whether it is in the document or not', async () => {
  const long = await openLong(400_000);
  const last = sight(long).element;
  getSelection()?.selectAllChildren(long.page.body());
  expect(numbers(await copied())).toEqual(numbers(long.text));
  // From the answer's start to the middle of a paragraph at its end.
  const first = last.textContent ?? '';
  getSelection()?.setBaseAndExtent(long.list, 0, last.firstChild as Text, 9);
  const part = await copied();
  expect(part.endsWith(first.slice(0, 9))).toBe(true);
  expect(part.startsWith('Section 0\n\nParagraph 1 has')).toBe(true);
  expect(part).not.toMatch(/\n{3}|\ue000/);
  // What is all in the document is the browser's to copy.
  let isOurs = false;
  addEventListener('copy', ({ defaultPrevented }) => (isOurs = defaultPrevented), { once: true });
  getSelection()?.selectAllChildren(last);
  expect((await copied()).trim()).toBe(first);
  expect(isOurs).toBe(false);
  getSelection()?.removeAllRanges();
});

test('[UI39] of a page with several answers everything is copied, in its order, though two are not whole in the document', async () => {
  const page = openPage();
  const text = longAnswer(400_000);
  const sources = [text, 'Plain one.\n\n\tPlain two.\n', `${text}A [^1].\n\n[^1]: Noted.\n`].map((delta) => {
    const source = new ManualSource();
    source.push(start, { type: 'text', part: 't0', delta }, finish);
    return source;
  });
  page.render(
    <>
      <h1>The app’s</h1>
      {sources.map((source, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stay in their places
        <StreamPanel key={index} source={source} view={index === 1 ? 'plain' : 'markdown'} title={`Title ${index}`} />
      ))}
      <p>Behind all.</p>
    </>,
  );
  await expect.poll(() => [0, 1, 2].map((index) => page.status(index)), { timeout: 20_000 }).toEqual(['done', 'done', 'done']);
  await expect
    .poll(() => [...page.container.querySelectorAll('.sluice-list')].filter((list) => list.querySelector('.sluice-gap')).length)
    .toBe(2);
  getSelection()?.selectAllChildren(page.container);
  const all = await copied();
  const [from, plain, to] = ['Title 0', 'Title 1', 'Title 2'].map((title) => all.indexOf(title));
  expect(numbers(all.slice(from, plain))).toEqual(numbers(text));
  expect(all.slice(plain, to)).toContain('Plain one.\n\n\tPlain two.\n');
  expect(numbers(all.slice(to))).toEqual(numbers(text));
  expect(all).toMatch(/^The app’s\s+Title 0\s/);
  expect(all).toMatch(/Footnotes\s+Noted\.\s+Behind all\.$/);
  expect(page.container.textContent).not.toContain('\ue000');
  getSelection()?.removeAllRanges();
});

test('[UI39] [UI26] formulas that are not in the document are copied as they are written', async () => {
  const long = await openLong(400_000, true, katex());
  expect(long.list.textContent).not.toContain('Roots of');
  getSelection()?.selectAllChildren(long.page.body());
  expect(await copied()).toContain(`\n\n${formulas}\n\n`);
  getSelection()?.removeAllRanges();
});

test('[UI40] before printing all of it is in the document, and afterwards as little as before', async () => {
  const long = await openLong(400_000);
  const count = long.page.container.querySelectorAll('*').length;
  dispatchEvent(new Event('beforeprint'));
  const { textContent } = long.page.body();
  for (const [name] of long.text.matchAll(/Paragraph \d+ /g))
    if (!textContent?.includes(name)) throw new Error(`${name} is missing in print.`);
  expect(long.list.querySelector('.sluice-gap')).toBeNull();
  dispatchEvent(new Event('afterprint'));
  await expect.poll(() => long.page.container.querySelectorAll('*').length).toBeLessThan(count + 1500);
  await frame(4);
  await frame(10);
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

for (const share of [0.5, 1])
  test(`[UI40] printed, an answer is where the reader was, at ${share} of it`, async () => {
    const long = await openLong(400_000);
    if (share < 1) {
      long.scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -10 }));
      long.scroller.scrollTop = share * long.scroller.scrollHeight;
      await frame(20);
    }
    const { element, top } = sight(long);
    let printed = 0;
    addEventListener('beforeprint', () => (printed += 1), { once: true });
    await (cdp() as Session).send('Page.printToPDF');
    expect(printed).toBe(1);
    for (let count = 0; count < 20; count += 1) {
      await frame();
      if (share === 1) expect(long.fromEnd()).toBeLessThanOrEqual(1);
      else expect(Math.abs(element.getBoundingClientRect().top - top)).toBeLessThanOrEqual(1);
    }
  });

test('[UI40] on paper a panel is as high as its text', async () => {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: longAnswer(20_000) }, finish);
  page.render(<StreamPanel source={source} view="markdown" title="Long" style={{ height: '300px' }} />);
  await expect.poll(() => page.status()).toBe('done');
  expect(page.panel().clientHeight).toBeLessThan(310);
  await (cdp() as Session).send('Emulation.setEmulatedMedia', { media: 'print' });
  const height = page.body().getBoundingClientRect().height;
  const panel = page.panel().getBoundingClientRect().height;
  await (cdp() as Session).send('Emulation.setEmulatedMedia', { media: '' });
  expect(height).toBeGreaterThan(3000);
  expect(panel).toBeGreaterThan(height);
});

test('[UI40] what is still coming in is printed whole', async () => {
  const page = openPage();
  const source = new ManualSource();
  const text = longAnswer(100_000);
  source.push(start, { type: 'text', part: 't0', delta: text }, finish);
  page.render(<StreamPanel source={source} view="markdown" title="Long" />);
  const last = [...text.matchAll(/Paragraph \d+ /g)].at(-1)?.[0] ?? '';
  await expect.poll(() => page.container.querySelector('.sluice-blocks')).not.toBeNull();
  const parsed = (): boolean => page.body().textContent?.includes(last) === true;
  let waited = 0;
  while (!parsed() && waited < 600) {
    dispatchEvent(new Event('beforeprint'));
    dispatchEvent(new Event('afterprint'));
    waited += 1;
    await frame(1);
  }
  // With the first message of the parser that has it, it is printed: not a frame of mounting later.
  dispatchEvent(new Event('beforeprint'));
  const { textContent } = page.body();
  for (const [name] of text.matchAll(/Paragraph \d+ /g)) if (!textContent?.includes(name)) throw new Error(`${name} is missing in print.`);
  dispatchEvent(new Event('afterprint'));
});

test('[UI40] the key of the page’s search brings everything into the document, some in each frame, until the focus leaves', async () => {
  const long = await openLong(400_000);
  const before = sight(long);
  long.scroller.focus({ preventScroll: true });
  const count = (): number => long.list.querySelectorAll('.sluice-blocks').length;
  const few = count();
  long.scroller.dispatchEvent(new KeyboardEvent('keydown', { key: 'f', ctrlKey: true, bubbles: true }));
  let last = count();
  let most = 0;
  while (long.list.querySelector('.sluice-gap') !== null) {
    await frame(1);
    most = Math.max(most, count() - last);
    last = count();
  }
  expect(most).toBeLessThanOrEqual(8);
  expect(Math.abs(before.element.getBoundingClientRect().top - before.top)).toBeLessThanOrEqual(1);
  for (const [name] of long.text.matchAll(/Paragraph \d+ /g)) expect(long.page.body().textContent?.includes(name)).toBe(true);
  long.page.button(/^Copy Long/).focus();
  expect(count()).toBeGreaterThan(few + 20);
  const other = document.createElement('button');
  document.body.append(other);
  other.focus();
  await expect.poll(count).toBeLessThan(few + 8);
  other.remove();
});

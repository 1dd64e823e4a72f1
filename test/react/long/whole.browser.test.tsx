import { expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
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

function copied(): string {
  const clipboardData = new DataTransfer();
  document.body.dispatchEvent(new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData }));
  return clipboardData.getData('text/plain');
}

test('[UI39] everything selected and copied is everything, whether it is in the document or not', async () => {
  const long = await openLong(400_000);
  const last = sight(long).element;
  getSelection()?.selectAllChildren(long.page.body());
  const all = copied();
  const numbers = (text: string): readonly string[] =>
    [...text.matchAll(/(?:Paragraph|Section|item|const value) ?\d+/g)].map(([found]) => found);
  expect(numbers(all)).toEqual(numbers(long.text));
  // From the answer's start to the middle of a paragraph at its end.
  const first = last.textContent ?? '';
  getSelection()?.setBaseAndExtent(long.list, 0, last.firstChild as Text, 9);
  const part = copied();
  expect(part.endsWith(first.slice(0, 9))).toBe(true);
  expect(part.startsWith('Section 0')).toBe(true);
  // What is all in the document is the browser's to copy.
  getSelection()?.selectAllChildren(last);
  expect(copied()).toBe('');
  getSelection()?.removeAllRanges();
});

test('[UI39] [UI26] formulas that are not in the document are copied as they are written', async () => {
  const long = await openLong(400_000, true, katex());
  expect(long.list.textContent).not.toContain('Roots of');
  getSelection()?.selectAllChildren(long.page.body());
  expect(copied()).toContain(`\n\n${formulas}\n\n`);
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

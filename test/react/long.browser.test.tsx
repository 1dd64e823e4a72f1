import { expect, onTestFinished, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { longAnswer } from './long.ts';
import { frame, openPage, type Page, painted } from './page.tsx';

interface AccessibilityNode {
  readonly nodeId: string;
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly childIds?: readonly string[];
}

/** Of Chromium's tools; what vitest declares of them is empty. */
interface Session {
  send(method: 'Accessibility.enable' | 'Accessibility.disable'): Promise<unknown>;
  send(method: 'Accessibility.getFullAXTree', options: { frameId?: string }): Promise<{ readonly nodes: readonly AccessibilityNode[] }>;
  send(method: 'Page.getFrameTree'): Promise<{ readonly frameTree: FrameTree }>;
  send(method: 'Emulation.setEmulatedMedia', options: { media: string }): Promise<unknown>;
}

interface FrameTree {
  readonly frame: { readonly id: string };
  readonly childFrames?: readonly FrameTree[];
}

interface Long {
  readonly page: Page;
  readonly source: ManualSource;
  readonly text: string;
  readonly scroller: HTMLElement;
  readonly list: HTMLElement;
  fromEnd(): number;
}

/** A long answer, there at once. */
async function openLong(length: number, ends = true): Promise<Long> {
  const page = openPage();
  const source = new ManualSource();
  const text = longAnswer(length);
  source.push(start);
  for (let at = 0; at < text.length; at += 65_536) source.text(text.slice(at, at + 65_536));
  if (ends) source.push(finish);
  page.render(<StreamPanel source={source} view="markdown" title="Long" />);
  const lastParagraph = [...text.matchAll(/Paragraph \d+ /g)].at(-1)?.[0] ?? '';
  await expect
    .poll(() => page.container.querySelector('[data-stream-body]')?.textContent?.includes(lastParagraph), { timeout: 25_000 })
    .toBe(true);
  if (ends) await expect.poll(() => page.status(), { timeout: 15_000 }).toBe('done');
  await frame(6);
  const find = (selector: string): HTMLElement => page.container.querySelector(selector) as HTMLElement;
  const scroller = find('.sluice-scroller');
  return {
    page,
    source,
    text,
    scroller,
    list: find('.sluice-list'),
    fromEnd: () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop,
  };
}

/** The first paragraph in sight, and where on the screen it is. */
function sight({ scroller, list }: Long): { readonly name: string; readonly element: Element; readonly top: number } {
  const { top } = scroller.getBoundingClientRect();
  for (const element of list.querySelectorAll('.sluice-blocks > p')) {
    const box = element.getBoundingClientRect();
    if (box.top >= top) return { name: /Paragraph \d+/.exec(element.textContent ?? '')?.[0] ?? '', element, top: box.top };
  }
  throw new Error('No paragraph is in sight.');
}

/** From now on: the most groups that were put into the document between two frames. */
function countMounted(): { readonly most: () => number } {
  let most = 0;
  let now = 0;
  const isGroup = (node: Node): boolean => node instanceof Element && node.classList.contains('sluice-blocks');
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) now += [...addedNodes].filter(isGroup).length;
    most = Math.max(most, now);
  });
  observer.observe(document.body, { subtree: true, childList: true });
  let isOver = false;
  const next = (): void => {
    now = 0;
    if (!isOver) requestAnimationFrame(next);
  };
  next();
  onTestFinished(() => {
    isOver = true;
    observer.disconnect();
  });
  return { most: () => most };
}

test('[UI37] a million tokens, there at once and growing: the end is in view, the elements and the work of a frame are bounded', async () => {
  const mounted = countMounted();
  const long = await openLong(4_000_000, false);
  const elements = (): number => long.page.container.querySelectorAll('*').length;
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
  expect(elements()).toBeLessThan(2000);
  for (let count = 0; count < 60; count += 1) {
    long.source.text(longAnswer(600));
    await frame(1);
  }
  long.source.text('The end.');
  long.source.push(finish);
  await expect.poll(() => long.page.status()).toBe('done');
  await expect.poll(() => long.fromEnd()).toBeLessThanOrEqual(1);
  expect(long.page.body().textContent?.endsWith('The end.')).toBe(true);
  expect(elements()).toBeLessThan(2000);
  expect(mounted.most()).toBeLessThanOrEqual(6);
});

test.for(['auto', 'none'])(
  '[UI38] scrolled up through groups that were never measured, what is in sight moves only with the scroll (anchoring of the browser: %s)',
  async (anchoring) => {
    document.head.insertAdjacentHTML('beforeend', `<style id="anchoring">.sluice-scroller { overflow-anchor: ${anchoring} }</style>`);
    onTestFinished(() => document.querySelector('#anchoring')?.remove());
    const long = await openLong(400_000);
    const jumps: number[] = [];
    let mostAnew = 0;
    for (let step = 0; step < 120; step += 1) {
      const before = sight(long);
      const groups = new Set(long.list.querySelectorAll('.sluice-blocks'));
      const { scrollTop } = long.scroller;
      long.scroller.scrollTop -= 120;
      const moved = scrollTop - long.scroller.scrollTop;
      await painted(2);
      const now = before.element.isConnected ? before.element.getBoundingClientRect().top : Number.NaN;
      jumps.push(Math.abs(now - before.top - moved));
      mostAnew = Math.max(mostAnew, [...long.list.querySelectorAll('.sluice-blocks')].filter((group) => !groups.has(group)).length);
      expect(long.list.querySelector('.sluice-gap')?.getBoundingClientRect().bottom).toBeLessThanOrEqual(
        long.scroller.getBoundingClientRect().top,
      );
    }
    expect(Math.max(...jumps)).toBeLessThanOrEqual(1);
    expect(mostAnew).toBeLessThanOrEqual(4);
  },
);

test('[UI38] wherever the scroller is put, what is there comes into sight once it rests', async () => {
  const long = await openLong(1_000_000);
  const covered = (): Element[] => {
    const { top, bottom } = long.scroller.getBoundingClientRect();
    return [...long.list.querySelectorAll('.sluice-gap')].filter((gap) => {
      const box = gap.getBoundingClientRect();
      return box.bottom > top + 1 && box.top < bottom - 1;
    });
  };
  for (const share of [0.5, 0.1, 0.9, 0, 0.33, 1]) {
    long.scroller.scrollTop = share * long.scroller.scrollHeight;
    let frames = 0;
    // A busy machine takes more than the usual four.
    do await frame();
    while (covered().length > 0 && ++frames < 60);
    expect(covered()).toEqual([]);
    expect(long.list.querySelectorAll('.sluice-blocks').length).toBeLessThan(14);
  }
});

test('[UI38] text that comes at the end moves nothing that is read further up, and keeps the end in sight of who is there', async () => {
  const long = await openLong(400_000, false);
  const grow = async (mark: string): Promise<void> => {
    long.source.text(`${longAnswer(40_000)}${mark}\n\n`);
    await expect.poll(() => long.page.body().textContent?.includes(mark)).toBe(true);
    await frame(6);
  };
  await grow('first mark');
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
  long.scroller.scrollTop = long.scroller.scrollHeight / 2;
  await frame(6);
  const before = sight(long);
  await grow('second mark');
  expect(before.element.isConnected).toBe(true);
  expect(Math.abs(before.element.getBoundingClientRect().top - before.top)).toBeLessThanOrEqual(1);
  expect(long.fromEnd()).toBeGreaterThan(1000);
  long.page.button(/^Jump to the latest/).click();
  await frame(6);
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
  await grow('third mark');
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

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

test('[UI34] [UI38] a change of view and back keeps to about the same part of a long text', async () => {
  const long = await openLong(400_000);
  long.scroller.scrollTop = long.scroller.scrollHeight / 2;
  await frame(6);
  const number = (): number => Number(/Paragraph (\d+)/.exec(sight(long).name)?.[1]);
  const first = number();
  long.page.render(<StreamPanel source={long.source} view="plain" title="Long" />);
  await expect.poll(() => long.page.body().textContent?.length).toBe(long.text.length);
  await frame(8);
  long.page.render(<StreamPanel source={long.source} view="markdown" title="Long" />);
  await expect.poll(() => long.page.container.querySelector('.sluice-gap')).not.toBeNull();
  await frame(8);
  const list = long.page.container.querySelector('.sluice-list') as HTMLElement;
  const again = Number(/Paragraph (\d+)/.exec(sight({ ...long, list }).name)?.[1]);
  const total = Number([...long.text.matchAll(/Paragraph (\d+) /g)].at(-1)?.[1]);
  expect(Math.abs(again - first) / total).toBeLessThan(0.05);
});

function entries(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => `${from + index}. entry ${from + index} of *many*\n`).join('');
}

test('[UI37] [UI32] a giant list is one list, whole, with its numbers, laid out in parts', async () => {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: entries(5, 405) });
  page.render(<StreamPanel source={source} view="markdown" title="List" style={{ height: '400px' }} />);
  const items = (): readonly HTMLLIElement[] => [...page.container.querySelectorAll<HTMLLIElement>('[data-stream-body] li')];
  await expect.poll(() => items().length).toBe(400);
  const early = items().slice(0, 399);
  source.text(entries(405, 1005));
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(items().length).toBe(1000);
  expect(items().slice(0, 399)).toEqual(early);
  expect(page.container.querySelectorAll('[data-stream-body] ol').length).toBe(1);
  const list = page.container.querySelector('ol') as HTMLOListElement;
  expect(list.start).toBe(5);
  expect(
    items()
      .slice(0, 96)
      .every((item) => item.parentElement === list),
  ).toBe(true);
  const parts = [...list.querySelectorAll<HTMLElement>(':scope > [role="none"]')];
  expect(parts.map((part) => part.querySelector('li')?.value)).toEqual(parts.map((_, index) => 5 + 96 + 24 * index));
  expect(parts.length).toBe(38);
  expect(parts.every((part) => getComputedStyle(part).contain === 'content')).toBe(true);
  expect((window as unknown as { find(text: string): boolean }).find('entry 777 of')).toBe(true);
  expect(getSelection()?.anchorNode?.parentElement?.closest('li')?.textContent).toContain('entry 777 of many');
  getSelection()?.removeAllRanges();
  getSelection()?.selectAllChildren(list);
  expect(
    getSelection()
      ?.toString()
      .match(/entry \d+ of many/g)?.length,
  ).toBe(1000);
  getSelection()?.removeAllRanges();
});

test('[UI37] for assistive technology the items of a giant list are those of one list', async () => {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: entries(1, 401) }, finish);
  page.render(<StreamPanel source={source} view="markdown" title="List" style={{ height: '400px' }} />);
  await expect.poll(() => page.status()).toBe('done');
  const session = cdp() as Session;
  await session.send('Accessibility.enable');
  const framesOf = ({ frame: { id }, childFrames = [] }: FrameTree): readonly string[] => [id, ...childFrames.flatMap(framesOf)];
  const { frameTree } = await session.send('Page.getFrameTree');
  const trees = await Promise.all(framesOf(frameTree).map((frameId) => session.send('Accessibility.getFullAXTree', { frameId })));
  await session.send('Accessibility.disable');
  const counts = trees.flatMap(({ nodes }) => {
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const owned = (node: AccessibilityNode): readonly (string | undefined)[] =>
      (node.childIds ?? []).flatMap((id) => {
        const child = byId.get(id);
        if (child === undefined) return [];
        return child.ignored || child.role?.value === 'none' || child.role?.value === 'generic' ? owned(child) : [child.role?.value];
      });
    return nodes.filter(({ role }) => role?.value === 'list').map(owned);
  });
  expect(counts.filter((roles) => roles.length === 400)).toEqual([Array.from({ length: 400 }, () => 'listitem')]);
});

import { expect, test } from 'vitest';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage } from '../page.tsx';
import { ownedBy } from './accessibility.ts';

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
  const outer = [...list.querySelectorAll<HTMLElement>(':scope > [role="none"]')];
  const parts = [...list.querySelectorAll<HTMLElement>(':scope > [role="none"] > [role="none"]')];
  expect(parts.map((part) => part.querySelector('li')?.value)).toEqual(parts.map((_, index) => 5 + 96 + 24 * index));
  expect(parts.length).toBe(38);
  expect(outer.map((part) => part.children.length)).toEqual([16, 16, 6]);
  expect([...outer, ...parts].every((part) => getComputedStyle(part).contain === 'content')).toBe(true);
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

test.each([
  ['at once', 100_000],
  ['in pieces', 197],
])('[UI37] [UI30] items that hold much are fewer in a part, and keep their numbers, %s', async (_, size) => {
  const within = Array.from({ length: 12 }, (_, index) => `    - below ${index}\n`).join('');
  const text = Array.from({ length: 60 }, (_, index) => `${3 + index}. entry ${3 + index}\n${within}`).join('');
  const page = openPage();
  const source = new ManualSource();
  source.push(start);
  page.render(<StreamPanel source={source} view="markdown" title="List" style={{ height: '400px' }} />);
  for (let at = 0; at < text.length; at += size) {
    source.text(text.slice(at, at + size));
    await frame();
  }
  source.push(finish);
  await expect.poll(() => page.status(), { timeout: 20_000 }).toBe('done');
  const list = page.container.querySelector('ol') as HTMLOListElement;
  const own = [...list.querySelectorAll<HTMLLIElement>('li')].filter((item) => item.closest('ul') === null);
  expect(own.map((item) => item.querySelector('p')?.textContent)).toEqual(Array.from({ length: 60 }, (_, index) => `entry ${3 + index}`));
  // Each holds 27 blocks, so that eight are 192 and more; from the fifth group on they are parts.
  expect(own.filter((item) => item.parentElement === list).length).toBe(32);
  const parts = [...list.querySelectorAll<HTMLElement>(':scope > [role="none"] > [role="none"]')];
  expect(parts.map((part) => part.children.length)).toEqual([8, 8, 8, 4]);
  expect(parts.map((part) => part.querySelector('li')?.value)).toEqual([35, 43, 51, 59]);
});

test('[UI37] for assistive technology the items of a giant list are those of one list', async () => {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: entries(1, 401) }, finish);
  page.render(<StreamPanel source={source} view="markdown" title="List" style={{ height: '400px' }} />);
  await expect.poll(() => page.status()).toBe('done');
  const counts = await ownedBy('list');
  expect(counts.filter((roles) => roles.length === 400)).toEqual([Array.from({ length: 400 }, () => 'listitem')]);
});

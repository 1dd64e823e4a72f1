import { expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { preloadMarkdown, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { openPage } from '../page.tsx';
import { ownedBy } from './accessibility.ts';

const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `| ${from + index} | row ${from + index} of *many* | last |\n`).join('');
const head = '| n | what | |\n| --- | --- | --: |\n';

/** Of Chromium's tools; what vitest declares of them is empty. */
interface Session {
  send(method: 'Emulation.setEmulatedMedia', options: { media: string }): Promise<unknown>;
}

/** Where the columns of each body begin, by what is first there. */
function edges(table: HTMLTableElement): readonly (readonly number[])[] {
  return [table.tHead, ...table.tBodies].map((section) =>
    [...(section?.rows[0]?.cells ?? [])].map((cell) => cell.getBoundingClientRect().left - table.getBoundingClientRect().left),
  );
}

/** By how many pixels a column of a body is beside its head. */
function askew(table: HTMLTableElement): number {
  const [first = [], ...others] = edges(table);
  return Math.max(...others.flatMap((lefts) => lefts.map((left, column) => Math.abs(left - (first[column] ?? Number.NaN)))));
}

async function openTable(text: string, width = '700px') {
  await preloadMarkdown();
  const page = openPage();
  const source = new ManualSource();
  const render = (to: string): void =>
    page.render(<StreamPanel source={source} view="markdown" title="Table" style={{ height: '400px', width: to }} />);
  render(width);
  source.push(start, { type: 'text', part: 't0', delta: text });
  const table = (): HTMLTableElement => page.container.querySelector('table') as HTMLTableElement;
  const reaches = async (count: number): Promise<void> => {
    await expect.poll(() => page.container.querySelectorAll('tbody > tr').length, { timeout: 20_000 }).toBe(count);
  };
  return { page, source, render, table, reaches };
}

test('[UI37] bodies of a giant table have their columns where its head has them, as text comes and as the panel is resized', {
  timeout: 60_000,
}, async () => {
  const { page, source, render, table, reaches } = await openTable(head + rows(0, 96));
  await reaches(96);
  const before = edges(table())[0];
  source.text(rows(96, 400));
  await reaches(400);
  await expect.poll(() => askew(table())).toBeLessThan(1);
  // What is giant fills its box as any other does, and its columns were where they are.
  expect(table().parentElement?.scrollWidth).toBe(table().parentElement?.clientWidth);
  const moved = edges(table())[0]?.map((left, column) => Math.abs(left - (before?.[column] ?? Number.NaN)));
  expect(Math.max(...(moved ?? []))).toBeLessThan(12);
  for (const width of ['420px', '900px']) {
    render(width);
    await expect
      .poll(() => [table().parentElement?.clientWidth === table().parentElement?.scrollWidth, askew(table()) < 1])
      .toEqual([true, true]);
    expect(table().tBodies[5]?.offsetWidth).toBe(table().parentElement?.clientWidth);
  }
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
});

test('[UI37] a column of a giant table that a later row needs wider is wider in all of its bodies', { timeout: 60_000 }, async () => {
  const { source, table, reaches } = await openTable(head + rows(0, 130), '260px');
  await reaches(130);
  await expect.poll(() => askew(table())).toBeLessThan(1);
  const long = '1'.repeat(16);
  source.text(`| ${long} | longer | last |\n${rows(131, 200)}`);
  await reaches(200);
  const cell = [...table().rows].find(({ cells }) => cells[0]?.textContent === long)?.cells[0] as HTMLElement;
  expect(cell.scrollWidth).toBeLessThanOrEqual(cell.clientWidth);
  await expect.poll(() => askew(table())).toBeLessThan(1);
  expect(table().tHead?.rows[0]?.cells[0]?.offsetWidth).toBeGreaterThanOrEqual(cell.offsetWidth - 1);
  source.push(finish);
});

test('[UI37] a giant table is copied as lines with tabs between their cells', { timeout: 60_000 }, async () => {
  const { source, table, reaches } = await openTable(head + rows(0, 200));
  await reaches(200);
  getSelection()?.selectAllChildren(table());
  const lines = getSelection()?.toString().trim().split('\n').filter(Boolean);
  expect(lines?.slice(1)).toEqual(Array.from({ length: 200 }, (_, index) => `${index}\trow ${index} of many\tlast`));
  getSelection()?.removeAllRanges();
  source.push(finish);
});

test('[UI37] for assistive technology a giant table is one table', { timeout: 60_000 }, async () => {
  const { page, source, reaches } = await openTable(head + rows(0, 200));
  await reaches(200);
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect((await ownedBy('table')).filter((roles) => roles.length > 200)).toEqual([Array.from({ length: 201 }, () => 'row')]);
  const cells = (await ownedBy('row')).filter((roles) => roles.every((role) => role === 'cell'));
  expect(cells).toEqual(Array.from({ length: 200 }, () => ['cell', 'cell', 'cell']));
});

test('[UI37] [UI40] on paper a giant table is one table, as wide as the paper, with all of its rows', { timeout: 60_000 }, async () => {
  const { page, source, table, reaches } = await openTable(head + rows(0, 200).replace('row 7 ', `row 7 ${'x'.repeat(300)} `), '420px');
  await reaches(200);
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(getComputedStyle(table().tBodies[3] as Element).display).toBe('table');
  await (cdp() as Session).send('Emulation.setEmulatedMedia', { media: 'print' });
  dispatchEvent(new Event('beforeprint'));
  const displays = new Set([...table().tBodies].map((body) => getComputedStyle(body).display));
  const beside = askew(table());
  const cut = [...table().rows].flatMap(({ cells }) => [...cells]).filter((cell) => cell.scrollWidth > cell.clientWidth);
  const tops = [...table().rows].map((row) => row.getBoundingClientRect().top);
  const { right } = table().getBoundingClientRect();
  const edge = page.panel().getBoundingClientRect().right;
  const left = page.panel().getBoundingClientRect().bottom - table().getBoundingClientRect().bottom;
  dispatchEvent(new Event('afterprint'));
  await (cdp() as Session).send('Emulation.setEmulatedMedia', { media: '' });
  expect(displays).toEqual(new Set(['table-row-group']));
  expect(beside).toBeLessThan(1);
  expect(cut).toEqual([]);
  expect(tops.every((top, row) => row === 0 || top > (tops[row - 1] ?? 0))).toBe(true);
  expect(right).toBeLessThanOrEqual(edge);
  expect(left).toBeGreaterThanOrEqual(0);
});

test('[UI37] a table whose elements are the app’s own is laid out as one, however long', { timeout: 60_000 }, async () => {
  await preloadMarkdown();
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: head + rows(0, 200) }, finish);
  const components = { tbody: (props: object) => <tbody data-own="" {...props} /> };
  page.render(<StreamPanel source={source} view="markdown" markdown={{ components }} title="Table" style={{ height: '400px' }} />);
  await expect.poll(() => page.status()).toBe('done');
  const bodies = [...page.container.querySelectorAll('tbody')];
  expect(bodies.length).toBe(6);
  expect(bodies.map((body) => [body.hasAttribute('data-own'), getComputedStyle(body).display])).toEqual(
    bodies.map(() => [true, 'table-row-group']),
  );
});

import { expect, onTestFinished, test } from 'vitest';
import { page as browser, cdp } from 'vitest/browser';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { openPage, painted } from '../page.tsx';

interface Session {
  send(method: string, params: object): Promise<unknown>;
}

/** The body of a panel with a whole answer. */
async function shown(text: string, width = '400px'): Promise<HTMLElement> {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: text }, finish);
  page.render(<StreamPanel source={source} view="markdown" title="M" style={{ height: '400px', width }} />);
  await expect.poll(() => page.status()).toBe('done');
  await painted(2);
  return page.body();
}

/** What is drawn: the colour at a place of the page, as `rgb(r, g, b)`. */
async function drawn(): Promise<(x: number, y: number) => string> {
  const base64 = await browser.screenshot({ save: false, element: document.documentElement });
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(image, 0, 0);
  const scale = image.width / document.documentElement.getBoundingClientRect().width;
  return (x, y) => `rgb(${[...context.getImageData(Math.floor(x * scale), Math.floor(y * scale), 1, 1).data.slice(0, 3)].join(', ')})`;
}

const find = (body: HTMLElement, selector: string): HTMLElement => body.querySelector(selector) as HTMLElement;

/** The first line of the element's text. */
function line(element: Element): DOMRect {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getClientRects()[0] as DOMRect;
}

test('[UI36] items of a tight list and footnotes begin where the direction of their text does', async () => {
  const body = await shown('- עברית\n- שלום\n\ntext[^a]\n\n- left\n\n[^a]: הערה\n');
  for (const item of body.querySelectorAll('li:not(ul:last-of-type > li)')) {
    const paragraph = item.querySelector('p') as Element;
    expect(line(paragraph).right, item.textContent ?? '').toBeCloseTo(item.getBoundingClientRect().right, 0);
  }
  const last = find(body, 'ul:last-of-type > li');
  expect(line(find(last, 'p')).left).toBeCloseTo(last.getBoundingClientRect().left, 0);
});

test('[UI30] each cell of a wide table is aligned as its column, of rows that are short or long, too', async () => {
  const columns = Array.from({ length: 60 }, (_, column) => column);
  const row = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |\n`;
  const marks = [':--', ':-:', '--:', '---'];
  const body = await shown(
    row(columns) + row(columns.map((column) => marks[column % 4])) + row(columns.slice(0, 30)) + row([...columns, 60]),
  );
  const rows = [...body.querySelectorAll('tr')].map((each) => [...each.children].map((cell) => (cell as HTMLElement).style.textAlign));
  const aligned = columns.map((column) => ['left', 'center', 'right', ''][column % 4]);
  expect(rows).toEqual([aligned, aligned.slice(0, 30), aligned]);
});

test('[UI36] a giant block has the direction of its first letter, and keeps it without being looked through with each node', async () => {
  const items = (word: string): string => `- 1, 2\n${`- ${word}\n`.repeat(150)}`;
  const rows = (word: string): string => `| 1 |\n|---|\n${`| ${word} |\n`.repeat(150)}`;
  const words = (word: string): string => `12 *${word}* ${'*x* '.repeat(400)}`;
  const texts = [words, rows, items, (word: string) => `> ${word}\n>\n`.repeat(150)].map((make) => [make('שלום'), make('word')]);
  const body = await shown(`${texts.flat().join('\n\ntext\n\n')}\n\nעברית\n`);
  await painted(10);
  const given = [...body.querySelectorAll('[dir]')].filter((block) => block.textContent !== 'text');
  expect(given.map((block) => `${block.localName} ${block.getAttribute('dir')} ${getComputedStyle(block).direction}`)).toEqual([
    'p rtl rtl',
    'p ltr ltr',
    'table rtl rtl',
    'table ltr ltr',
    'ul rtl rtl',
    'ul ltr ltr',
    'blockquote rtl rtl',
    'blockquote ltr ltr',
    'p auto rtl',
  ]);
});

test('a task’s box is beside the first line of its text, in a loose list too', async () => {
  const body = await shown('- [x] one\n- [ ] two\n\ntext\n\n- [x] three\n\n- [ ] four\n');
  const middle = ({ top, height }: DOMRect): number => top + height / 2;
  const boxes = [...body.querySelectorAll('input')];
  expect(boxes).toHaveLength(4);
  for (const box of boxes) {
    const distance = middle(box.getBoundingClientRect()) - middle(line(box.nextElementSibling as Element));
    expect(Math.abs(distance), box.parentElement?.textContent ?? '').toBeLessThan(2);
  }
});

test('a column’s header stands where its cells do', async () => {
  const body = await shown('| name | value |\n|---|:-:|\n| something long | and another |\n');
  expect(line(find(body, 'th')).left).toBeCloseTo(line(find(body, 'td')).left, 0);
});

test('[UI36] numbers in a table of a script that is written to the left stand below their headers', async () => {
  const body = await shown('| المدينة | السكان الحاليون |\n|---|---|\n| 1 | 22 |\n| القاهرة | ٣٣ |\n');
  const [first, second] = body.querySelectorAll('th');
  for (const row of body.querySelectorAll('tbody > tr')) {
    expect(line(row.children[0] as Element).right).toBeCloseTo(line(first as Element).right, 0);
    expect(line(row.children[1] as Element).right).toBeCloseTo(line(second as Element).right, 0);
  }
});

test('a row with fewer cells than the header is ruled all along', async () => {
  const body = await shown('| a | b |\n|---|---|\n| one |\n| 1 | 2 |\n');
  const row = body.querySelector('tbody > tr') as Element;
  const colour = await drawn();
  const { left, right, top } = row.getBoundingClientRect();
  const ruled = (x: number): boolean => [-1, 0, 1].some((dy) => colour(x, top + dy) !== colour(x, top + 8));
  expect([ruled(left + 4), ruled(right - 4)]).toEqual([true, true]);
});

test.each([120, 1200])('the last number of %i items is drawn whole', async (count) => {
  const body = await shown('1. item\n'.repeat(count));
  const last = [...body.querySelectorAll('li')].at(-1) as HTMLElement;
  const range = document.createRange();
  range.selectNodeContents(last);
  const { left, top, height } = range.getBoundingClientRect();
  const digit = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
  digit.font = getComputedStyle(last).font;
  const start = left - digit.measureText(`${count}. `).width;
  const { width } = digit.measureText('1');
  expect(start).toBeGreaterThan(1 + (body.closest('[data-stream-panel]')?.getBoundingClientRect().left ?? 0));
  const colour = await drawn();
  const seen = new Set<string>();
  for (let x = start; x < start + width; x += 1) for (let y = top; y < top + height; y += 1) seen.add(colour(x, y));
  expect(seen.size).toBeGreaterThan(1);
});

test('a ring of focus is drawn all around', async () => {
  const body = await shown('| a | b |\n|---|---|\n| 1 | 2 |\n');
  const table = find(body, '.sluice-table');
  table.focus();
  const { left, top, height } = table.getBoundingClientRect();
  const colour = await drawn();
  expect([-4, -3, -2, -1].map((distance) => colour(left + distance, top + height / 2))).toContain(getComputedStyle(table).outlineColor);
});

test('buttons of a block of code are not printed', async () => {
  const body = await shown('```ts\ncode\n```\n');
  const seen = (): boolean[] => [...body.querySelectorAll('button')].map((button) => button.checkVisibility());
  expect(seen()).toEqual([true, true]);
  const session = cdp() as Session;
  await session.send('Emulation.setEmulatedMedia', { media: 'print' });
  onTestFinished(() => session.send('Emulation.setEmulatedMedia', { media: '' }) as Promise<void>);
  expect(seen()).toEqual([false, false]);
});

test('what has a dark theme is printed dark on light', async () => {
  const body = await shown('text\n');
  document.documentElement.dataset['theme'] = 'dark';
  const session = cdp() as Session;
  onTestFinished(async () => {
    delete document.documentElement.dataset['theme'];
    await session.send('Emulation.setEmulatedMedia', { media: '' });
  });
  const ink = (): number => Number(/\d+/.exec(getComputedStyle(body).color)?.[0]);
  expect(ink()).toBeGreaterThan(200);
  await session.send('Emulation.setEmulatedMedia', { media: 'print' });
  expect(ink()).toBeLessThan(60);
});

test('a thematic break is seen with forced colours', async () => {
  const session = cdp() as Session;
  await session.send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: 'active' }] });
  onTestFinished(() => session.send('Emulation.setEmulatedMedia', { features: [] }) as Promise<void>);
  const body = await shown('one\n\n---\n\ntwo\n');
  const { left, top } = find(body, 'hr').getBoundingClientRect();
  const colour = await drawn();
  expect([-1, 0, 1].map((distance) => colour(left + 40, top + distance))).not.toEqual(Array(3).fill(colour(left + 40, top - 6)));
});

const nested = (prefix: (depth: number) => string, depth: number): string =>
  Array.from({ length: depth }, (_, index) => `${prefix(index)}level ${index}\n${prefix(index).trimEnd()}\n`).join('');

test.each([
  ['400px', '- lists', nested((depth) => `${'  '.repeat(depth)}- `, 20).replaceAll(/ *-\n/g, ''), 60],
  ['200px', '- lists', nested((depth) => `${'  '.repeat(depth)}- `, 20).replaceAll(/ *-\n/g, ''), 30],
  ['400px', '> quotes', nested((depth) => '> '.repeat(depth + 1), 20), 60],
  ['200px', '> quotes', nested((depth) => '> '.repeat(depth + 1), 20), 25],
] as const)('[UI36] in a panel of %s, 20 of the %s in one another have room for words', async (width, _, text, least) => {
  const body = await shown(text, width);
  const paragraphs = [...body.querySelectorAll('p')];
  expect(paragraphs.length).toBe(20);
  const { right } = body.getBoundingClientRect();
  for (const paragraph of paragraphs) {
    const box = (paragraph.closest('li') ?? paragraph).getBoundingClientRect();
    expect(box.width, paragraph.textContent ?? '').toBeGreaterThan(least);
    expect(line(paragraph).right).toBeLessThanOrEqual(right);
  }
});

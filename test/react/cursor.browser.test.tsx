import { expect, onTestFinished, test } from 'vitest';
import { page as browser } from 'vitest/browser';
import { StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { start } from './events.ts';
import { openPage, painted } from './page.tsx';

/** The open line of a plain panel whose stream runs. */
async function openLine(text: string): Promise<HTMLElement> {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} style={{ height: '300px' }} />);
  source.push(start, { type: 'text', part: 't0', delta: text });
  await expect.poll(() => page.body().textContent).toBe(text);
  await painted(2);
  return page.body().querySelector('.sluice-line:last-child') as HTMLElement;
}

function textOf(line: HTMLElement): DOMRect {
  const range = document.createRange();
  range.selectNodeContents(line);
  return [...range.getClientRects()].at(-1) as DOMRect;
}

/** How far right of `left` something is drawn in this colour in the middle of a line, px. */
async function drawnAt(colour: string, { left, right, top, height }: DOMRect): Promise<readonly number[]> {
  const base64 = await browser.screenshot({ save: false, element: document.documentElement });
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(image, 0, 0);
  const scale = image.width / document.documentElement.getBoundingClientRect().width;
  const isDrawn = (x: number): boolean => {
    const { data } = context.getImageData(Math.floor(x * scale), Math.floor((top + height / 2) * scale), 1, 1);
    return `rgb(${[...data.slice(0, 3)].join(', ')})` === colour;
  };
  const places: number[] = [];
  for (let x = Math.floor(left) - 16; x < right + 16; x += 1) if (isDrawn(x)) places.push(x - left);
  return places;
}

test.each([
  ['ltr', 'Words', 'ltr'],
  ['ltr', 'שלום', 'rtl'],
  ['rtl', 'Words', 'ltr'],
  ['rtl', 'שלום', 'rtl'],
])('[UI4] on a page from %s the cursor is behind the last letter of %s', async (page, text, direction) => {
  document.documentElement.dir = page;
  document.documentElement.style.setProperty('--sluice-accent', 'rgb(250, 0, 250)');
  onTestFinished(() => {
    document.documentElement.removeAttribute('dir');
    document.documentElement.removeAttribute('style');
  });
  const rect = textOf(await openLine(text));
  const places = await drawnAt('rgb(250, 0, 250)', rect);
  expect(places.length).toBeGreaterThanOrEqual(4);
  expect(places.length).toBeLessThanOrEqual(12);
  for (const place of places) {
    if (direction === 'ltr') expect(place).toBeGreaterThan(rect.width - 1);
    else expect(place).toBeLessThan(0);
  }
});

test('[UI4] no line wraps for the cursor', async () => {
  const line = await openLine('one two three four five six seven eight nine ten eleven twelve');
  const without = document.createElement('style');
  without.textContent = '.sluice-line::after { content: none !important }';
  onTestFinished(() => without.remove());
  const heights = (): readonly number[] =>
    Array.from({ length: 200 }, (_, index) => {
      line.style.width = `${200 + index}px`;
      return line.getBoundingClientRect().height;
    });
  const before = heights();
  expect(new Set(before).size).toBeGreaterThan(1);
  document.head.append(without);
  expect(heights()).toEqual(before);
});

import { expect, onTestFinished, test } from 'vitest';
import { page as browser } from 'vitest/browser';
import { StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { start } from './events.ts';
import { openPage, painted } from './page.tsx';

type View = 'plain' | 'markdown';

/** What the cursor is in, of a panel whose stream runs. */
async function openEnd(text: string, view: View = 'plain'): Promise<HTMLElement> {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view={view} style={{ height: '300px' }} />);
  source.push(start, { type: 'text', part: 't0', delta: text });
  const last = /[\p{L}]+$/u.exec(text)?.[0] ?? '';
  await expect.poll(() => page.body().textContent).toContain(last);
  await painted(2);
  return [...page.body().querySelectorAll<HTMLElement>(view === 'plain' ? '.sluice-line' : 'p, td, th')].at(-1) as HTMLElement;
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

async function expectBehind(text: string, direction: 'ltr' | 'rtl', view?: View): Promise<void> {
  document.documentElement.style.setProperty('--sluice-accent', 'rgb(250, 0, 250)');
  onTestFinished(() => document.documentElement.removeAttribute('style'));
  const rect = textOf(await openEnd(text, view));
  const places = await drawnAt('rgb(250, 0, 250)', rect);
  expect(places.length).toBeGreaterThanOrEqual(4);
  expect(places.length).toBeLessThanOrEqual(12);
  for (const place of places) {
    if (direction === 'ltr') expect(place).toBeGreaterThan(rect.width - 1);
    else expect(place).toBeLessThan(0);
  }
}

test.each([
  ['ltr', 'Words', 'ltr'],
  ['ltr', 'שלום', 'rtl'],
  ['rtl', 'Words', 'ltr'],
  ['rtl', 'שלום', 'rtl'],
] as const)('[UI4] on a page from %s the cursor is behind the last letter of %s', async (page, text, direction) => {
  document.documentElement.dir = page;
  onTestFinished(() => document.documentElement.removeAttribute('dir'));
  await expectBehind(text, direction);
});

test.each([
  ['Words', 'ltr'],
  ['Some **words', 'ltr'],
  ['שלום', 'rtl'],
  ['- Words\n- שלום', 'rtl'],
  ['- שלום\n- Words', 'ltr'],
  ['- one\n  - two\n    1. Words', 'ltr'],
  ['> one\n>\n> - two\n> - Words', 'ltr'],
  ['> one\n> > שלום', 'rtl'],
  ['| a | b |\n|---|---|\n| one | two |\n| one | Words', 'ltr'],
  ['| a | b |\n|---|---|\n| one | שלום', 'rtl'],
] as const)('[UI4] in Markdown the cursor is behind the last letter of %j', (text, direction) => expectBehind(text, direction, 'markdown'));

test.each(['plain', 'markdown'] as const)('[UI4] no line wraps for the cursor (%s)', async (view) => {
  const line = await openEnd('one two three four five six seven eight nine ten eleven twelve', view);
  const without = document.createElement('style');
  without.textContent = ':is(.sluice-line, .sluice-blocks p)::after { content: none !important }';
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

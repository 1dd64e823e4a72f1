import { expect } from 'vitest';
import { type MathRenderer, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage, type Page } from '../page.tsx';
import { longAnswer } from './answer.ts';

export const formulas = 'Roots of $x^2 = \\$4$, and\n\n$$\ny = 1\n$$';

export interface Long {
  readonly page: Page;
  readonly source: ManualSource;
  readonly text: string;
  readonly scroller: HTMLElement;
  readonly list: HTMLElement;
  fromEnd(): number;
}

/** A panel with a long answer, there at once; `math`: and `formulas` in its middle. */
export async function openLong(length: number, ends = true, math?: MathRenderer): Promise<Long> {
  const page = openPage();
  const source = new ManualSource();
  const text = math ? `${longAnswer(length / 2)}\n\n${formulas}\n\n${longAnswer(length / 2)}` : longAnswer(length);
  source.push(start);
  for (let at = 0; at < text.length; at += 65_536) source.text(text.slice(at, at + 65_536));
  if (ends) source.push(finish);
  page.render(<StreamPanel source={source} view="markdown" title="Long" {...(math && { markdown: { math } })} />);
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
export function sight({ scroller, list }: Long): { readonly name: string; readonly element: Element; readonly top: number } {
  const { top } = scroller.getBoundingClientRect();
  for (const element of list.querySelectorAll('.sluice-blocks > p')) {
    const box = element.getBoundingClientRect();
    if (box.top >= top) return { name: /Paragraph \d+/.exec(element.textContent ?? '')?.[0] ?? '', element, top: box.top };
  }
  throw new Error('No paragraph is in sight.');
}

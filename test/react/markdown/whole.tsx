import { expect } from 'vitest';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { openPage } from '../page.tsx';

/** What a panel shows of a text that is there at once. */
export async function shownWhole(text: string): Promise<string> {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: text }, finish);
  page.render(<StreamPanel source={source} view="markdown" />);
  await expect.poll(() => page.status()).toBe('done');
  return bare(page.body());
}

/** The content, without what depends on when it was shown: ids, and groups of lines and blocks. */
export function bare(body: HTMLElement): string {
  const copy = body.cloneNode(true) as HTMLElement;
  for (const element of copy.querySelectorAll('[id], [href^="#"], [aria-labelledby]')) {
    for (const name of ['id', 'href', 'aria-labelledby']) if (element.getAttribute(name)?.includes('_r')) element.removeAttribute(name);
  }
  for (const code of copy.querySelectorAll('pre > code')) code.textContent = String(code.textContent);
  for (const group of copy.querySelectorAll('.sluice-box, p > span:not([class])')) group.replaceWith(...group.childNodes);
  copy.normalize();
  return copy.innerHTML;
}

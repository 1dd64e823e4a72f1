import { type ReactNode, useReducer } from 'react';
import { expect, onTestFinished, test } from 'vitest';
import { StreamPanel } from '../../src/index.ts';
import { katex } from '../../src/plugins/katex.tsx';
import { finish, start } from '../react/events.ts';
import { frame, openPage, type Page } from '../react/page.tsx';
import { ManualSource } from '../support/source.ts';

test('[UI26] who is at the end is there when formulas that waited are drawn', async () => {
  const page = openPage();
  const source = new ManualSource();
  const markdown = { math: katex() };
  page.render(<StreamPanel source={source} view="markdown" markdown={markdown} style={{ height: 300 }} />);
  source.push(start);
  source.text(
    Array.from({ length: 100 }, () => '$$\n\\begin{matrix}a\\\\b\\\\c\\\\d\\\\e\\end{matrix}\n$$')
      .join('\n\n')
      .concat('\n\n'),
  );
  await expect.poll(() => page.body().querySelectorAll('.katex').length).toBe(100);
  await frame(5);
  expectAtEnd(page, 1000);
});

test.each(['streaming', 'done'] as const)('[UI38] who is at the end is there when a picture has come (%s)', async (status) => {
  const page = openPage();
  const source = new ManualSource();
  const notYet = document.createElement('style');
  notYet.textContent = 'img { height: 1px !important }';
  document.head.append(notYet);
  onTestFinished(() => notYet.remove());
  const markdown = { imagePrefixes: ['/docs/'] };
  page.render(<StreamPanel source={source} view="markdown" markdown={markdown} style={{ height: 300 }} />);
  source.push(start);
  source.text(`${'A paragraph.\n\n'.repeat(20)}![demo](/docs/demo.png)\n\nLast words.\n\n`);
  if (status === 'done') source.push(finish);
  await expect.poll(() => page.status()).toBe(status);
  await expect.poll(() => page.body().querySelector('img')?.complete).toBe(true);
  const picture = page.body().querySelector('img') as HTMLImageElement;
  await frame(10);
  notYet.remove();
  await frame(5);
  expect(picture.clientHeight).toBeGreaterThan(100);
  expectAtEnd(page, 300);
});

function Late(): ReactNode {
  const [height, grow] = useReducer(() => 300, 20);
  return <button type="button" data-late="" style={{ height }} onClick={grow} />;
}

/** A finished answer with a component of the app's, whose height is its own. */
async function openLate(): Promise<{ readonly page: Page; readonly late: HTMLElement }> {
  const page = openPage();
  const source = new ManualSource();
  const markdown = { components: { code: Late } };
  page.render(<StreamPanel source={source} view="markdown" markdown={markdown} style={{ height: 300 }} />);
  source.push(start);
  source.text(`${'A paragraph.\n\n'.repeat(20)}\`\`\`\ncode\n\`\`\`\n\nLast words.\n\n`);
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  await frame(5);
  return { page, late: page.body().querySelector('[data-late]') as HTMLElement };
}

test('[UI38] who is at the end is there when a component of the app has grown', async () => {
  const { page, late } = await openLate();
  late.click();
  await frame(5);
  expect(late.offsetHeight).toBe(300);
  expectAtEnd(page, 300);
});

test('[UI38] who is at the end is there when something has been less high before it is higher', async () => {
  const { page, late } = await openLate();
  late.style.height = '200px';
  await frame(10);
  expectAtEnd(page, 300);
  // The browser puts the scroller where there is text, and tells of it when there is more again.
  await new Promise<void>((resolve) => {
    requestAnimationFrame(() => {
      late.style.height = '20px';
      setTimeout(() => {
        late.style.height = '600px';
        resolve();
      });
    });
  });
  await frame(5);
  expectAtEnd(page, 300);
});

test('[UI38] who is at the end, and has nothing selected, stays there when several texts that grew are written anew', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" style={{ height: 300, width: 260 }} />);
  source.push(start);
  source.text('A paragraph.\n\n'.repeat(20));
  await expect.poll(() => page.body().querySelector('p')).not.toBeNull();
  for (const piece of ['- See [it],', ` which ${'is long '.repeat(20)}`, '\n- see [it],', ' which is short', '\n\n']) {
    source.text(piece);
    await frame(4);
  }
  getSelection()?.removeAllRanges();
  source.text('[it]: /it\n\n');
  await expect.poll(() => page.body().querySelectorAll('a[href]').length).toBe(2);
  await frame(5);
  expectAtEnd(page, 300);
});

function expectAtEnd(page: Page, least: number): void {
  const scroller = page.body().closest('.sluice-scroller') as HTMLElement;
  expect(scroller.scrollTop).toBeGreaterThan(least);
  expect(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop).toBeLessThanOrEqual(1);
}

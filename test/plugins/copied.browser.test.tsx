import type { ReactNode } from 'react';
import { expect, onTestFinished, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { katex } from '../../src/plugins/katex.tsx';
import { type CodePage, frame, openPage } from '../react/code/page.tsx';

const { Math: Formula } = katex();

const answer = (
  <article>
    <p>
      With <strong>bold</strong> <Formula tex="x^2" display={false} /> and <Formula tex="\frac{a}{b}" display={false} />, so
    </p>
    <Formula tex={'\\sum_{i=1}^n i\n= n\n'} display />
    <p>The end.</p>
  </article>
);

interface Pasted {
  readonly text: string;
  readonly html: string;
}

async function open(ui: ReactNode, formulas: number): Promise<CodePage> {
  const page = openPage(ui);
  await expect.poll(() => page.container.querySelectorAll('.katex').length).toBe(formulas);
  return page;
}

/** What is on the clipboard. */
async function paste(): Promise<Pasted> {
  const pasted = new Promise<Pasted>((resolve) => {
    const read = ({ clipboardData }: ClipboardEvent): void =>
      resolve({ text: clipboardData?.getData('text/plain') ?? '', html: clipboardData?.getData('text/html') ?? '' });
    document.addEventListener('paste', read, { once: true });
  });
  await userEvent.keyboard('{Control>}v{/Control}');
  return await pasted;
}

const copy = (): Promise<void> => userEvent.keyboard('{Control>}c{/Control}');
const article = (page: CodePage): Element => page.container.querySelector('article') as Element;

test('[UI26] formulas are copied as their TeX, once, and what is around them as ever', async () => {
  const page = await open(answer, 3);
  const before = article(page).innerHTML;
  const shown: string[] = [];
  getSelection()?.selectAllChildren(article(page));
  const watch = (): void => {
    shown.push(article(page).innerHTML);
    if (shown.length < 5) requestAnimationFrame(watch);
  };
  document.addEventListener('copy', () => requestAnimationFrame(watch), { once: true });
  await copy();
  await expect.poll(() => shown.length).toBe(5);
  // No picture is drawn with it.
  expect(new Set(shown)).toEqual(new Set([before]));
  expect(getSelection()?.toString()).toContain('The end.');
  const { text, html } = await paste();
  expect(text.trim()).toBe('With bold $x^2$ and $\\frac{a}{b}$, so\n\n$$\n\\sum_{i=1}^n i\n= n\n$$\nThe end.');
  expect(html).toMatch(/<strong[^>]*>bold<\/strong>/);
  expect(html).not.toContain('<math');
});

test('[UI26] of a formula that is selected in part all of it is copied, and the selection stays', async () => {
  const page = await open(answer, 3);
  const [first, second] = page.container.querySelectorAll('.katex-html');
  const within = (element: Element | undefined): Text => {
    const text = document.createTreeWalker(element as Element, NodeFilter.SHOW_TEXT).nextNode();
    return text as Text;
  };
  for (const [from, to, copied] of [
    [within(first), within(second), '$x^2$ and $\\frac{a}{b}$'],
    [within(second), within(first), '$x^2$ and $\\frac{a}{b}$'],
    [within(first), first as Element, '$x^2$'],
    [within(first), article(page).lastChild?.firstChild as Text, /^\$x\^2\$ and \$\\frac{a}{b}\$, so\s+\$\$\n[^$]*\n\$\$\s+The$/],
  ] as const) {
    const selection = getSelection() as Selection;
    // Of one that is not entered nothing is selected.
    const fromOffset = from === within(second) ? 1 : 0;
    selection.setBaseAndExtent(from, fromOffset, to, to === first ? 1 : typeof copied === 'string' ? (to.textContent?.length ?? 0) : 3);
    const before = [selection.anchorNode, selection.anchorOffset, selection.focusNode, selection.focusOffset];
    await copy();
    await frame(2);
    expect([selection.anchorNode, selection.anchorOffset, selection.focusNode, selection.focusOffset]).toEqual(before);
    expect((await paste()).text.trim()).toEqual(typeof copied === 'string' ? copied : expect.stringMatching(copied));
  }
});

test('[UI26] what the app copies itself it copies, and what has no formula in it is nothing to them', async () => {
  const page = await open(answer, 3);
  const own = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', 'the app’s');
    event.preventDefault();
  };
  const element = article(page);
  for (const target of [element, document, window]) {
    target.addEventListener('copy', own as EventListener);
    onTestFinished(() => target.removeEventListener('copy', own as EventListener));
    getSelection()?.selectAllChildren(element);
    await copy();
    await frame(2);
    expect((await paste()).text).toBe('the app’s');
    target.removeEventListener('copy', own as EventListener);
    expect(element.querySelectorAll('.katex')).toHaveLength(3);
  }
  const changes: unknown[] = [];
  const observer = new MutationObserver((records) => changes.push(...records));
  observer.observe(element, { childList: true, subtree: true });
  getSelection()?.selectAllChildren(element.lastElementChild as Element);
  await copy();
  expect((await paste()).text.trim()).toBe('The end.');
  observer.disconnect();
  expect(changes).toEqual([]);
});

test('[UI26] a formula that the selection ends in front of is not copied', async () => {
  const page = await open(
    <article>
      <p>In front.</p>
      <Formula tex="x^2" display />
      <p>Behind.</p>
    </article>,
    1,
  );
  const [front, block, behind] = [...article(page).children];
  const firstText = (selector: string): Text =>
    document.createTreeWalker(block?.querySelector(selector) as Element, NodeFilter.SHOW_TEXT).nextNode() as Text;
  const text = (element: Element | undefined): Text => element?.firstChild as Text;
  const selection = getSelection() as Selection;
  for (const node of [block as Element, firstText('math'), firstText('.katex-html')]) {
    selection.setBaseAndExtent(text(front), 0, node, 0);
    await copy();
    await frame(2);
    expect(selection.focusNode).toBe(node);
    expect((await paste()).text.trim()).toBe('In front.');
  }
  selection.setBaseAndExtent(block as Element, 1, text(behind), 7);
  await copy();
  await frame(2);
  expect((await paste()).text.trim()).toBe('Behind.');
  await userEvent.tripleClick(front as Element);
  await copy();
  expect((await paste()).text.trim()).toBe('In front.');
});

test('[UI26] what the page selects while it copies, and what it shortens, it keeps', async () => {
  const page = await open(answer, 3);
  const end = article(page).lastChild?.firstChild as Text;
  const inside = page.container.querySelector('.katex-html') as Element;
  const selection = getSelection() as Selection;
  const onCopy = (listener: () => void): void => document.addEventListener('copy', listener, { once: true });
  selection.setBaseAndExtent(inside, 0, end, 3);
  onCopy(() => selection.removeAllRanges());
  await copy();
  await frame(2);
  expect(selection.rangeCount).toBe(0);
  selection.setBaseAndExtent(inside, 0, end, 3);
  onCopy(() => selection.selectAllChildren(article(page).firstElementChild as Element));
  await copy();
  await frame(2);
  expect(selection.anchorNode).toBe(article(page).firstElementChild);
  const errors: unknown[] = [];
  const onError = (event: ErrorEvent): void => void errors.push(event.message);
  addEventListener('error', onError);
  onTestFinished(() => removeEventListener('error', onError));
  selection.setBaseAndExtent(inside, 0, end, 3);
  onCopy(() => {
    end.data = '';
  });
  await copy();
  await frame(2);
  expect(errors).toEqual([]);
  expect(page.container.querySelectorAll('.katex')).toHaveLength(3);
});

test('[UI26] what scrolls stays where it is, also if the browser lays out while it copies', async () => {
  const page = await open(
    <div style={{ height: 100, overflow: 'auto', overflowAnchor: 'none' }}>
      {Array.from({ length: 8 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stay
        <Formula key={index} tex={'\\begin{matrix}a\\\\b\\\\c\\\\d\\\\e\\end{matrix}'} display />
      ))}
    </div>,
    8,
  );
  const scroller = page.container.querySelector('div[style]') as HTMLElement;
  scroller.scrollTop = scroller.scrollHeight;
  const top = scroller.scrollTop;
  const during: number[] = [];
  document.addEventListener('copy', () => during.push(scroller.scrollTop), { once: true });
  getSelection()?.selectAllChildren(scroller);
  await copy();
  await frame(2);
  expect(during[0]).toBeLessThan(top);
  expect(scroller.scrollTop).toBe(top);
});

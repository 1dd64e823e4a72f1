import { Profiler } from 'react';
import { expect, onTestFinished, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { CodeBlock } from '../../../src/react/markdown/code/CodeBlock.tsx';
import { createBlock } from './block.ts';
import { createHighlighter, frame, openCode, openPage } from './page.tsx';

const isColoured = (line: Element | undefined): boolean => line?.querySelector('span') != null;
const numbered = (from: number, count: number): string => Array.from({ length: count }, (_, index) => `line ${from + index}\n`).join('');

test('[UI22] the text of the code element is exactly the code, however it comes and whatever is withdrawn', async () => {
  let state = 11;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const pieces = ['a', ' ', '\n', '\n\n', '\t', 'word ', '`', '``', 'é👍', 'x'.repeat(3000), 'line\n'.repeat(30), '\r\n'];
  for (let round = 0; round < 12; round += 1) {
    const highlighter = createHighlighter();
    const block = createBlock('ts');
    const page = await openCode(block, { highlight: highlighter });
    let text = '';
    for (let step = 0; step < 60; step += 1) {
      if (random(5) === 0) {
        const from = Math.max(0, text.length - random(random(4) === 0 ? 4000 : 6));
        text = text.slice(0, from) + (random(2) === 0 ? '' : '~');
        block.replace(from, text.slice(from));
      } else {
        const piece = pieces[random(pieces.length)] ?? '';
        text += piece;
        block.append(piece);
      }
      if (random(3) === 0) highlighter.answer(1 + random(20));
      if (random(8) === 0) await frame();
      expect(page.code.textContent === text, `round ${round}, step ${step}`).toBe(true);
    }
    block.close();
    highlighter.answer();
    expect(page.code.textContent).toBe(text);
    const lines = text.split(/(?<=\n)/).filter((line) => /^\w/.test(line) && line.length < 2048);
    await expect.poll(() => page.lines.filter(isColoured).length).toBeGreaterThanOrEqual(lines.length);
    page.container.remove();
  }
});

test('[UI22] the open line is one text node that grows; finished lines and groups are not touched again', async () => {
  const block = createBlock('', numbered(0, 410));
  const page = await openCode(block);
  block.append('open');
  const open = page.lines.at(-1)?.firstChild;
  const touched = new Set<Node>();
  const observer = new MutationObserver((records) => {
    for (const { target } of records) touched.add(target);
  });
  observer.observe(page.code, { childList: true, characterData: true, attributes: true, subtree: true });
  block.append(' line');
  block.append(' grows\n');
  for (const { target } of observer.takeRecords()) touched.add(target);
  expect(page.lines.at(-1)?.firstChild).toBe(open);
  expect(open?.textContent).toBe('open line grows\n');
  expect([...touched]).toEqual([open]);
  expect([...page.code.children].map((group) => [group.childElementCount, getComputedStyle(group).contentVisibility === 'auto'])).toEqual([
    [200, true],
    [200, true],
    [11, false],
  ]);
});

/** What is in what: a line is its text, a group or part an array. */
const nested = (element: Element): unknown =>
  element.matches('.sluice-line') ? element.textContent : [...element.children].map((child) => nested(child));

test('[UI22] withdrawn across groups and parts of groups, lines in front of the cut are not touched, and what comes goes on there', async () => {
  const whole = Array.from({ length: 3_500 }, (_, index) => `${index}\n`.padStart(5, '0')).join('');
  const block = createBlock('', whole);
  const { code } = await openCode(block);
  const lines = (): Element[] => [...code.querySelectorAll('.sluice-line')];
  const shape = nested(code);
  // Eight groups of 200 lines, a part of eight, and a part of two.
  expect([...code.children].map(({ className }) => className)).toEqual([
    ...Array.from({ length: 8 }, () => 'sluice-lines'),
    'sluice-lines-part',
    'sluice-lines-part',
  ]);
  const observer = new MutationObserver(() => {});
  observer.observe(code, { childList: true, characterData: true, attributes: true, subtree: true });
  onTestFinished(() => observer.disconnect());
  // Within a line of the part before, at the end of a part, at the end of a group, at the end of the groups that are in no part, among these.
  for (const cut of [13_498, 16_000, 12_000, 8_000, 3_998]) {
    const before = lines();
    observer.takeRecords();
    block.replace(cut, '');
    expect(code.textContent === whole.slice(0, cut), `cut at ${cut}`).toBe(true);
    const kept = lines();
    expect(kept.length).toBe(Math.ceil(cut / 5));
    expect(kept.every((line, index) => line === before[index])).toBe(true);
    const untouched = new Set<Element | null | undefined>(kept.slice(0, Math.floor(cut / 5)));
    const lineOf = (node: Node): Element | null | undefined =>
      (node instanceof Element ? node : node.parentElement)?.closest('.sluice-line');
    const touched = (): Node[] => observer.takeRecords().flatMap(({ target }) => (untouched.has(lineOf(target)) ? [target] : []));
    expect(touched()).toEqual([]);
    for (let at = cut; at < whole.length; at += 4_001) {
      block.append(whole.slice(at, at + 4_001));
      expect(code.textContent === whole.slice(0, at + 4_001), `cut at ${cut}, again to ${at + 4_001}`).toBe(true);
    }
    expect(touched()).toEqual([]);
    expect(nested(code)).toEqual(shape);
  }
});

test('[UI3] lines of code cause no React render', async () => {
  const block = createBlock('ts');
  let commits = 0;
  const page = openPage(
    <Profiler
      id="code"
      onRender={() => {
        commits += 1;
      }}
    >
      <CodeBlock block={block} />
    </Profiler>,
  );
  await expect.poll(() => page.code).not.toBeNull();
  await frame(2);
  const before = commits;
  for (let index = 0; index < 200; index += 1) block.append(`const a${index} = ${index};\n`);
  await frame(2);
  expect(page.lines).toHaveLength(200);
  expect(commits).toBe(before);
});

test('[UI23] finished lines are coloured in place: same text, same height, no line loses its colour again', async () => {
  const highlighter = createHighlighter();
  const block = createBlock('ts', numbered(0, 40));
  const page = await openCode(block, { highlight: highlighter });
  const height = page.code.getBoundingClientRect().height;
  const tops = page.lines.map((line) => line.getBoundingClientRect().top);
  highlighter.answer();
  await expect.poll(() => page.lines.every(isColoured)).toBe(true);
  expect(page.code.getBoundingClientRect().height).toBe(height);
  expect(page.lines.map((line) => line.getBoundingClientRect().top)).toEqual(tops);
  const losses: Node[] = [];
  const observer = new MutationObserver((records) => {
    for (const { target } of records)
      if (target instanceof Element && target.matches('.sluice-line') && !isColoured(target)) losses.push(target);
  });
  observer.observe(page.code, { childList: true, subtree: true });
  for (let index = 0; index < 20; index += 1) {
    block.append(`more ${index}\nope`);
    block.append('n');
    highlighter.answer();
    await frame();
    block.append(' end\n');
  }
  block.replace(block.length - 1, '');
  block.close();
  highlighter.answer();
  await expect.poll(() => page.lines.every(isColoured)).toBe(true);
  expect(losses).toEqual([]);
  expect(highlighter.opened).toBe(1);
});

test('[UI23] colours follow the colour scheme without the code being touched', async () => {
  const highlighter = createHighlighter();
  const page = await openCode(createBlock('ts', 'word\n'), { highlight: highlighter });
  highlighter.answer();
  await expect.poll(() => page.lines.every(isColoured)).toBe(true);
  const span = page.code.querySelector('.sluice-line > span') as HTMLElement;
  page.container.dataset['theme'] = 'light';
  expect(getComputedStyle(span).color).toBe('rgb(255, 0, 0)');
  page.container.dataset['theme'] = 'dark';
  expect(getComputedStyle(span).color).toBe('rgb(0, 255, 0)');
  expect(page.code.querySelector('.sluice-line > span')).toBe(span);
  expect(span.getAttribute('style')).toBeNull();
});

test('[UI24] a selection in lines that are coloured is what it was, in its direction', async () => {
  const silenced = new AbortController();
  onTestFinished(() => silenced.abort());
  const highlighter = createHighlighter();
  const page = await openCode(createBlock('ts', 'first line\nsecond line\nthird line\n'), { highlight: highlighter });
  const selection = document.getSelection() as Selection;
  const [first, , third] = page.lines.map((line) => line.firstChild as Text);
  selection.setBaseAndExtent(first as Text, 2, third as Text, 7);
  const text = selection.toString();
  // Also where nobody has been told of it yet: the event comes a task late.
  document.addEventListener('selectionchange', (event) => event.stopImmediatePropagation(), { capture: true, signal: silenced.signal });
  highlighter.answer(2);
  await expect.poll(() => page.lines.slice(0, 2).every(isColoured)).toBe(true);
  expect(document.getSelection()?.toString()).toBe(text);
  selection.setBaseAndExtent(page.lines[2]?.firstChild as Text, 8, page.lines[2]?.firstChild as Text, 3);
  highlighter.answer();
  await expect.poll(() => page.lines.every(isColoured)).toBe(true);
  expect(selection.toString()).toBe('rd li');
  const backwards = document.createRange();
  backwards.setStart(selection.anchorNode as Node, selection.anchorOffset);
  expect(backwards.comparePoint(selection.focusNode as Node, selection.focusOffset)).toBe(-1);
});

test('[UI24] selected over several lines, the code is what is copied', async () => {
  const code = 'if (a) {\n\n  b();\n}\n';
  const page = await openCode(createBlock('ts', code));
  document.getSelection()?.selectAllChildren(page.code);
  expect(document.getSelection()?.toString().trimEnd()).toBe(code.trimEnd());
});

test('an unknown language stays plain, and is not asked for again', async () => {
  const highlighter = createHighlighter();
  const block = createBlock('unknown', 'a\n');
  const page = await openCode(block, { highlight: highlighter });
  block.append('b\n');
  highlighter.answer();
  await frame(2);
  expect(page.lines.some(isColoured)).toBe(false);
  expect(highlighter.opened).toBe(0);
});

test('[UI23] shown again, a block has its colours at once', async () => {
  const highlighter = createHighlighter();
  const block = createBlock('ts', numbered(0, 30));
  block.close();
  const page = await openCode(block, { highlight: highlighter });
  highlighter.answer();
  await expect.poll(() => page.lines.every(isColoured)).toBe(true);
  page.container.remove();
  const again = await openCode(block, { highlight: highlighter });
  expect(again.lines).toHaveLength(30);
  expect(again.lines.every(isColoured)).toBe(true);
  expect(highlighter.opened).toBe(1);
});

test('[UI25] the copy button copies exactly the code, by keyboard, and says so politely', async () => {
  const written: string[] = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => void written.push(text));
  onTestFinished(() => void vi.restoreAllMocks());
  const code = '\tif (a) {\n\n  "é👍" \n}';
  const page = await openCode(createBlock('ts', code));
  const button = page.container.querySelector<HTMLElement>('[aria-label="Copy code"]');
  button?.focus();
  await userEvent.keyboard('{Enter}');
  expect(written).toEqual([code]);
  await expect.poll(() => document.querySelector('[data-sluice-announcer="polite"]')?.textContent).toBe('Code copied.');
  expect(document.activeElement).toBe(button);
});

test('[UI25] without permission for the clipboard the code is copied all the same', async () => {
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('denied', 'NotAllowedError'));
  onTestFinished(() => void vi.restoreAllMocks());
  const code = 'one\n  two\n';
  const page = await openCode(createBlock('ts', code));
  const copied: string[] = [];
  const onCopy = (): void => {
    const area = document.activeElement;
    if (area instanceof HTMLTextAreaElement) copied.push(area.value.slice(area.selectionStart, area.selectionEnd));
  };
  document.addEventListener('copy', onCopy);
  onTestFinished(() => document.removeEventListener('copy', onCopy));
  const button = page.container.querySelector<HTMLElement>('[aria-label="Copy code"]') as HTMLElement;
  await userEvent.click(button);
  await expect.poll(() => copied).toEqual([code]);
  await expect.poll(() => document.activeElement).toBe(button);
  expect(document.querySelector('textarea')).toBeNull();
});

test('[UI25] long lines scroll, reachable by keyboard, or wrap', async () => {
  const page = await openCode(createBlock('ts', `${'word '.repeat(200)}\n`));
  const scroller = page.container.querySelector('pre') as HTMLElement;
  expect(scroller.scrollWidth).toBeGreaterThan(scroller.clientWidth);
  scroller.focus();
  expect(document.activeElement).toBe(scroller);
  await userEvent.keyboard('{ArrowRight}');
  await expect.poll(() => scroller.scrollLeft).toBeGreaterThan(0);
  const wrap = page.container.querySelector<HTMLElement>('[aria-label="Wrap long lines"]') as HTMLElement;
  expect(wrap.getAttribute('aria-pressed')).toBe('false');
  await userEvent.click(wrap);
  await expect.poll(() => wrap.getAttribute('aria-pressed')).toBe('true');
  expect(scroller.scrollWidth).toBe(scroller.clientWidth);
  const wrapped = await openCode(createBlock('ts', 'a\n'), { wrapCode: true });
  expect(wrapped.container.querySelector('[aria-pressed="true"]')).not.toBeNull();
});

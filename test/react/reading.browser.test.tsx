import { expect, onTestFinished, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { frame, openPage, type Page } from './page.tsx';

const lines = (from: number, count: number): string => Array.from({ length: count }, (_, index) => `line ${from + index}\n`).join('');

async function openLong(): Promise<{ page: Page; source: ManualSource; scroller: HTMLElement; fromEnd: () => number }> {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} title="Long" />);
  source.push(start);
  source.text(lines(0, 100));
  await expect.poll(() => page.body().textContent).toBe(lines(0, 100));
  await frame(2);
  const scroller = page.container.querySelector('.sluice-scroller') as HTMLElement;
  return { page, source, scroller, fromEnd: () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop };
}

async function grow({ page, source }: { page: Page; source: ManualSource }, text: string): Promise<void> {
  source.text(text);
  await expect.poll(() => page.body().textContent?.endsWith(text)).toBe(true);
  await frame(2);
}

test('the end stays in view while text comes', async () => {
  const long = await openLong();
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
  expect(long.scroller.scrollTop).toBeGreaterThan(0);
  await grow(long, lines(100, 30));
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

test('the end is in view where a long answer is there at once and its lines are higher than estimated', async () => {
  const page = openPage();
  const source = new ManualSource();
  const text = Array.from({ length: 300 }, (_, index) => `${index} ${'words that wrap '.repeat(20)}\n`).join('');
  source.push(start, { type: 'text', part: 't0', delta: text }, finish);
  page.render(<StreamPanel source={source} style={{ width: '300px' }} />);
  await expect.poll(() => page.status()).toBe('done');
  const scroller = page.container.querySelector('.sluice-scroller') as HTMLElement;
  await expect.poll(() => scroller.scrollTop).toBeGreaterThan(0);
  await frame(6);
  expect(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop).toBeLessThanOrEqual(1);
  expect(page.container.querySelector('.sluice-latest')).toBeNull();
});

test('scrolled up by even a little, the view stays where the reader is', async () => {
  const long = await openLong();
  long.scroller.scrollTop -= 8;
  await frame(2);
  const top = long.scroller.scrollTop;
  await grow(long, lines(100, 30));
  expect(long.scroller.scrollTop).toBe(top);
});

test('a gesture too slow to outrun the text wins all the same', async () => {
  const long = await openLong();
  await userEvent.wheel(long.scroller, { delta: { y: -1 } });
  await grow(long, lines(100, 30));
  const top = long.scroller.scrollTop;
  expect(long.fromEnd()).toBeGreaterThan(100);
  await grow(long, lines(130, 30));
  expect(long.scroller.scrollTop).toBe(top);
});

test('the keyboard leads up from the end, and back to it', async () => {
  const long = await openLong();
  long.scroller.focus();
  await userEvent.keyboard('{PageUp}');
  await grow(long, lines(100, 30));
  expect(long.fromEnd()).toBeGreaterThan(100);
  // A key right when the browser's own way up ends moves nothing.
  await frame(30);
  await userEvent.keyboard('{End}');
  await expect.poll(() => long.page.container.querySelector('.sluice-latest')).toBeNull();
  await grow(long, lines(130, 30));
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

test.each(['End', 'PageDown'])('%s reaches an end that moves on meanwhile, and stays there', async (key) => {
  const long = await openLong();
  long.scroller.focus();
  await userEvent.keyboard('{PageUp}');
  await expect.poll(() => long.page.container.querySelector('.sluice-latest')).not.toBeNull();
  await frame(30);
  // A line in every frame from the key on, for longer than its way takes.
  let line = 100;
  const growing = new Promise<void>((resolve) => {
    const next = (): void => {
      if (line === 160) resolve();
      else requestAnimationFrame(next);
      long.source.text(lines(line, 1));
      line += 1;
    };
    long.scroller.addEventListener('keydown', next, { once: true });
  });
  await userEvent.keyboard(`{${key}}`);
  await growing;
  await expect.poll(() => long.page.container.querySelector('.sluice-latest')).toBeNull();
  await expect.poll(() => long.page.body().textContent).toBe(lines(0, line));
  await frame(2);
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

test.each(['Shift', 'ArrowDown'])(
  'who pressed %s and then drags the scrollbar past where the end was is not taken to the end',
  async (key) => {
    const long = await openLong();
    long.scroller.scrollTop = 100;
    await expect.poll(() => long.page.container.querySelector('.sluice-latest')).not.toBeNull();
    const end = long.scroller.scrollHeight - long.scroller.clientHeight;
    long.scroller.focus();
    await userEvent.keyboard(`{${key}}`);
    await frame(30);
    await grow(long, lines(100, 60));
    // On a scrollbar only pressing it tells.
    if (key === 'ArrowDown') await userEvent.click(long.scroller);
    long.scroller.scrollTop = end + 20;
    await frame(4);
    expect(long.page.container.querySelector('.sluice-latest')).not.toBeNull();
    const top = long.scroller.scrollTop;
    await grow(long, lines(160, 30));
    expect(long.scroller.scrollTop).toBe(top);
  },
);

test('“Latest” leads back to the end, where the view stays again, and is gone', async () => {
  const long = await openLong();
  long.scroller.scrollTop = 100;
  await expect.poll(() => long.page.container.querySelector('.sluice-latest')).not.toBeNull();
  long.page.button(/^Jump to the latest/).click();
  await expect.poll(() => long.page.container.querySelector('.sluice-latest')).toBeNull();
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
  expect(document.activeElement).toBe(long.scroller);
  await grow(long, lines(100, 30));
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

test('scrolled back to the end, the view follows again', async () => {
  const long = await openLong();
  long.scroller.scrollTop = 100;
  await frame(2);
  long.scroller.scrollTop = long.scroller.scrollHeight;
  await frame(2);
  await grow(long, lines(100, 30));
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

test('a panel that changes its size keeps the end in view', async () => {
  const long = await openLong();
  long.page.panel().style.height = '200px';
  await expect.poll(() => long.fromEnd()).toBeLessThanOrEqual(1);
  long.page.panel().style.height = '600px';
  await expect.poll(() => long.fromEnd()).toBeLessThanOrEqual(1);
  await grow(long, lines(100, 30));
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

interface Ending {
  readonly page: Page;
  readonly source: ManualSource;
  readonly scroller: HTMLElement;
  fromEnd(): number;
}

/** A panel that is at its end and whose heights are found out. */
async function openAtEnd(view: 'plain' | 'markdown', text: string): Promise<Ending> {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view={view} />);
  source.push(start, { type: 'text', part: 't0', delta: text });
  await expect.poll(() => page.status()).toBe('streaming');
  const scroller = page.container.querySelector('.sluice-scroller') as HTMLElement;
  await expect.poll(() => scroller.scrollTop).toBeGreaterThan(0);
  await frame(6);
  return { page, source, scroller, fromEnd: () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop };
}

test.each(['plain', 'markdown'] as const)(
  '[UI38] who is at the end of a finished answer stays there when its text has another size (%s)',
  async (view) => {
    const { page, source, scroller, fromEnd } = await openAtEnd(view, `${'Some words of a paragraph. '.repeat(20)}\n\n`.repeat(30));
    source.push(finish);
    await expect.poll(() => page.status()).toBe('done');
    await frame(6);
    // As where a font comes late.
    for (const size of ['24px', '12px', '30px']) {
      const { scrollHeight } = scroller;
      page.panel().style.setProperty('--sluice-text-size', size);
      await expect.poll(() => scroller.scrollHeight).not.toBe(scrollHeight);
      await frame(6);
      expect(fromEnd()).toBeLessThanOrEqual(1);
    }
    expect(page.container.querySelector('.sluice-latest')).toBeNull();
  },
);

test.each(['plain', 'markdown'] as const)(
  '[UI38] who is at the end stays there when the text has been less high before it is higher (%s)',
  async (view) => {
    const { page, source, fromEnd } = await openAtEnd(view, 'A paragraph.\n\n'.repeat(40));
    const text = page.body().firstElementChild as HTMLElement;
    text.style.paddingBottom = '200px';
    source.text('More.\n\n');
    await expect.poll(() => page.body().textContent).toContain('More.');
    await frame(6);
    // The browser puts the scroller where there is text, and tells of it when there is more again.
    await new Promise<void>((resolve) => {
      requestAnimationFrame(() => {
        text.style.paddingBottom = '20px';
        setTimeout(() => {
          text.style.paddingBottom = '600px';
          resolve();
        });
      });
    });
    await frame(5);
    expect(fromEnd()).toBeLessThanOrEqual(1);
    expect(page.container.querySelector('.sluice-latest')).toBeNull();
  },
);

test.each([
  ['plain', 0.67],
  ['plain', 0.9],
  ['plain', 1.1],
  ['plain', 1.75],
  ['markdown', 0.67],
  ['markdown', 0.9],
  ['markdown', 1.1],
  ['markdown', 1.75],
] as const)('%s: zoomed to %f in mid-stream the end stays in view, and who reads above it is left there', async (view, zoom) => {
  const page = openPage();
  const source = new ManualSource();
  const paragraphs = (from: number, count: number): string => lines(from, count).replaceAll('\n', '\n\n');
  page.render(<StreamPanel source={source} view={view} style={{ height: '300px' }} />);
  source.push(start);
  source.text(paragraphs(0, 200));
  const follow = (last: string) => expect.poll(() => page.body().textContent?.trimEnd().endsWith(last)).toBe(true);
  await follow('line 199');
  const scroller = page.container.querySelector('.sluice-scroller') as HTMLElement;
  const fromEnd = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  await expect.poll(fromEnd).toBeLessThanOrEqual(1);
  document.documentElement.style.zoom = String(zoom);
  onTestFinished(() => {
    document.documentElement.style.zoom = '';
  });
  await frame(4);
  await expect.poll(fromEnd).toBeLessThanOrEqual(1);
  // Fractions of pixels add up, or do not: a line at a time.
  for (let index = 200; index < 240; index += 1) {
    source.text(paragraphs(index, 1));
    await frame(1);
  }
  await follow('line 239');
  await expect.poll(fromEnd).toBeLessThanOrEqual(1);
  await userEvent.wheel(scroller, { delta: { y: -200 } });
  await expect.poll(fromEnd).toBeGreaterThan(100);
  // Until the wheel's own movement is over.
  let top = -1;
  while (top !== scroller.scrollTop) {
    top = scroller.scrollTop;
    await frame(10);
  }
  source.text(paragraphs(240, 20));
  await follow('line 259');
  await frame(2);
  expect(Math.abs(scroller.scrollTop - top)).toBeLessThanOrEqual(1);
  document.documentElement.style.zoom = '';
  await frame(4);
  expect(fromEnd()).toBeGreaterThan(50);
});

test('a selection survives what comes after it', async () => {
  const long = await openLong();
  const selection = window.getSelection();
  const from = long.page.body().querySelectorAll('.sluice-line')[95]?.firstChild as Text;
  const to = long.page.body().querySelectorAll('.sluice-line')[97]?.firstChild as Text;
  selection?.setBaseAndExtent(from, 2, to, 4);
  const selected = selection?.toString();
  expect(selected).toContain('line 96');
  await grow(long, lines(100, 60));
  expect(window.getSelection()?.toString()).toBe(selected);
  expect(window.getSelection()?.anchorNode).toBe(from);
});

test('[UI6] focus stays on the button that has done its work', async () => {
  const { page } = await openLong();
  const stop = page.button(/^Stop/);
  stop.focus();
  stop.click();
  await expect.poll(() => page.status()).toBe('stopped');
  await frame(2);
  expect(document.activeElement).toBe(stop);
  expect(stop.getAttribute('aria-disabled')).toBe('true');
});

test('text is outside of every live region; its end is announced once, by name', async () => {
  const page = openPage();
  const good = new ManualSource();
  const bad = new ManualSource();
  page.render([<StreamPanel key="a" source={good} title="Good one" />, <StreamPanel key="b" source={bad} title="Bad one" />]);
  good.push(start, { type: 'text', part: 't0', delta: 'words' });
  bad.push(start, { type: 'text', part: 't0', delta: 'words' });
  await expect.poll(() => page.status(1)).toBe('streaming');
  expect(page.body().closest('[aria-live], [role="status"], [role="log"], [role="alert"]')).toBeNull();
  good.push(finish);
  bad.push({ type: 'error', code: 'upstream_failed', message: 'The provider failed.', retryable: true });
  const region = (name: string) => document.querySelectorAll(`[data-sluice-announcer="${name}"]`);
  await expect.poll(() => region('polite')[0]?.textContent, { timeout: 3000 }).toMatch(/Good one: answer complete\.$/);
  await expect.poll(() => region('assertive')[0]?.textContent).toBe('Bad one failed. The provider failed.');
  expect([region('polite').length, region('assertive').length]).toEqual([1, 1]);
});

test('the latest of an answer whose end was never drawn is reached, however high what is on the way turns out to be', async () => {
  const page = openPage();
  const source = new ManualSource();
  const lines = (from: number, count: number): string =>
    Array.from({ length: count }, (_, index) => `${String(from + index)} ${'words that wrap '.repeat(20)}\n`).join('');
  page.render(<StreamPanel source={source} style={{ width: '300px', height: '300px' }} />);
  source.push(start);
  source.text(lines(0, 100));
  await expect.poll(() => page.body().textContent?.includes('99 words')).toBe(true);
  await frame(6);
  const scroller = page.container.querySelector('.sluice-scroller') as HTMLElement;
  scroller.scrollTop = 0;
  await expect.poll(() => page.container.querySelector('.sluice-latest')).not.toBeNull();
  source.text(lines(100, 705));
  source.push(finish);
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('done');
  await frame(10);
  page.button(/^Jump to the latest/).click();
  await expect.poll(() => Math.round(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop)).toBeLessThanOrEqual(1);
  await frame(10);
  expect(Math.round(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop)).toBeLessThanOrEqual(1);
});

import { expect, onTestFinished, test } from 'vitest';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage, painted } from '../page.tsx';
import { watchFrames } from '../watchframes.ts';
import { longAnswer } from './answer.ts';
import { type Long, openLong, sight } from './page.tsx';

/** From now on: the most groups that were put into the document between two frames. */
function countMounted(): { readonly most: () => number } {
  let most = 0;
  let now = 0;
  const isGroup = (node: Node): boolean => node instanceof Element && node.classList.contains('sluice-blocks');
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) now += [...addedNodes].filter(isGroup).length;
    most = Math.max(most, now);
  });
  observer.observe(document.body, { subtree: true, childList: true });
  let isOver = false;
  const next = (): void => {
    now = 0;
    if (!isOver) requestAnimationFrame(next);
  };
  next();
  onTestFinished(() => {
    isOver = true;
    observer.disconnect();
  });
  return { most: () => most };
}

test('[UI37] a million tokens, there at once and growing: the end is in view, the elements and the work of a frame are bounded', async () => {
  const mounted = countMounted();
  const long = await openLong(4_000_000, false);
  const elements = (): number => long.page.container.querySelectorAll('*').length;
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
  expect(elements()).toBeLessThan(2000);
  for (let count = 0; count < 60; count += 1) {
    long.source.text(longAnswer(600));
    await frame(1);
  }
  long.source.text('The end.');
  long.source.push(finish);
  await expect.poll(() => long.page.status()).toBe('done');
  await expect.poll(() => long.fromEnd()).toBeLessThanOrEqual(1);
  expect(long.page.body().textContent?.endsWith('The end.')).toBe(true);
  expect(elements()).toBeLessThan(2000);
  expect(mounted.most()).toBeLessThanOrEqual(6);
});

/** By how much what is in sight moves besides, and how many groups come in at most, with each step up. */
async function climb(long: Long, steps: number): Promise<{ readonly jumps: readonly number[]; readonly mostAnew: number }> {
  const jumps: number[] = [];
  let mostAnew = 0;
  for (let step = 0; step < steps; step += 1) {
    const before = sight(long);
    const groups = new Set(long.list.querySelectorAll('.sluice-blocks'));
    const { scrollTop } = long.scroller;
    long.scroller.scrollTop -= 120;
    const moved = scrollTop - long.scroller.scrollTop;
    await painted(2);
    const now = before.element.isConnected ? before.element.getBoundingClientRect().top : Number.NaN;
    jumps.push(Math.abs(now - before.top - moved));
    mostAnew = Math.max(mostAnew, [...long.list.querySelectorAll('.sluice-blocks')].filter((group) => !groups.has(group)).length);
    expect(long.list.querySelector('.sluice-gap')?.getBoundingClientRect().bottom).toBeLessThanOrEqual(
      long.scroller.getBoundingClientRect().top,
    );
  }
  return { jumps, mostAnew };
}

test.for(['auto', 'none'])(
  '[UI38] scrolled up through groups that were never measured, what is in sight moves only with the scroll (anchoring of the browser: %s)',
  async (anchoring) => {
    document.head.insertAdjacentHTML('beforeend', `<style id="anchoring">.sluice-scroller { overflow-anchor: ${anchoring} }</style>`);
    onTestFinished(() => document.querySelector('#anchoring')?.remove());
    const long = await openLong(400_000);
    const { jumps, mostAnew } = await climb(long, 120);
    expect(Math.max(...jumps)).toBeLessThanOrEqual(1);
    expect(mostAnew).toBeLessThanOrEqual(4);
  },
);

test('[UI38] wherever the scroller is put, what comes in in front of the sight does not move it', async () => {
  const long = await openLong(400_000);
  let seen = 0;
  for (const share of [0.5, 0.25, 0.7, 0.4, 0.15]) {
    long.scroller.scrollTop = share * long.scroller.scrollHeight;
    const isInSight = (group: Element): boolean => {
      const box = group.getBoundingClientRect();
      return box.bottom > long.scroller.getBoundingClientRect().top && box.top < innerHeight;
    };
    const groups = (): Element[] => [...long.list.querySelectorAll('.sluice-blocks')];
    await expect.poll(() => groups().some(isInSight), { interval: 0 }).toBe(true);
    const first = groups().find(isInSight) as Element;
    const { top } = first.getBoundingClientRect();
    const before = groups().indexOf(first);
    await painted(10);
    seen += groups().indexOf(first) > before ? 1 : 0;
    expect(Math.abs(first.getBoundingClientRect().top - top)).toBeLessThanOrEqual(1);
  }
  // Otherwise this test shows nothing.
  expect(seen).toBeGreaterThan(0);
});

test('[UI38] wherever the scroller is put, what is there comes into sight once it rests', async () => {
  const long = await openLong(1_000_000);
  const covered = (): Element[] => {
    const { top, bottom } = long.scroller.getBoundingClientRect();
    return [...long.list.querySelectorAll('.sluice-gap')].filter((gap) => {
      const box = gap.getBoundingClientRect();
      return box.bottom > top + 1 && box.top < bottom - 1;
    });
  };
  for (const share of [0.5, 0.1, 0.9, 0, 0.33, 1]) {
    long.scroller.scrollTop = share * long.scroller.scrollHeight;
    let frames = 0;
    // A busy machine takes more than the usual four.
    do await frame();
    while (covered().length > 0 && ++frames < 60);
    expect(covered()).toEqual([]);
    expect(long.list.querySelectorAll('.sluice-blocks').length).toBeLessThan(14);
  }
});

test('[UI38] an answer that is long when it is shown is scrolled likewise', async () => {
  const first = await openLong(400_000);
  first.page.render(<StreamPanel source={first.source} view="plain" title="Long" />);
  await expect.poll(() => first.page.body().textContent?.length).toBe(first.text.length);
  first.page.render(<StreamPanel source={first.source} view="markdown" title="Long" />);
  await expect.poll(() => first.page.container.querySelector('.sluice-gap')).not.toBeNull();
  await frame(8);
  const long = { ...first, list: first.page.container.querySelector('.sluice-list') as HTMLElement };
  // To where nothing was ever measured.
  long.scroller.scrollTop = long.scroller.scrollHeight * 0.8;
  await frame(8);
  const { jumps } = await climb(long, 60);
  expect(Math.max(...jumps)).toBeLessThanOrEqual(1);
});

test('[UI38] text that comes at the end moves nothing that is read further up, and keeps the end in sight of who is there', async () => {
  const long = await openLong(400_000, false);
  const grow = async (mark: string): Promise<void> => {
    long.source.text(`${longAnswer(40_000)}${mark}\n\n`);
    await expect.poll(() => long.page.body().textContent?.includes(mark)).toBe(true);
    await frame(6);
  };
  await grow('first mark');
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
  long.scroller.scrollTop = long.scroller.scrollHeight / 2;
  await frame(6);
  const before = sight(long);
  await grow('second mark');
  expect(before.element.isConnected).toBe(true);
  expect(Math.abs(before.element.getBoundingClientRect().top - before.top)).toBeLessThanOrEqual(1);
  expect(long.fromEnd()).toBeGreaterThan(1000);
  long.page.button(/^Jump to the latest/).click();
  await frame(6);
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
  await grow('third mark');
  expect(long.fromEnd()).toBeLessThanOrEqual(1);
});

test('[UI34] [UI38] a change of view and back keeps to about the same part of a long text', async () => {
  const long = await openLong(400_000);
  long.scroller.scrollTop = long.scroller.scrollHeight / 2;
  await frame(6);
  const number = (): number => Number(/Paragraph (\d+)/.exec(sight(long).name)?.[1]);
  const first = number();
  long.page.render(<StreamPanel source={long.source} view="plain" title="Long" />);
  await expect.poll(() => long.page.body().textContent?.length).toBe(long.text.length);
  await frame(8);
  long.page.render(<StreamPanel source={long.source} view="markdown" title="Long" />);
  await expect.poll(() => long.page.container.querySelector('.sluice-gap')).not.toBeNull();
  await frame(8);
  const list = long.page.container.querySelector('.sluice-list') as HTMLElement;
  const again = Number(/Paragraph (\d+)/.exec(sight({ ...long, list }).name)?.[1]);
  const total = Number([...long.text.matchAll(/Paragraph (\d+) /g)].at(-1)?.[1]);
  expect(Math.abs(again - first) / total).toBeLessThan(0.05);
});

test('[UI14] [UI37] a giant paragraph of a long answer that comes into sight comes in a few boxes a frame', {
  timeout: 60_000,
}, async () => {
  const giant = 'some words, *more* of them and `code`. '.repeat(5000);
  const shown = giant.replaceAll(/[*`]/g, '').trim();
  const page = openPage();
  const source = new ManualSource();
  source.push(start);
  for (const text of [longAnswer(300_000), giant, '\n\n', longAnswer(300_000)]) source.text(text);
  source.push(finish);
  page.render(<StreamPanel source={source} view="markdown" title="Long" />);
  await expect.poll(() => page.status(), { timeout: 30_000 }).toBe('done');
  await frame(6);
  const scroller = page.container.querySelector('.sluice-scroller') as HTMLElement;
  expect(page.container.querySelector('.sluice-box')).toBeNull();
  const added = watchFrames(
    page.container,
    (records) =>
      records
        .flatMap(({ addedNodes }) => [...addedNodes])
        .flatMap((node) => (node instanceof Element ? [node, ...node.querySelectorAll('*')] : []))
        .filter((node) => node.matches('.sluice-box')).length,
  );
  const whole = (): boolean => [...page.container.querySelectorAll('.sluice-blocks > p')].some(({ textContent }) => textContent === shown);
  await expect
    .poll(
      () => {
        // It makes the list higher as it comes in.
        if (page.container.querySelector('.sluice-box') === null) scroller.scrollTop = scroller.scrollHeight / 2;
        return whole();
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  const counts = added();
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(30);
  expect(Math.max(...counts)).toBeLessThanOrEqual(96 / 8 + 1);
});

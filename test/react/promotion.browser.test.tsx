import { useLayoutEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { expect, onTestFinished, test } from 'vitest';
import { createFrames, frames } from '../../src/react/frame.ts';
import { createPromotions, type Promotions } from '../../src/react/promotion.ts';
import { openRoot } from '../support/root.ts';
import { frame } from './page.tsx';

/** Keeps the page's thread busy, as rendering something large does. */
function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const parts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** A component whose state is promoted, and how long that took. */
function openBlock(promotions: Promotions | undefined) {
  let set = (_: number): void => {};
  let shown = 0;
  const waits: number[] = [];
  function Heavy({ value }: { readonly value: number }) {
    // More than one slice of a transition: it can be interrupted between its parts.
    if (value > 0) spin(4);
    return <i>{value}</i>;
  }
  function Block() {
    const [value, setValue] = useState(0);
    set = setValue;
    useLayoutEffect(() => {
      shown = value;
    }, [value]);
    return parts.map((part) => <Heavy key={part} value={value} />);
  }
  const root = openRoot();
  flushSync(() => root.render(<Block />));
  return {
    waits,
    async promote(value: number): Promise<void> {
      const since = performance.now();
      promotions?.promote({ apply: () => set(value), isDone: () => shown === value });
      while (shown !== value) await frame();
      waits.push(performance.now() - since);
    },
  };
}

/** Siblings whose urgent updates never end: each frame, and between frames. */
function starve(): void {
  let tick = (_: number): void => {};
  function Sibling() {
    const [count, setCount] = useState(0);
    tick = setCount;
    spin(2);
    return <b>{count}</b>;
  }
  const root = openRoot();
  flushSync(() => root.render(<Sibling />));
  let running = true;
  const { port1, port2 } = new MessageChannel();
  let count = 0;
  port1.onmessage = () => {
    if (!running) return;
    count += 1;
    flushSync(() => tick(count));
    port2.postMessage(0);
  };
  port2.postMessage(0);
  onTestFinished(() => {
    running = false;
    port1.close();
  });
}

test('[UI15] under a load of urgent updates of siblings a promotion waits for its deadline and a frame, at most', async () => {
  const promotions = createPromotions();
  const block = openBlock(promotions);
  const intervals: number[] = [];
  let last = performance.now();
  let watching = true;
  // By when its callbacks run: a frame's own timestamp may be of before the one before it ended.
  const watch = (): void => {
    const now = performance.now();
    intervals.push(now - last);
    last = now;
    if (watching) requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
  starve();
  for (let value = 1; value <= 5; value += 1) await block.promote(value);
  // The last one's render is in a frame of which the next one tells the length.
  await frame(2);
  watching = false;
  const longestFrame = Math.max(...intervals);
  // The frame in which the deadline falls, the one that follows, and the forced render itself.
  for (const wait of block.waits) expect(wait).toBeLessThanOrEqual(150 + 3 * longestFrame);
  expect(promotions.stats().longestMs).toBeLessThanOrEqual(150 + 2 * longestFrame);
});

test('[UI15] without load nothing is forced, and what was cancelled is not either', async () => {
  const promotions = createPromotions();
  const block = openBlock(promotions);
  await block.promote(1);
  expect(promotions.stats().forced).toBe(0);
  let applied = 0;
  const cancel = promotions.promote({
    apply: () => {
      applied += 1;
    },
    isDone: () => false,
  });
  cancel();
  await frame(15);
  expect(applied).toBe(1);
});

test('[UI15] all updates of a frame are one commit of React', async () => {
  let commits = 0;
  const sets: ((value: number) => void)[] = [];
  function Part() {
    const [value, set] = useState(0);
    sets.push(set);
    return <i>{value}</i>;
  }
  function Whole() {
    useLayoutEffect(() => {
      commits += 1;
    });
    return null;
  }
  const { container, ...root } = openRoot();
  flushSync(() =>
    root.render(
      <>
        <Part />
        <Part />
        <Part />
        <Whole />
      </>,
    ),
  );
  const observed: string[] = [];
  const observer = new MutationObserver(() => observed.push(container.textContent ?? ''));
  observer.observe(container, { subtree: true, characterData: true });
  const settled: string[] = [];
  // The load of other tests is over.
  await frame(60);
  for (const set of sets.slice(0, 3)) {
    frames().request({ flush: () => frames().commit(() => set(7)), settle: () => void settled.push(container.textContent ?? '') });
  }
  await frame(2);
  expect(settled).toEqual(['777', '777', '777']);
  expect(observed).toEqual(['777']);
  expect(commits).toBe(1);
});

test('[UI15] a job whose deadline passed while the page was hidden is done in the first frame', () => {
  let time = 0;
  let run: ((now: number) => void) | undefined;
  const loop = createFrames({
    requestFrame: (callback) => {
      run = callback;
    },
    now: () => time,
    isHidden: () => false,
    onVisible: () => {},
  });
  let done = false;
  let applied = 0;
  // A transition React does not come to.
  const promotions = createPromotions(
    () => loop,
    () => time,
    () => {},
  );
  promotions.promote({
    apply: () => {
      applied += 1;
      done = true;
    },
    isDone: () => done,
  });
  const next = (ms: number): void => {
    time += ms;
    run?.(time);
  };
  next(140);
  expect(applied).toBe(0);
  next(16);
  expect(applied).toBe(1);
  expect(promotions.stats()).toEqual({ longestMs: 156, forced: 1 });
});

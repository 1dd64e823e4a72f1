import { expect, test } from 'vitest';
import { createFrames } from '../../../src/react/frame.ts';
import { choose } from '../../../src/react/markdown/long/choice.ts';
import { createWindow } from '../../../src/react/markdown/long/window.ts';
import { createBudget } from '../../../src/react/running/budget.ts';
import { createSlices } from '../../../src/react/running/slices.ts';

const groupHeight = 1000;
const viewHeight = 800;
const count = 400;

/** A list and its reader, on a machine that needs `groupMs` to put a group in. */
function openList(groupMs: number) {
  let time = 1000;
  let offset = 0;
  const callbacks: ((now: number) => void)[] = [];
  const painted: (() => void)[] = [];
  const slices = createSlices(32, 3, 96);
  const timers: (() => void)[] = [];
  const budget = createBudget(
    [slices],
    () => time,
    (callback) => void timers.push(callback),
  );
  const loop = createFrames({
    requestFrame: (callback) => void callbacks.push(callback),
    now: () => time,
    isHidden: () => false,
    onVisible() {},
    afterPaint: (callback) => void painted.push(callback),
    budget: () => budget,
  });
  const inView = () => ({ from: Math.floor(offset / groupHeight), to: Math.floor((offset + viewHeight) / groupHeight) });
  let before: ReadonlySet<number> = new Set();
  const came: number[] = [];
  const list = createWindow(
    {
      choose: (shown, limit) => choose({ count, inView: inView(), pinned: new Set(), whole: false, shown, limit }),
      isInView: (index) => index >= inView().from && index <= inView().to,
      mayCome: () => slices.left(before) > 0 && slices.take(24, before, 24) > 0,
      sight: () => ({ offset, height: viewHeight }),
      onChange() {
        const anew = [...list.shown].filter((index) => !before.has(index)).length;
        came[came.length - 1] = (came.at(-1) ?? 0) + anew;
        time += anew * groupMs;
        before = list.shown;
        list.rendered(list.next(count), count);
      },
    },
    () => loop,
    () => time,
  );
  const frame = (to = offset): void => {
    time += 16;
    if (to !== offset) {
      offset = to;
      list.look();
    }
    came.push(0);
    for (const ring of timers.splice(0)) ring();
    for (const callback of callbacks.splice(0)) callback(time);
    for (const callback of painted.splice(0)) callback();
  };
  const isSeen = (): boolean => list.shown.has(inView().from) && list.shown.has(inView().to);
  came.push(0);
  list.rendered(list.next(count), count);
  return { list, frame, isSeen, came, offset: () => offset };
}

test('[UI38] whoever goes by quickly sees all of it where groups come in quickly', () => {
  const { frame, isSeen, came, offset } = openList(1);
  frame();
  for (let step = 0; step < 60; step += 1) {
    frame(offset() + 3000);
    expect(isSeen()).toBe(true);
  }
  expect(Math.max(...came)).toBeLessThanOrEqual(4);
});

test('[UI37] [UI38] where groups come in slowly none does while the reader goes by, and what is in sight soon after', () => {
  const { list, frame, isSeen, came, offset } = openList(40);
  for (let step = 0; step < 10; step += 1) frame();
  for (let step = 0; step < 60; step += 1) frame(offset() + 3000);
  expect(came.slice(-40).every((number) => number === 0)).toBe(true);
  let frames = 0;
  while (!isSeen() && frames < 100) {
    frame();
    frames += 1;
  }
  expect(frames).toBeLessThanOrEqual(6);
  for (let step = 0; step < 30; step += 1) frame();
  expect(list.shown.size).toBeLessThanOrEqual(8);
});

test('[UI37] of groups that are all wanted no frame takes more than four', () => {
  const { list, frame, came } = openList(1);
  for (let step = 0; step < 20; step += 1) frame(step % 5 === 0 ? step * 20_000 : undefined);
  expect(Math.max(...came)).toBeLessThanOrEqual(4);
  expect(list.shown.has(count - 1)).toBe(true);
});

import { expect, test } from 'vitest';
import { createBudget } from '../../src/react/running/budget.ts';
import { createBusy, createScreen } from './screen.ts';

const intervalMs = 1000 / 60;

/** Of a page whose frames take so long: what had come in by the time the next one was asked for, ms from a frame's beginning. */
function asked(frameMs: number): number[] {
  const screen = createScreen();
  screen.baseMs = frameMs;
  const log: number[] = [];
  let began = 0;
  const ask = screen.requestFrame;
  screen.requestFrame = (callback) => {
    log.push(screen.now() - began);
    ask((now) => {
      began = now;
      callback(now);
    });
  };
  createBusy(screen, { costMs: 0 });
  for (let count = 0; count < 20; count += 1) screen.frame();
  // The first of them are asked for before it is known what they cost.
  return log.slice(3);
}

test('[UI45] after a frame of more than 80 ms the next is asked for behind what has come meanwhile', () => {
  // By a timer, which is behind the messages that came during the frame: the whole of it has passed.
  const long = asked(100);
  expect(long.length).toBeGreaterThan(10);
  for (const ms of long) expect(ms).toBeGreaterThanOrEqual(100);
});

test('[UI45] shorter frames ask for the next at once', () => {
  const short = asked(60);
  expect(short.length).toBeGreaterThan(10);
  for (const ms of short) expect(ms).toBe(0);
});

test('[UI45] [UI12] what is urgent is not kept by the pause', () => {
  const screen = createScreen();
  screen.baseMs = 100;
  createBusy(screen, { costMs: 0 });
  for (let count = 0; count < 5; count += 1) screen.frame();
  const seen: boolean[] = [];
  const shown: number[] = [];
  screen.loop.request({
    flush() {
      screen.loop.request({ flush() {} });
      seen.push(screen.waitsForFrame);
      screen.loop.request({ flush: () => void shown.push(screen.now()) }, true);
      seen.push(screen.waitsForFrame);
    },
  });
  while (seen.length === 0) screen.frame();
  const next = screen.now();
  screen.frame();
  expect(seen).toEqual([false, true]);
  expect(shown).toEqual([next]);
});

test('[UI42] [UI45] a frame is followed by one pause, however often the next is asked for, and the loop goes on behind it', () => {
  let now = 0;
  const timers: (() => void)[] = [];
  const budget = createBudget(
    [],
    () => now,
    (callback) => void timers.push(callback),
  );
  budget.follow({ stride: 2 });
  let resumed = 0;
  const pauses = (): boolean =>
    budget.pauses(() => {
      resumed += 1;
    });
  for (const since of [100, 300]) {
    now = since;
    expect(budget.begins(now, new Map(), false)).toBe(true);
    // What asks for the next frame within this one, which is longer than two pictures.
    now += 3 * intervalMs;
    expect([pauses(), pauses(), timers.length]).toEqual([true, true, 1]);
    timers.pop()?.();
    expect(pauses()).toBe(false);
  }
  expect(resumed).toBe(2);
});

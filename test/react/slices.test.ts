import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBudget } from '../../src/react/running/budget.ts';
import { createSlices } from '../../src/react/running/slices.ts';

/** Catches up with `behind` in frames of `turns` turns each; a frame costs `unitMs` for each unit, and `frameMs`. Returns what each frame added. */
function catchUp(behind: number, turns: number, unitMs: number, frameMs = 4): number[] {
  const slices = createSlices(32, 3, 96);
  const budget = createBudget([slices]);
  // Before it fell behind.
  slices.measured(frameMs);
  const frames: number[] = [];
  for (let rest = behind; rest > 0; ) {
    budget.begins(16 * frames.length, new Map(), false);
    let added = 0;
    for (let turn = 0; turn < turns; turn += 1) added += slices.take(rest - added, { turn });
    rest -= added;
    frames.push(added);
    budget.measured(frameMs + added * unitMs, new Map());
  }
  return frames;
}

test('[UI14] however much there is to catch up with, a frame adds its share, and a little for each turn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0.01, max: 20, noNaN: true }),
      (behind, turns, unitMs) => {
        const frames = catchUp(behind, turns, unitMs);
        // Of many turns' long frames as much for every 60 ms as a short one has, up to 240.
        let longestMs = 0;
        for (const added of frames) {
          const shares = turns > 8 ? Math.min(4, Math.max(1, longestMs / 60)) : 1;
          expect(added).toBeLessThanOrEqual(96 * shares + 3 * turns);
          longestMs = Math.max(longestMs, 4 + added * unitMs);
        }
        // Nobody stands still, however slow the device.
        expect(frames.slice(0, -1).filter((added) => added < 3)).toEqual([]);
      },
    ),
  );
});

test('[UI14] [UI9] on a slow device a frame adds less, on a fast one more, and each learns it within a few frames', () => {
  const slow = catchUp(2_000, 1, 1.6);
  // What else takes time is no reason to stand still.
  expect(Math.min(...catchUp(2_000, 1, 20).slice(0, -1))).toBe(12);
  expect(Math.max(...slow.slice(4))).toBeLessThanOrEqual(18);
  const fast = catchUp(2_000, 1, 0.1);
  expect(Math.min(...fast.slice(4, -1))).toBe(96);
});

test('[UI14] what comes in units takes whole ones, or the least: the rest is for others', () => {
  const slices = createSlices(32, 3, 96);
  slices.take(9, {});
  const turn = {};
  expect(slices.take(80, turn, 0, 8)).toBe(16);
  expect(slices.left({})).toBe(7);
  expect(slices.take(80, turn, 0, 8)).toBe(0);
  expect(slices.take(80, turn, 8, 8)).toBe(8);
  expect(slices.left({})).toBe(3);
});

test('[UI14] where frames as such are long, one adds what makes it half as long again at most: less would not make them short', () => {
  expect(Math.min(...catchUp(2_000, 1, 0.3, 100).slice(6, -1))).toBe(96);
  const dear = catchUp(2_000, 1, 2, 100).slice(6, -1);
  expect(Math.max(...dear)).toBeLessThanOrEqual(33);
  expect(Math.min(...dear)).toBeGreaterThanOrEqual(20);
});

test.each([
  { turns: 32, tookMs: 120, least: 185 },
  { turns: 32, tookMs: 200, least: 310 },
  { turns: 32, tookMs: 2000, least: 370 },
  { turns: 1, tookMs: 200, least: 12 },
])(
  '[UI14] [UI9] in frames of $tookMs ms, half as long before, $turns panels add $least and their least at least: many are why frames are long',
  ({ turns, tookMs, least }) => {
    const slices = createSlices(32, 3, 96);
    slices.measured(0.47 * tookMs);
    const frames: number[] = [];
    const many = (): number => {
      let added = 0;
      for (let turn = 0; turn < turns; turn += 1) added += slices.take(1_000, { turn });
      return added;
    };
    for (let frame = 0; frame < 40; frame += 1) {
      frames.push(many());
      slices.measured(tookMs);
    }
    const added = frames.slice(30).map((count) => count - 3 * (turns - 1));
    expect(Math.min(...added)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...added)).toBeLessThanOrEqual(turns === 1 ? least : Math.min(384, (96 * tookMs) / 60));
    // And no longer than that.
    for (let frame = 0; frame < 40; frame += 1) {
      many();
      slices.measured(10);
    }
    expect(many()).toBeLessThanOrEqual(96 + 3 * (turns - 1));
  },
);

test('[UI9] what flows by itself teaches nothing', () => {
  const slices = createSlices(32, 3, 96);
  for (let frame = 0; frame < 100; frame += 1) {
    slices.take(2, {});
    slices.measured(200);
  }
  expect(slices.take(1_000, {})).toBe(32);
});

test('[UI14] a turn that takes several times has the least of a turn once, and what cannot be cut besides', () => {
  const slices = createSlices(32, 3, 96);
  slices.measured(16);
  expect(slices.take(40, {})).toBe(32);
  const turn = {};
  expect([slices.take(2, turn), slices.take(9, turn), slices.take(9, turn), slices.take(9, turn, 5)]).toEqual([2, 1, 0, 5]);
  expect(slices.left(turn)).toBe(0);
  expect(slices.left({})).toBe(3);
  slices.measured(30);
  expect(slices.left({})).toBe(32);
});

test('[UI14] after a few slow frames a frame adds more again as soon as frames are quick', () => {
  const slices = createSlices(16_384, 1024, 32_768);
  slices.measured(16);
  const frame = (ms: number): number => {
    const given = slices.take(1e6, {});
    slices.measured(ms);
    return given;
  };
  for (let count = 0; count < 10; count += 1) frame(200);
  expect(frame(200)).toBe(4096);
  const later = Array.from({ length: 8 }, () => frame(8));
  expect(later.at(-1)).toBe(32_768);
});

import { expect, test } from 'vitest';
import { createCadence } from '../../../src/react/markdown/cadence.ts';
import { createBusy, createScreen } from '../screen.ts';

const intervalMs = 1000 / 60;

/** A page with panels that always have more to show, and a parser whose answers take as long as the test says. */
function openPage({ panels = 32, costMs = 0.5 } = {}) {
  const screen = createScreen();
  const cadence = createCadence(screen.now);
  screen.follow(cadence);
  const busy = Array.from({ length: panels }, () => createBusy(screen, { costMs }));
  const answers = (ms: number): void => {
    for (let count = 0; count < 100; count += 1) cadence.answered(ms, panels, intervalMs);
  };
  /** Lets pictures pass: how many panels each shows. While it does the parser answers in `waitMs`, or not at all. */
  const pictures = (count: number, waitMs?: number): number[] =>
    Array.from({ length: count }, () => {
      const before = busy.reduce((sum, { served }) => sum + served.length, 0);
      if (waitMs !== undefined) cadence.answered(waitMs, panels, intervalMs);
      screen.frame();
      return busy.reduce((sum, { served }) => sum + served.length, 0) - before;
    });
  return { screen, cadence, busy, answers, pictures };
}

const drawn = (pictures: readonly number[]): number => pictures.filter((served) => served > 0).length;

test('[UI42] where the parser’s answers take most of a picture’s time every second one is left out, and each shows more', () => {
  const { answers, pictures } = openPage();
  expect(drawn(pictures(20, 5))).toBe(20);
  answers(12);
  pictures(2, 12);
  const slow = pictures(20, 12);
  expect(drawn(slow)).toBe(10);
  // Half of them at least, within what two pictures would have.
  for (const served of slow.filter((count) => count > 0)) expect(served).toBeGreaterThanOrEqual(32 / 2);
});

test('[UI42] none is left out for few panels: with those it is they that a frame costs', () => {
  const few = openPage({ panels: 15 });
  few.answers(30);
  few.pictures(2, 30);
  expect(drawn(few.pictures(20, 30))).toBe(20);
  const enough = openPage({ panels: 16 });
  enough.answers(30);
  enough.pictures(2, 30);
  expect(drawn(enough.pictures(20, 30))).toBe(10);
});

test('[UI42] they are all drawn again when answers are quick, and not before', () => {
  const { answers, pictures } = openPage();
  answers(12);
  pictures(2, 12);
  answers(6);
  expect(drawn(pictures(20, 6))).toBe(10);
  answers(2);
  pictures(2, 2);
  expect(drawn(pictures(20, 2))).toBe(20);
});

test('[UI42] [UI9] pictures that are left out are not taken for a slower display', () => {
  const { screen, answers, pictures } = openPage({ panels: 16, costMs: 0.01 });
  answers(12);
  pictures(80, 12);
  expect(screen.budget?.()?.intervalMs).toBe(intervalMs);
});

test('[UI42] half a second after the last answer they are all drawn again', () => {
  const { answers, pictures } = openPage();
  answers(12);
  pictures(2, 12);
  expect(drawn(pictures(20))).toBe(10);
  pictures(14);
  expect(drawn(pictures(20))).toBe(20);
});

test('[UI42] [UI12] what is urgent is in the picture that would be left out, alone, and the next one comes when it would have', () => {
  const { screen, busy, answers, pictures } = openPage();
  answers(12);
  let beat = pictures(2, 12);
  while ((beat.at(-1) ?? 0) === 0) beat = pictures(1, 12);
  const log: number[] = [];
  const at = screen.now();
  screen.loop.request({ flush: () => void log.push(screen.now()) }, true);
  expect(pictures(1, 12)).toEqual([0]);
  expect(log).toEqual([at]);
  expect(pictures(4, 12).map((served) => served > 0)).toEqual([true, false, true, false]);
  expect(busy.every(({ served }) => served.length > 0)).toBe(true);
});

test('[UI42] [UI12] a crowd that ends at once goes on in each picture', () => {
  const { screen, answers, pictures } = openPage();
  answers(12);
  pictures(4, 12);
  const ends: number[] = [];
  for (let count = 0; count < 300; count += 1)
    screen.loop.request(
      {
        kind: 'end',
        flush: () => {
          ends.push(screen.now());
          // Less than was thought: it is their number that is bounded, and the next picture can be the next.
          screen.spend(0.01);
        },
      },
      true,
    );
  const since = screen.now();
  while (ends.length < 300) pictures(1, 12);
  const seen = [...new Set(ends)].map((end) => Math.round((end - since) / intervalMs));
  expect(seen.length).toBeGreaterThan(1);
  // One follows the other as soon as the display allows.
  for (const [index, picture] of seen.entries()) expect(picture - (seen[index - 1] ?? picture)).toBeLessThanOrEqual(1);
});

test('[UI42] [UI11] nobody waits longer than 150 ms and the frame before it, also where panels cost too much', () => {
  const { screen, busy, answers, pictures } = openPage({ costMs: 2 });
  answers(30);
  pictures(60, 30);
  const from = screen.now();
  const longest = Math.max(
    ...Array.from({ length: 120 }, () => {
      const before = screen.now();
      pictures(1, 30);
      return screen.now() - before;
    }),
  );
  for (const { served } of busy) {
    const late = served.filter((at) => at >= from);
    for (const [index, at] of late.entries()) expect(at - (late[index - 1] ?? at)).toBeLessThanOrEqual(150 + 2 * longest);
  }
});

test('[UI42] [UI9] what a whole frame can afford is learned of whole frames, however many urgent ones there are between', () => {
  const served = (urgent: boolean): number => {
    const { screen, answers, pictures } = openPage({ panels: 64 });
    answers(30);
    screen.baseMs = 6;
    let sum = 0;
    for (let count = 0; count < 200; count += 1) {
      sum += pictures(1, 30)[0] ?? 0;
      if (urgent) screen.loop.request({ flush() {} }, true);
    }
    return sum;
  };
  expect(served(true)).toBeGreaterThan(0.8 * served(false));
});

test('[UI42] [UI3] a loop that has nothing left to do asks for no picture', () => {
  const screen = createScreen();
  const cadence = createCadence(screen.now);
  screen.follow(cadence);
  let shows = 0;
  screen.loop.request({
    flush() {
      shows += 1;
    },
  });
  for (let count = 0; count < 10; count += 1) {
    cadence.answered(30, 32, intervalMs);
    screen.frame();
  }
  expect(shows).toBe(1);
  expect(screen.waitsForFrame).toBe(false);
});

import { expect, test } from 'vitest';
import { createPace, type PaceHost } from '../../src/plugins/pace.ts';

const never = new AbortController().signal;

interface Manual extends PaceHost {
  /** A picture; answers how many were asked for. */
  frame(): number;
  print(isFirst: boolean): void;
  printed(): void;
}

function createHost(): Manual {
  let asked: (() => void)[] = [];
  let print = (_: boolean): void => {};
  let printed = (): void => {};
  return {
    requestFrame: (callback) => void asked.push(callback),
    onPrint(callback) {
      print = callback;
    },
    onPrinted(callback) {
      printed = callback;
    },
    commit: (update) => update(),
    frame() {
      const now = asked;
      asked = [];
      for (const callback of now) callback();
      return now.length;
    },
    print: (isFirst) => print(isFirst),
    printed: () => printed(),
  };
}

test('[UI26] a picture has so many turns, whoever takes them, in order', () => {
  const host = createHost();
  const pace = createPace({ most: 4, mostSize: 100, host });
  const given: number[] = [];
  const take = (name: number, size = 1): void => pace.take(size, () => given.push(name), never);
  for (let name = 0; name < 10; name += 1) take(name);
  expect(given).toEqual([0, 1, 2, 3]);
  host.frame();
  take(10);
  expect(given).toHaveLength(8);
  host.frame();
  expect(given).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  take(11);
  take(12);
  expect(given.at(-1)).toBe(11);
  expect([host.frame(), host.frame(), host.frame()]).toEqual([1, 1, 0]);
  expect(given.at(-1)).toBe(12);
});

test('[UI26] what is large takes the turns of others, and of itself no more than a picture', () => {
  const host = createHost();
  const pace = createPace({ most: 4, mostSize: 100, host });
  const given: number[] = [];
  for (const size of [60, 50, 1000, 10]) pace.take(size, () => given.push(size), never);
  const pictures = [given.length];
  for (let count = 0; count < 3; count += 1) {
    host.frame();
    pictures.push(given.length);
  }
  expect(given).toEqual([60, 50, 1000, 10]);
  expect(pictures).toEqual([1, 2, 3, 4]);
});

test('[UI26] who has left has no turn', () => {
  const host = createHost();
  const pace = createPace({ most: 1, mostSize: 100, host });
  const leaving = new AbortController();
  const given: string[] = [];
  pace.take(1, () => given.push('a'), never);
  pace.take(1, () => given.push('b'), leaving.signal);
  pace.take(1, () => given.push('c'), never);
  leaving.abort();
  host.frame();
  expect(given).toEqual(['a', 'c']);
});

test('[UI26] before printing everybody has a turn, also who comes for it', () => {
  const host = createHost();
  const pace = createPace({ most: 1, mostSize: 100, host });
  const given: number[] = [];
  const take = (): void => pace.take(1, () => given.push(1), never);
  for (let count = 0; count < 5; count += 1) take();
  host.print(true);
  for (let count = 0; count < 5; count += 1) take();
  host.print(false);
  expect(given).toHaveLength(10);
  host.printed();
  for (let count = 0; count < 5; count += 1) take();
  host.frame();
  expect(given.length).toBeLessThanOrEqual(12);
});

import { expect, test } from 'vitest';
import { createLoading, type LoadingClock } from '../../src/plugins/loading.ts';

/** A library that cannot be loaded until `succeed`, and time by hand. */
function openLibrary() {
  const attempts: number[] = [];
  const failures: unknown[] = [];
  let planned: { readonly at: number; readonly task: () => void }[] = [];
  let time = 0;
  let isUp = false;
  const clock: LoadingClock = {
    now: () => time,
    after: (ms, task) => void planned.push({ at: time + ms, task }),
  };
  const library = createLoading<string>({
    async request() {
      attempts.push(time);
      if (!isUp) throw new Error('offline');
      return 'loaded';
    },
    onFailed: (error) => void failures.push(error),
    clock,
  });
  return {
    library,
    attempts,
    failures,
    timers: () => planned.length,
    succeed() {
      isUp = true;
    },
    /** Time passes, in steps so small that each attempt is over before the next. */
    async pass(ms: number): Promise<void> {
      const end = time + ms;
      await settled();
      for (let [next] = due(end); next !== undefined; [next] = due(end)) {
        time = Math.max(time, next.at);
        planned = planned.filter((other) => other !== next);
        next.task();
        await settled();
      }
      time = end;
    },
  };
  function due(end: number) {
    return planned.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const staying = new AbortController().signal;
const nothing = (): void => {};

test('[UI28] who waits has it tried eight times, longer and longer apart, however many wait, and told of once', async () => {
  const { library, attempts, failures, timers, pass } = openLibrary();
  for (let count = 0; count < 3; count += 1) library.need(nothing, staying);
  await pass(1e9);
  expect(attempts).toEqual([0, 1, 3, 7, 15, 31, 63, 123].map((seconds) => seconds * 1000));
  expect(failures).toHaveLength(1);
  expect(timers()).toBe(0);
});

test('[UI28] after that whoever else needs it has it tried, not twice within a minute; what comes serves those who waited', async () => {
  const { library, attempts, pass, succeed } = openLibrary();
  const got: string[] = [];
  library.need((loaded) => void got.push(`first ${loaded}`), staying);
  await pass(123_000);
  const before = attempts.length;
  library.need(nothing, staying);
  await pass(59_000);
  library.need(nothing, staying);
  await pass(500);
  expect(attempts).toHaveLength(before);
  await pass(500);
  library.need(nothing, staying);
  await pass(30_000);
  expect(attempts).toHaveLength(before + 1);
  succeed();
  await pass(30_000);
  library.need((loaded) => void got.push(`last ${loaded}`), staying);
  await pass(0);
  expect(attempts).toHaveLength(before + 2);
  expect(got).toEqual(['first loaded', 'last loaded']);
  expect(library.loaded).toBe('loaded');
  library.need((loaded) => void got.push(`late ${loaded}`), staying);
  expect(got.at(-1)).toBe('late loaded');
});

test('[UI28] while nobody waits nothing is tried; who comes back has it tried when it is time', async () => {
  const { library, attempts, pass, succeed } = openLibrary();
  const leaving = new AbortController();
  const got: string[] = [];
  library.need((loaded) => void got.push(loaded), leaving.signal);
  await pass(500);
  leaving.abort();
  await pass(1e6);
  expect(attempts).toEqual([0]);
  succeed();
  library.need((loaded) => void got.push(`again ${loaded}`), staying);
  await pass(0);
  expect(attempts).toHaveLength(2);
  expect(got).toEqual(['again loaded']);
});

test('[UI28] what takes long is asked for once', async () => {
  let asked = 0;
  let answer = (_: string): void => {};
  const library = createLoading<string>({
    request() {
      asked += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    onFailed: nothing,
  });
  const got: string[] = [];
  for (let count = 0; count < 3; count += 1) library.need((loaded) => void got.push(loaded), staying);
  expect(asked).toBe(1);
  answer('here');
  await settled();
  expect(got).toEqual(['here', 'here', 'here']);
});

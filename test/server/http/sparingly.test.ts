import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sparingly } from '../../../server/http/sparingly.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Work that takes so long each time. */
function working(takesMs: number): { ask: () => Promise<string>; runs: () => number } {
  let runs = 0;
  const work = async (): Promise<string> => {
    runs += 1;
    return String(runs);
  };
  return { ask: sparingly(work, () => performance.now() + runs * takesMs), runs: () => runs };
}

test('[RL7] what is asked for all the time is done for a sixteenth of it', async () => {
  const { ask, runs } = working(10);
  const answers: Promise<string>[] = [];
  for (let ms = 0; ms < 1_499; ms += 1) {
    answers.push(ask());
    await vi.advanceTimersByTimeAsync(1);
  }
  // Ten times ten milliseconds, beside these 1,499.
  expect(runs()).toBe(10);
  await vi.advanceTimersByTimeAsync(150);
  expect(new Set(await Promise.all(answers))).toEqual(new Set(Array.from({ length: 11 }, (_, index) => String(index + 1))));
});

test('what is asked for now and then is done at once', async () => {
  const { ask, runs } = working(10);
  for (let round = 1; round <= 5; round += 1) {
    expect(await ask()).toBe(String(round));
    await vi.advanceTimersByTimeAsync(150);
  }
  expect(runs()).toBe(5);
});

test('what fails is tried again by who asks next', async () => {
  let fails = true;
  const ask = sparingly(async () => {
    if (fails) throw new Error('no figures');
    return 'figures';
  });
  await expect(ask()).rejects.toThrow('no figures');
  fails = false;
  await expect(ask()).resolves.toBe('figures');
});

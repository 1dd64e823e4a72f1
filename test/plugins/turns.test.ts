import { expect, test } from 'vitest';
import { createTurns } from '../../src/plugins/turns.ts';

const never = new AbortController().signal;

test('[UI27] jobs run one at a time, in order, and a failed one stops no other', async () => {
  const turns = createTurns(10);
  const log: string[] = [];
  const job = (name: string) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const all = await Promise.allSettled(['a', 'b', 'c'].map((name) => turns.take(job(name), never)));
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('[UI27] too many are refused at once; one that has left makes room and is not run', async () => {
  const turns = createTurns(2);
  let release = (): void => {};
  const first = turns.take(() => new Promise<void>((resolve) => (release = resolve)), never);
  await Promise.resolve();
  const leaving = new AbortController();
  let ran = 0;
  const count = async (): Promise<number> => ++ran;
  turns.take(count, leaving.signal);
  const second = turns.take(count, never);
  expect(turns.take(count, never)).toBeUndefined();
  leaving.abort();
  const third = turns.take(count, never);
  expect(third).toBeDefined();
  release();
  await Promise.all([first, second, third]);
  expect(ran).toBe(2);
});

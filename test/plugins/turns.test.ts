import { expect, test } from 'vitest';
import { createTurns } from '../../src/plugins/turns.ts';

const atOnce = async (): Promise<void> => {};
const never = new AbortController().signal;

test('[UI27] jobs run one at a time, in order, and a failed one stops no other', async () => {
  const turns = createTurns(10, atOnce);
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
  const turns = createTurns(2, atOnce);
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

test('[UI27] behind each job there is a pause, such as a picture', async () => {
  const pauses: (() => void)[] = [];
  const turns = createTurns(10, () => new Promise((resolve) => pauses.push(resolve)));
  const ran: number[] = [];
  for (let count = 0; count < 3; count += 1) void turns.take(async () => ran.push(count), never);
  for (let count = 1; count <= 3; count += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toHaveLength(count);
    expect(pauses).toHaveLength(count);
    pauses.at(-1)?.();
  }
});

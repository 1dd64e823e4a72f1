import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CreditAccount, CreditWindow, creditWindowDefaults } from '../../src/wire/index.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);
const { initialBytes, maxBytes, idleMs } = creditWindowDefaults;

test('[CR1] a limit never falls', () => {
  const account = new CreditAccount(100);
  account.spend(40);
  account.raise(80);
  expect(account.available).toBe(60);
  account.raise(150);
  expect(account.available).toBe(110);
});

test('[CR2] a batch larger than what is left passes, and the next waits', () => {
  const account = new CreditAccount(10);
  account.spend(25);
  expect(account.available).toBe(-15);
  account.raise(26);
  expect(account.available).toBe(1);
});

test('[CR5] the window doubles while whole windows are applied within a second, and starts again after silence', () => {
  const window = new CreditWindow(0);
  let now = 0;
  const sizes = [window.window];
  for (let round = 0; round < 8; round += 1) {
    now += 100;
    window.applied(window.window, now);
    sizes.push(window.window);
  }
  expect(sizes).toEqual([48, 96, 192, 384, 768, 1024, 1024, 1024, 1024].map((kibibytes) => kibibytes * 1024));
  now += idleMs + 1;
  const { limit } = window;
  window.applied(1, now);
  expect(window.window).toBe(initialBytes);
  expect(window.limit).toBe(limit);
});

test('[CR5] a slow page keeps the initial window', () => {
  const window = new CreditWindow(0);
  for (let now = 900; now < 20_000; now += 900) window.applied(initialBytes / 3, now);
  expect(window.window).toBe(initialBytes);
});

test(`[CR1] [CR2] [CR5] however a relay sends and a page applies, nothing is stuck and the window bounds what is out (seed ${seed})`, () => {
  const step = fc.record({ bytes: fc.integer({ min: 1, max: 70_000 }), applied: fc.nat(4), waitMs: fc.nat(1_500) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      let now = 0;
      const window = new CreditWindow(now);
      const account = new CreditAccount(window.limit);
      const out: number[] = [];
      let outBytes = 0;
      let last = 0;
      const apply = (count: number): void => {
        for (const bytes of out.splice(0, count)) {
          outBytes -= bytes;
          if (window.applied(bytes, now)) {
            expect(window.limit).toBeGreaterThan(account.available + account.spent);
            account.raise(window.limit);
          }
        }
      };
      for (const { bytes, applied, waitMs } of steps) {
        now += waitMs;
        if (account.available > 0) {
          account.spend(bytes);
          out.push(bytes);
          outBytes += bytes;
          last = bytes;
        }
        expect(outBytes).toBeLessThan(maxBytes + last);
        apply(applied);
      }
      // A page that applies everything always leaves room for more.
      apply(out.length);
      expect(account.available).toBeGreaterThan(0);
    }),
    { seed },
  );
});

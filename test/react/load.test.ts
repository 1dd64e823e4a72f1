import { expect, test } from 'vitest';
import type { FrameTask, Rank } from '../../src/react/frame.ts';
import { createPromotions } from '../../src/react/promotion.ts';
import { createBudget } from '../../src/react/running/budget.ts';
import { createRefresh } from '../../src/react/running/refresh.ts';
import { type Busy, createBusy, createScreen, type Screen } from './screen.ts';

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** How long `count` frames took, each. */
const run = (screen: Screen, count: number): number[] => many(count, () => screen.frame());

const servedIn = (tasks: readonly Busy[], from: number): number => tasks.filter(({ served }) => (served.at(-1) ?? 0) >= from).length;

/** Of equals, each gets as many as the others, and nobody waits twice as long. */
function expectTurns(screen: Screen, panels: readonly Busy[]): void {
  run(screen, 60);
  for (const { served } of panels) served.length = 0;
  run(screen, 400);
  const waits = panels.map((panel) => panel.longestMs());
  expect(Math.max(...waits)).toBeLessThan(2 * Math.min(...waits));
  const turns = panels.map(({ served }) => served.length);
  expect(Math.max(...turns)).toBeLessThanOrEqual(Math.min(...turns) + 2);
}

test.for([
  ['the page’s thread', 60, { costMs: 1 }],
  ['what comes after it, unseen by scripts', 60, { costMs: 0.1, rasterMs: 0.9 }],
  ['the page’s thread, at 120 Hz', 120, { costMs: 1 }],
  ['the page’s thread, at 75 Hz', 75, { costMs: 1 }],
] as const)('[UI9] what is too much for a frame is spread over several: %s', ([, hertz, cost]) => {
  const screen = createScreen(1000 / hertz);
  // The display shows how fast it is while there is little to do.
  const first = createBusy(screen, { costMs: 0.1 });
  run(screen, 10);
  screen.loop.cancel(first);
  screen.baseMs = 2;
  const panels = many(40, () => createBusy(screen, cost));
  run(screen, 60);
  const late = run(screen, 240).filter((ms) => ms > screen.intervalMs * 1.1).length;
  expect(late / 240).toBeLessThan(0.12);
  // And no more than that: what a frame has room for is used.
  const perFrame = panels.reduce((sum, { served }) => sum + served.length, 0) / 300;
  expect(perFrame).toBeGreaterThan(0.55 * (screen.intervalMs - 2));
});

test('[UI9] a display of 30 Hz, as in a battery’s last hour, is not taken for a load', () => {
  const screen = createScreen(1000 / 30);
  const panels = many(12, () => createBusy(screen, { costMs: 0.5 }));
  run(screen, 60);
  const from = screen.now();
  screen.frame();
  expect(servedIn(panels, from)).toBe(12);
});

test('[UI9] where there is room again, every panel is served in every frame', () => {
  const screen = createScreen();
  const panels = many(32, () => createBusy(screen, { costMs: 2 }));
  run(screen, 120);
  for (const panel of panels) panel.costMs = 0.2;
  run(screen, 120);
  const from = screen.now();
  screen.frame();
  expect(servedIn(panels, from)).toBe(32);
});

test('[UI9] a page that begins with far too much comes to short frames, and nobody waits long for that', () => {
  const screen = createScreen();
  const panels = many(40, () => createBusy(screen, { costMs: 2 }));
  run(screen, 120);
  for (const { served } of panels) served.length = 0;
  const late = run(screen, 240).filter((ms) => ms > 20).length;
  expect(late / 240).toBeLessThan(0.12);
  expect(Math.max(...panels.map((panel) => panel.longestMs()))).toBeLessThan(150);
});

test('[UI9] the time a page was hidden is not taken for a late frame', () => {
  const screen = createScreen();
  const panels = many(40, () => createBusy(screen, { costMs: 1 }));
  const perFrame = (): number => {
    const from = screen.now();
    screen.frame();
    return servedIn(panels, from);
  };
  run(screen, 120);
  const before = many(20, perFrame);
  const after = many(20, () => {
    screen.hidden = true;
    run(screen, 30);
    screen.show();
    return perFrame();
  });
  expect(Math.min(...after)).toBeGreaterThanOrEqual(Math.min(...before));
});

test('[UI9] one frame that somebody else held up teaches next to nothing', () => {
  const budget = createBudget([]);
  const counts = new Map([['text', 4]]);
  for (let frame = 0; frame < 100; frame += 1) budget.measured(5, counts);
  const before = budget.cost('text');
  budget.measured(3000, counts);
  expect(budget.cost('text')).toBeLessThan(1.5 * before);
});

test('[UI9] what made frames late may end while there is nothing to do: the next ones are tried with more again', () => {
  const screen = createScreen();
  const late = many(20, () => createBusy(screen, { costMs: 0.1, rasterMs: 10 }));
  run(screen, 60);
  for (const panel of late) screen.loop.cancel(panel);
  run(screen, 1200);
  const panels = many(20, () => createBusy(screen, { costMs: 0.1 }));
  const from = screen.now();
  screen.frame();
  expect(servedIn(panels, from)).toBe(20);
});

test('[UI9] a frame that comes early behind a late one is jitter, and no other display', () => {
  const refresh = createRefresh();
  for (let count = 0; count < 20; count += 1) {
    refresh.observe(25, false);
    refresh.observe(8, false);
  }
  expect(refresh.intervalMs).toBe(1000 / 60);
});

test('[UI9] classes of work have costs of their own', () => {
  const screen = createScreen();
  const panels = many(24, (index) =>
    Object.assign(createBusy(screen, { costMs: index % 2 === 0 ? 0.1 : 2 }), { kind: `kind ${index % 2}` }),
  );
  run(screen, 120);
  const late = run(screen, 240).filter((ms) => ms > 20).length;
  expect(late / 240).toBeLessThan(0.12);
  expect(panels.every((panel) => panel.longestMs() < 170)).toBe(true);
});

test('[UI10] among equals nobody waits twice as long as another', () => {
  const screen = createScreen();
  const panels = many(20, () => createBusy(screen, { costMs: 2 }));
  expectTurns(screen, panels);
});

test('[UI10] panels take turns by place, also where another of them has the reader’s attention', () => {
  const screen = createScreen();
  const panels = many(20, (index) => Object.assign(createBusy(screen, { costMs: 2 }), { place: () => 100 * ((index * 7) % 20) }));
  Object.assign(createBusy(screen, { costMs: 1, rank: 'focused' }), { place: () => 950 });
  expectTurns(screen, panels);
});

test('[UI10] what has the reader’s attention is served in every frame, under any load', () => {
  const screen = createScreen();
  many(40, () => createBusy(screen, { costMs: 2 }));
  const focused = createBusy(screen, { costMs: 1, rank: 'focused' });
  run(screen, 60);
  focused.served.length = 0;
  run(screen, 100);
  expect(focused.served).toHaveLength(100);
});

test('[UI10] and before all who have waited too long: in a frame that has no room for more than those', () => {
  const screen = createScreen();
  screen.baseMs = 5;
  const panels = many(60, () => createBusy(screen, { costMs: 4 }));
  const focused = createBusy(screen, { costMs: 1, rank: 'focused' });
  run(screen, 60);
  for (const { served } of [...panels, focused]) served.length = 0;
  const crowded = many(100, () => {
    const from = screen.now();
    screen.frame();
    expect(focused.served.at(-1)).toBeGreaterThanOrEqual(from);
    return servedIn(panels, from);
  }).filter((count) => count > 3);
  expect(crowded.length).toBeGreaterThan(5);
});

test('[UI10] input that waits ends the frame: one panel, not all of them', () => {
  const screen = createScreen();
  const panels = many(10, () => createBusy(screen, { costMs: 0.5 }));
  run(screen, 30);
  screen.input = true;
  const from = screen.now();
  screen.frame();
  expect(servedIn(panels, from)).toBe(1);
});

test('[UI11] nobody waits longer than 150 ms and the frame before, however much there is to do', () => {
  const screen = createScreen();
  screen.baseMs = 5;
  const panels = many(60, () => createBusy(screen, { costMs: 4 }));
  for (const panel of panels) panel.served.push(screen.now());
  const frames = run(screen, 100);
  for (const panel of panels) expect(panel.longestMs()).toBeLessThanOrEqual(150 + Math.max(...frames));
});

test('[UI11] the reader’s attention for many keeps nobody else waiting longer', () => {
  const screen = createScreen();
  many(12, () => createBusy(screen, { costMs: 2, rank: 'focused' }));
  const other = createBusy(screen, { costMs: 1 });
  run(screen, 60);
  other.served.length = 0;
  const frames = run(screen, 100);
  expect(other.served.length).toBeGreaterThan(5);
  expect(other.longestMs()).toBeLessThanOrEqual(150 + Math.max(...frames));
});

test('[UI12] first text, end and error are shown in the next frame, under any load', () => {
  const screen = createScreen();
  many(40, () => createBusy(screen, { costMs: 2 }));
  run(screen, 60);
  const shown: string[] = [];
  for (const name of ['first', 'second']) screen.loop.request({ flush: () => void shown.push(name) }, true);
  screen.frame();
  expect(shown).toEqual(['first', 'second']);
});

test('[UI12] a hundred ends at once are spread over a few frames, in their order', () => {
  const screen = createScreen();
  many(8, () => createBusy(screen, { costMs: 1 }));
  run(screen, 120);
  const shown: number[] = [];
  many(100, (index) => {
    const end: FrameTask = {
      flush: () => {
        shown.push(index);
        screen.spend(1);
      },
    };
    screen.loop.request(end, true);
  });
  const frames = run(screen, 6);
  expect(shown).toEqual(many(100, (index) => index));
  expect(Math.max(...frames)).toBeLessThanOrEqual(4 * screen.intervalMs);
});

test('[UI13] off-screen panels do not run, ask for no frames, and are served when they come into view', () => {
  const screen = createScreen();
  let rank: Rank = 'offscreen';
  const flushed: number[] = [];
  const panel: FrameTask = { flush: () => void flushed.push(screen.now()), rank: () => rank };
  screen.loop.request(panel);
  expect(screen.waitsForFrame).toBe(false);
  createBusy(screen);
  run(screen, 60);
  expect(flushed).toEqual([]);
  rank = 'visible';
  screen.loop.reconsider();
  screen.frame();
  expect(flushed).toHaveLength(1);
});

test('[UI14] a page that was hidden catches up within the budget, not in one long frame', () => {
  const screen = createScreen();
  const panels = many(60, () => createBusy(screen, { costMs: 1 }));
  run(screen, 120);
  screen.hidden = true;
  screen.frame();
  const from = screen.now() + 1;
  for (const panel of panels) screen.loop.request(panel);
  // Nobody has waited for a page that was hidden.
  run(screen, 60);
  screen.show();
  const frames = run(screen, 8);
  expect(servedIn(panels, from)).toBe(60);
  expect(Math.max(...frames)).toBeLessThanOrEqual(2 * screen.intervalMs);
});

test('[UI14] before printing everything is shown at once, what is off-screen or takes several turns included', () => {
  const screen = createScreen();
  const shown: string[] = [];
  let left = 3;
  const long: FrameTask = {
    flush: (_now, all) => {
      shown.push(`long ${all}`);
      left -= 1;
      if (left > 0) screen.loop.request(long);
    },
    settle: () => void shown.push('settled'),
  };
  screen.loop.request(long);
  screen.loop.request({ flush: () => void shown.push('off-screen'), rank: () => 'offscreen' });
  screen.print();
  expect(shown).toEqual(['long true', 'off-screen', 'settled', 'long true', 'settled', 'long true', 'settled']);
});

test('[UI15] a frame’s React updates run after its flushes and before it is measured; others at once', () => {
  const screen = createScreen();
  const order: string[] = [];
  for (const name of ['a', 'b']) {
    screen.loop.request({
      flush: () => {
        order.push(`flush ${name}`);
        screen.loop.commit(() => void order.push(`commit ${name}`));
      },
      settle: () => void order.push(`settle ${name}`),
    });
  }
  screen.frame();
  expect(order).toEqual(['flush a', 'flush b', 'commit a', 'commit b', 'settle a', 'settle b']);
  screen.loop.commit(() => void order.push('outside'));
  expect(order.at(-1)).toBe('outside');
});

test.for([1, 50])(
  '[UI15] [UI12] a promotion that is due does not wait for a hundred ends of %i ms, nor one of them for promotions that wait',
  (costMs) => {
    const screen = createScreen();
    many(8, () => createBusy(screen, { costMs: 1 }));
    run(screen, 120);
    let forcedAt = 0;
    // Transitions React does not come to.
    const promotions = createPromotions(
      () => screen.loop,
      () => screen.now(),
      () => {},
    );
    const since = screen.now();
    promotions.promote({ apply: () => (forcedAt ||= screen.now()), isDone: () => forcedAt > 0 });
    promotions.promote({ apply: () => {}, isDone: () => false });
    while (screen.now() < since + 120) screen.frame();
    let ended = 0;
    many(100, () => {
      const end: FrameTask = {
        flush: () => {
          ended += 1;
          screen.spend(costMs);
        },
      };
      screen.loop.request(end, true);
    });
    let longestMs = 0;
    while (ended < 100) {
      const before = ended;
      longestMs = Math.max(longestMs, screen.frame());
      expect(ended).toBeGreaterThan(before);
    }
    // In the frame behind the one in which the deadline falls.
    expect(forcedAt).toBeGreaterThanOrEqual(since + 150);
    expect(forcedAt - since).toBeLessThanOrEqual(150 + longestMs);
  },
);

test('[UI15] a promotion is made urgent once, and not at all if it is done or given up', () => {
  const screen = createScreen();
  const promotions = createPromotions(
    () => screen.loop,
    () => screen.now(),
    (update) => update(),
  );
  const applied: string[] = [];
  const count = (name: string): number => applied.filter((other) => other === name).length;
  let isDone = false;
  promotions.promote({ apply: () => void applied.push('waits'), isDone: () => count('waits') > 2 });
  promotions.promote({ apply: () => void applied.push('done'), isDone: () => isDone });
  const giveUp = promotions.promote({ apply: () => void applied.push('given up'), isDone: () => false });
  run(screen, 3);
  giveUp();
  // The next frame comes late, and React is done with it between the two.
  screen.baseMs = 400;
  run(screen, 1);
  isDone = true;
  screen.baseMs = 0;
  run(screen, 30);
  expect([count('waits'), count('done'), count('given up')]).toEqual([2, 1, 1]);
  expect(promotions.stats().forced).toBe(1);
});

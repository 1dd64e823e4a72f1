import { expect, test } from 'vitest';
import { createFrames, type FrameHost, type Frames, type FrameTask } from '../../src/react/frame.ts';
import { createBudget } from '../../src/react/running/budget.ts';

interface Page extends FrameHost {
  time: number;
  hidden: boolean;
  readonly requested: ((now: number) => void)[];
  /** Lets `ms` pass and runs one frame, if one was asked for. */
  frame(ms?: number): void;
  show(): void;
}

function createPage(): Page {
  const visible: (() => void)[] = [];
  const budget = createBudget();
  const page: Page = {
    time: 1000,
    hidden: false,
    requested: [],
    requestFrame: (callback) => void page.requested.push(callback),
    now: () => page.time,
    isHidden: () => page.hidden,
    onVisible: (callback) => void visible.push(callback),
    budget: () => budget,
    frame(ms = 16) {
      page.time += ms;
      for (const callback of page.requested.splice(0)) callback(page.time);
    },
    show() {
      page.hidden = false;
      for (const callback of visible) callback();
    },
  };
  return page;
}

/** A task that always has more to show, as a panel of a running stream. */
function createPanel(loop: () => Frames, log: string[], name: string): FrameTask {
  const task: FrameTask = {
    flush: () => {
      log.push(name);
      loop().request(task);
    },
  };
  return task;
}

/** Eight panels that always have more to show, in frames that are long; nothing of it is in the log. */
function createLoad(): { readonly page: Page; readonly loop: Frames; readonly log: string[] } {
  const page = createPage();
  const loop = createFrames(page);
  const log: string[] = [];
  for (let index = 0; index < 8; index += 1) loop.request(createPanel(() => loop, log, `panel ${index}`));
  for (let count = 0; count < 10; count += 1) page.frame(60);
  log.length = 0;
  return { page, loop, log };
}

test('[UI3] one frame is asked for however many panels wait, and none when nothing does', () => {
  const page = createPage();
  const loop = createFrames(page);
  const log: string[] = [];
  loop.request({ flush: () => void log.push('a') });
  loop.request({ flush: () => void log.push('b') });
  expect(page.requested).toHaveLength(1);
  page.frame();
  expect(log).toEqual(['a', 'b']);
  expect(page.requested).toHaveLength(0);
});

test('[UI3] a task that asks twice runs once, and a cancelled one not at all', () => {
  const page = createPage();
  const loop = createFrames(page);
  const log: string[] = [];
  const twice: FrameTask = { flush: () => void log.push('twice') };
  const cancelled: FrameTask = { flush: () => void log.push('cancelled') };
  loop.request(twice);
  loop.request(twice);
  loop.request(cancelled);
  loop.cancel(cancelled);
  page.frame();
  expect(log).toEqual(['twice']);
});

test('[UI3] all writes of a frame come before all measurements', () => {
  const page = createPage();
  const loop = createFrames(page);
  const log: string[] = [];
  for (const name of ['a', 'b']) loop.request({ flush: () => void log.push(`write ${name}`), settle: () => void log.push(`read ${name}`) });
  page.frame();
  expect(log).toEqual(['write a', 'write b', 'read a', 'read b']);
});

test('[UI3] under load a frame serves fewer panels, longest waiting first, and each within 150 ms', () => {
  const page = createPage();
  const loop = createFrames(page);
  const log: string[] = [];
  const names = Array.from({ length: 10 }, (_, index) => `panel ${index}`);
  for (const name of names) loop.request(createPanel(() => loop, log, name));
  page.frame();
  expect(log).toEqual(names);

  let fewest = names.length;
  const served = new Map(names.map((name) => [name, page.time]));
  for (let count = 0; count < 40; count += 1) {
    log.length = 0;
    page.frame(40);
    fewest = Math.min(fewest, log.length);
    for (const name of log) {
      expect(page.time - (served.get(name) ?? 0)).toBeLessThanOrEqual(150 + 40);
      served.set(name, page.time);
    }
  }
  expect(fewest).toBeLessThan(names.length / 2);
  expect([...served.values()].every((time) => page.time - time <= 190)).toBe(true);

  for (let count = 0; count < 20; count += 1) {
    log.length = 0;
    page.frame(16);
  }
  expect(new Set(log).size).toBe(names.length);
});

test('[UI3] what is urgent runs in the next frame, under any load', () => {
  const { page, loop, log } = createLoad();
  loop.request({ flush: () => void log.push('first token') }, true);
  page.frame(60);
  expect(log).toContain('first token');
  expect(log.length).toBeLessThan(8);
});

test('[UI7] a hidden page runs no frame, and shows everything in one when it is visible again', () => {
  const page = createPage();
  const loop = createFrames(page);
  const log: string[] = [];
  page.hidden = true;
  const task: FrameTask = { flush: () => void log.push('flush') };
  loop.request(task);
  loop.request(task);
  expect(page.requested).toHaveLength(0);
  page.show();
  page.frame();
  expect(log).toEqual(['flush']);
});

test('[UI7] what mounts while the page is hidden shows nothing before it is visible', () => {
  const page = createPage();
  const loop = createFrames(page);
  const log: string[] = [];
  page.hidden = true;
  loop.mount({ flush: () => void log.push('flush') });
  expect(log).toEqual([]);
  page.show();
  page.frame();
  expect(log).toEqual(['flush']);
});

test('[UI3] what mounts is flushed at once, and measured in the next frame, under any load', () => {
  const { page, loop, log } = createLoad();
  loop.mount({ flush: () => void log.push('mounted'), settle: () => void log.push('measured') });
  expect(log).toEqual(['mounted']);
  page.frame(60);
  expect(log).toContain('measured');
  expect(log.length).toBeLessThan(8);
});

test('[UI7] a frame that was asked for and never came does not stop the loop', () => {
  const page = createPage();
  const loop = createFrames(page);
  const log: string[] = [];
  loop.request({ flush: () => void log.push('flush') });
  page.requested.length = 0;
  page.hidden = true;
  page.show();
  page.frame();
  expect(log).toEqual(['flush']);
});

test.for(['flush', 'commit', 'settle'] as const)('[UI3] a task that throws in its %s is reported and holds up no other', (where) => {
  const page = createPage();
  const loop = createFrames(page);
  const reported: unknown[] = [];
  const report = globalThis.reportError;
  globalThis.reportError = (error) => void reported.push(error);
  try {
    const log: string[] = [];
    const broken = new Error('broken panel');
    const fail = (): never => {
      throw broken;
    };
    loop.request({
      flush: () => {
        if (where === 'flush') fail();
        if (where === 'commit') loop.commit(fail);
      },
      settle: () => where === 'settle' && fail(),
    });
    loop.request({
      flush: () => {
        log.push('flush');
        loop.commit(() => void log.push('commit'));
      },
      settle: () => void log.push('settle'),
    });
    page.frame();
    expect(log).toEqual(['flush', 'commit', 'settle']);
    expect(reported).toEqual([broken]);
  } finally {
    globalThis.reportError = report;
  }
});

import { launchPage, type Page } from '../../bench/render/chromium/launch.ts';
import { collectTrace } from '../../bench/render/chromium/trace.ts';

export interface Tasks {
  /** Processor time of the longest task of the page's thread, ms: what others had of the processor meanwhile is not in it. */
  readonly longestMs: number;
  /** Tasks of 50 ms of processor time or more. */
  readonly over50: number;
  /** Of the longest, whoever had the processor, ms. */
  readonly longestWallMs: number;
}

export interface TasksPage {
  evaluate<Value>(expression: string): Promise<Value>;
  throttle(rate: number): Promise<void>;
  /** Watches the tasks of the page's thread. The function returned ends it; with the time given (of the page's clock, ms) it counts those that began later. */
  watch(): Promise<(since: number) => Promise<Tasks>>;
  close(): Promise<void>;
}

/** The page in a Chromium of its own. */
export async function openTasksPage(url: string): Promise<TasksPage> {
  const page = await launchPage();
  await page.call('Page.navigate', { url });
  while (!(await page.evaluate<boolean>('typeof window.showPanels === "function"').catch(() => false)))
    await new Promise((resolve) => setTimeout(resolve, 50));
  await page.evaluate('window.preload()');
  return {
    evaluate: (expression) => page.evaluate(expression),
    throttle: async (rate) => void (await page.call('Emulation.setCPUThrottlingRate', { rate })),
    watch: () => watch(page),
    close: () => page.close(),
  };
}

async function watch(page: Page): Promise<(since: number) => Promise<Tasks>> {
  const stop = await collectTrace(page, ['toplevel', 'blink.user_timing', '__metadata']);
  return async (since) => {
    // The page's clock is not the trace's.
    const at = await page.evaluate<number>('performance.mark("traced").startTime');
    const events = await stop();
    const mark = events.find(({ name }) => name === 'traced');
    if (mark === undefined) throw new Error('The trace has not got the page’s mark.');
    const from = mark.ts - (at - since) * 1000;
    const tasks = events.filter(({ name, pid, tid, ts }) => name.endsWith('RunTask') && pid === mark.pid && tid === mark.tid && ts >= from);
    return {
      longestMs: Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000)),
      over50: tasks.filter(({ tdur = 0 }) => tdur >= 50_000).length,
      longestWallMs: Math.max(0, ...tasks.map(({ dur = 0 }) => dur / 1000)),
    };
  };
}

import { takePrecedence } from '../precedence.ts';
import { launchPage, type Page } from '../render/chromium/launch.ts';

export type View = 'plain' | 'markdown';

/** A Chromium of its own, and so many panels in it; with `--first` in front of other work on this machine. */
export async function openPanels(url: string, streams: number, view: View): Promise<Page> {
  const page = await launchPage();
  if (process.argv.includes('--first')) for (const pid of [process.pid, page.pid]) takePrecedence(pid);
  await page.call('Performance.enable', { timeDomain: 'threadTicks' });
  await page.call('Page.navigate', { url });
  while (!(await page.evaluate<boolean>('typeof window.mount === "function"').catch(() => false)))
    await new Promise((resolve) => setTimeout(resolve, 50));
  await page.evaluate(`window.mount(${streams}, ${JSON.stringify(view)})`);
  return page;
}

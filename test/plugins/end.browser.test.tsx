import { expect, test } from 'vitest';
import { StreamPanel } from '../../src/index.ts';
import { katex } from '../../src/plugins/katex.tsx';
import { start } from '../react/events.ts';
import { frame, openPage } from '../react/page.tsx';
import { ManualSource } from '../support/source.ts';

test('[UI26] who is at the end is there when formulas that waited are drawn', async () => {
  const page = openPage();
  const source = new ManualSource();
  const markdown = { math: katex() };
  page.render(<StreamPanel source={source} view="markdown" markdown={markdown} style={{ height: 300 }} />);
  source.push(start);
  source.text(
    Array.from({ length: 100 }, () => '$$\n\\begin{matrix}a\\\\b\\\\c\\\\d\\\\e\\end{matrix}\n$$')
      .join('\n\n')
      .concat('\n\n'),
  );
  await expect.poll(() => page.body().querySelectorAll('.katex').length).toBe(100);
  await frame(5);
  const scroller = page.body().closest('.sluice-scroller') as HTMLElement;
  const fromEnd = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  expect(scroller.scrollTop).toBeGreaterThan(1000);
  expect(fromEnd()).toBeLessThanOrEqual(1);
});

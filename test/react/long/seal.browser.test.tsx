import { expect, onTestFinished, test } from 'vitest';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { start } from '../events.ts';
import { openPage } from '../page.tsx';

const gathers = '.sluice-lines, .sluice-lines-part, .sluice-blocks';

interface Seen {
  /** `contain` of what came, when it came. */
  readonly born: readonly string[];
  /** Elements of the answer that gather others. */
  readonly all: readonly HTMLElement[];
}

/** An answer that comes in several pieces; what it is gathered in. */
async function grown(view: 'plain' | 'markdown', pieces: readonly string[]): Promise<Seen> {
  const page = openPage();
  const source = new ManualSource();
  const born: string[] = [];
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes)
        if (node instanceof HTMLElement)
          for (const element of [node, ...node.querySelectorAll(gathers)])
            if (element.matches(gathers)) born.push(getComputedStyle(element).contain);
  });
  observer.observe(page.container, { childList: true, subtree: true });
  onTestFinished(() => observer.disconnect());
  page.render(<StreamPanel source={source} view={view} style={{ height: '400px' }} />);
  source.push(start);
  for (const [index, piece] of pieces.entries()) {
    source.text(`${piece}end ${index}\n\n`);
    await expect.poll(() => page.body().textContent).toContain(`end ${index}`);
  }
  return { born, all: [...page.body().querySelectorAll<HTMLElement>(gathers)] };
}

const isSkippable = (element: HTMLElement): boolean => getComputedStyle(element).contentVisibility === 'auto';

test('[UI44] groups of lines and their parts contain their counters from the beginning', async () => {
  const { born, all } = await grown(
    'plain',
    Array.from({ length: 5 }, () => 'line\n'.repeat(800)),
  );
  expect(new Set(all.filter(isSkippable).map(({ className }) => className))).toEqual(new Set(['sluice-lines', 'sluice-lines-part']));
  expect(born.length).toBeGreaterThanOrEqual(all.length);
  expect(new Set(born)).toEqual(new Set(['style']));
  expect(new Set(all.map((element) => getComputedStyle(element).contain))).toEqual(new Set(['style']));
});

test('[UI44] groups of blocks contain their counters from the beginning', async () => {
  const { born, all } = await grown(
    'markdown',
    Array.from({ length: 4 }, () => 'A paragraph.\n\n'.repeat(30)),
  );
  expect(all.filter(isSkippable).length).toBeGreaterThanOrEqual(4);
  expect(born.length).toBeGreaterThanOrEqual(all.length);
  expect(new Set(born)).toEqual(new Set(['style']));
  expect(new Set(all.map((element) => getComputedStyle(element).contain))).toEqual(new Set(['style']));
});

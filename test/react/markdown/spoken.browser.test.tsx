import { expect, test } from 'vitest';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { start } from '../events.ts';
import { openPage } from '../page.tsx';

test('[UI36] closed blocks are read out while the panel has the focus, and only then', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" title="Spoken one" />);
  source.push(start);
  source.text('Before the focus.\n\nOpen');
  await expect.poll(() => page.body().textContent).toBe('Before the focus.Open');
  page.container.querySelector<HTMLElement>('.sluice-scroller')?.focus();
  source.text(' and *closed*.\n\n- a\n- b\n\nUnfinished');
  const polite = (): string => document.querySelector('[data-sluice-announcer="polite"]')?.textContent ?? '';
  await expect.poll(polite, { timeout: 4000 }).toContain('Spoken one: Open and closed. a b');
  expect(polite()).not.toContain('Before');
  expect(polite()).not.toContain('Unfinished');
});

import { expect, onTestFinished, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { frame, openPage, type Page, watch } from './page.tsx';

/** Of Chromium's tools; what vitest declares of them is empty. */
interface Session {
  send(method: 'Emulation.setEmulatedMedia', options: { features: readonly { name: string; value: string }[] }): Promise<unknown>;
}

const burst = 'one word after the other, '.repeat(20);

/** A panel with smooth pacing that has shown `begin ` and a burst; `sights`: since the burst came. */
async function showBurst(): Promise<{ page: Page; source: ManualSource; sights: ReturnType<typeof watch>['sights'] }> {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} pacing="smooth" />);
  source.push(start);
  source.text('begin ');
  await expect.poll(() => page.body().textContent).toBe('begin ');
  // What paces is loaded when it is first asked for.
  await import('../../src/react/pacing.ts');
  await frame(20);
  const { sights } = watch(page.panel());
  source.text(burst);
  await expect.poll(() => page.body().textContent).toBe(`begin ${burst}`);
  return { page, source, sights };
}

test('[UI16] [UI1] a panel with smooth pacing lets a burst flow, while the store has it at once; the end shows everything', async () => {
  const { page, source, sights } = await showBurst();
  const lengths = [...new Set(sights.map(({ text }) => text.length))];
  expect(lengths.length).toBeGreaterThan(2);
  expect(sights.filter(({ text }) => !`begin ${burst}`.startsWith(text))).toEqual([]);
  source.text(burst);
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(page.body().textContent).toBe(`begin ${burst}${burst}`);
  expect(sights.filter(({ status, text }) => status === 'done' && text.length < 6 + 2 * burst.length)).toEqual([]);
});

test('[UI16] where the reader wishes for little motion, a burst is there at once', async () => {
  const session = cdp() as unknown as Session;
  const prefer = (value: string): Promise<unknown> =>
    session.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value }] });
  await prefer('reduce');
  onTestFinished(() => prefer('').then(() => undefined));
  expect(matchMedia('(prefers-reduced-motion: reduce)').matches).toBe(true);
  const { sights } = await showBurst();
  const texts = [...new Set(sights.map(({ text }) => text))];
  expect(texts.at(-1)).toBe(`begin ${burst}`);
  expect(texts.length).toBeLessThanOrEqual(2);
});

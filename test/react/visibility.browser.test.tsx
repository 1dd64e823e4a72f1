import { expect, test, vi } from 'vitest';
import { StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { frame, openPage, setHidden, watch } from './page.tsx';

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index} of an answer\n`).join('');

/** A panel in view, and one far below it. */
async function openTwo() {
  const page = openPage();
  const near = new ManualSource();
  const far = new ManualSource();
  page.render(
    <>
      <StreamPanel source={near} title="near" />
      <div style={{ height: '4000px' }} />
      <StreamPanel source={far} title="far" />
    </>,
  );
  await expect.poll(() => page.container.querySelectorAll('[data-stream-panel]').length).toBe(2);
  scrollTo(0, 0);
  // The observer has looked once, and React has rendered what it says about the streams themselves.
  near.push(start);
  far.push(start);
  await expect.poll(() => page.panel(1).textContent).toContain('scripted');
  await frame(4);
  return { page, near, far };
}

test('[UI13] an off-screen panel is not touched while its stream runs, and is whole when it comes near', async () => {
  const { page, near, far } = await openTwo();
  const { records } = watch(page.panel(1));
  let text = '';
  for (let count = 0; count < 10; count += 1) {
    const delta = `${count} ${'word '.repeat(20)}\n`;
    text += delta;
    near.text(delta);
    far.text(delta);
    await expect.poll(() => page.body(0).textContent).toBe(text);
  }
  expect(records).toEqual([]);
  page.panel(1).scrollIntoView();
  await expect.poll(() => page.body(1).textContent).toBe(text);
  expect(page.status(1)).toBe('streaming');
  far.text('and goes on');
  await expect.poll(() => page.body(1).textContent).toBe(`${text}and goes on`);
});

test('[UI13] [UI2] the end brings an off-screen panel up to date, once', async () => {
  const { page, far } = await openTwo();
  const { sights } = watch(page.panel(1));
  far.text('first ');
  await frame(10);
  expect(sights.filter((sight) => sight.text !== '' || sight.status !== 'pending')).toEqual([]);
  far.text('second');
  far.push(finish);
  await expect.poll(() => page.status(1)).toBe('done');
  expect(page.body(1).textContent).toBe('first second');
  expect(new Set(sights.map((sight) => sight.text).filter((text) => text !== ''))).toEqual(new Set(['first second']));
});

test('[UI14] before printing a panel is brought up to date in the event itself, off-screen or not', async () => {
  const { page, near, far } = await openTwo();
  const long = lines(5000);
  near.text(long);
  far.text('not seen by anybody');
  await expect
    .poll(() => [...page.client.store.getState().streams.values()].map(({ status }) => status))
    .toEqual(['streaming', 'streaming']);
  dispatchEvent(new Event('beforeprint'));
  expect(page.body(1).textContent).toBe('not seen by anybody');
  expect(page.body(0).textContent).toBe(long);
});

test('[UI14] a long answer that is there at once takes several frames, none of them long, and its status waits', async () => {
  const page = openPage();
  const source = new ManualSource();
  const text = lines(30_000);
  source.push(start, { type: 'text', part: 't0', delta: text }, finish);
  page.render(<StreamPanel source={source} />);
  await expect.poll(() => page.container.querySelector('[data-stream-panel]')).not.toBeNull();
  const { sights } = watch(page.panel());
  await expect.poll(() => page.status(), { timeout: 20_000 }).toBe('done');
  expect(page.body().textContent).toBe(text);
  const lengths = [...new Set(sights.map((sight) => sight.text.length))];
  expect(lengths.length).toBeGreaterThan(10);
  const steps = lengths.map((length, index) => length - (lengths[index - 1] ?? length));
  expect(Math.max(...steps)).toBeLessThanOrEqual(32_768);
  expect(sights.filter((sight) => sight.status === 'done' && sight.text !== text)).toEqual([]);
});

test('[UI14] [UI7] hidden, nothing is touched; shown again, many panels catch up whole', async () => {
  const page = openPage();
  const sources = Array.from({ length: 4 }, () => new ManualSource());
  page.render(sources.map((source, index) => <StreamPanel key={`panel ${String(index)}`} source={source} style={{ height: '8rem' }} />));
  for (const source of sources) source.push(start, { type: 'text', part: 't0', delta: 'shown' });
  await expect.poll(() => sources.map((_, index) => page.body(index).textContent)).toEqual(sources.map(() => 'shown'));
  setHidden(true);
  const seen = sources.map((_, index) => watch(page.panel(index)));
  for (const source of sources) source.push({ type: 'text', part: 't0', delta: ', and more' }, finish);
  await expect.poll(() => [...page.client.store.getState().streams.values()].every(({ status }) => status === 'done')).toBe(true);
  await frame(3);
  expect(seen.flatMap(({ records }) => records).filter(({ type }) => type === 'characterData')).toEqual([]);
  setHidden(false);
  await expect.poll(() => sources.map((_, index) => page.status(index))).toEqual(sources.map(() => 'done'));
  expect(sources.map((_, index) => page.body(index).textContent)).toEqual(sources.map(() => 'shown, and more'));
});

test('[UI17] what a delta costs in reads of layout and changes of the document does not depend on the length', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} />);
  source.push(start);
  source.text('begin\n');
  await expect.poll(() => page.body().textContent).toBe('begin\n');
  const heights = vi.spyOn(Element.prototype, 'scrollHeight', 'get');
  const tops = vi.spyOn(Element.prototype, 'scrollTop', 'get');
  const { records } = watch(page.panel());
  const inBody = (): number => records.filter(({ target }) => page.body().contains(target)).length;
  const cost = async (): Promise<{ reads: number; changes: number }> => {
    await frame(8);
    heights.mockClear();
    tops.mockClear();
    const before = inBody();
    source.text('one more line of text\n');
    await expect.poll(() => page.body().textContent?.endsWith('one more line of text\n')).toBe(true);
    await frame(8);
    return { reads: heights.mock.calls.length + tops.mock.calls.length, changes: inBody() - before };
  };
  const first = await cost();
  source.text(lines(20_000));
  await expect.poll(() => page.body().textContent?.endsWith('line 19999 of an answer\n'), { timeout: 20_000 }).toBe(true);
  await frame(30);
  const last = await cost();
  heights.mockRestore();
  tops.mockRestore();
  expect(last.reads).toBeLessThanOrEqual(first.reads + 2);
  expect(last.changes).toBeLessThanOrEqual(first.changes + 1);
  expect(first.reads).toBeGreaterThan(0);
});

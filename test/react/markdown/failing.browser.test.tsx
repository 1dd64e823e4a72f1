import type { ReactNode } from 'react';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type MarkdownOptions, preloadMarkdown, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage, type Page } from '../page.tsx';

/** What the console is told is part of what is shown here, and not of the test's output. */
function hush(): readonly string[] {
  const told: string[] = [];
  const spy = vi.spyOn(console, 'error').mockImplementation((message) => void told.push(String(message)));
  onTestFinished(() => spy.mockRestore());
  return told;
}

/** A panel with these options beside one without. */
function openBeside(markdown: MarkdownOptions): { readonly page: Page; readonly source: ManualSource } {
  const page = openPage();
  const [source, other] = [new ManualSource(), new ManualSource()];
  page.render(
    <>
      <StreamPanel source={source} view="markdown" title="Failing" markdown={markdown} />
      <StreamPanel source={other} view="markdown" title="Other" />
    </>,
  );
  other.push(start, { type: 'text', part: 't0', delta: 'an *other*' }, finish);
  return { page, source };
}

test('[UI35] what the app rewrites and decorates may throw: there is no such link or decoration, and the console is told once', async () => {
  const told = hush();
  const { page, source } = openBeside({
    rewriteUrl: (url) => new URL(url).href,
    linkProps: (url) => {
      if (url.includes('second')) throw new Error('no props');
      return { target: '_blank' };
    },
  });
  source.push(start, {
    type: 'text',
    part: 't0',
    delta: '[a](no address) [b](https://first.example) [c](also:/none) [d](https://second.example) ![e](none)',
  });
  source.push(finish);
  await expect.poll(() => page.status(0)).toBe('done');
  expect(page.body(0).textContent).toContain('b');
  expect([...page.body(0).querySelectorAll('a[href]')].map((link) => [link.getAttribute('href'), link.getAttribute('target')])).toEqual([
    ['https://first.example/', '_blank'],
    ['https://second.example/', null],
  ]);
  await expect.poll(() => page.body(1).querySelector('em')?.textContent).toBe('other');
  expect(told.filter((message) => message.startsWith('Sluice:'))).toHaveLength(2);
});

test('[UI35] a component that throws, at first or in mid-stream: its answer is the text it is, and the other panel stays', async () => {
  hush();
  const Picky = ({ children }: { readonly children?: ReactNode }): ReactNode => {
    if (String(children).includes('bad')) throw new Error('I cannot show that.');
    return <b>{children}</b>;
  };
  const { page, source } = openBeside({ components: { strong: Picky } });
  source.push(start);
  source.text('a **good** word');
  await expect.poll(() => page.body(0).textContent).toBe('a good word');
  const panel = page.panel(0);
  source.text(' and a **bad** one');
  await expect.poll(() => page.body(0).textContent).toBe('a **good** word and a **bad** one');
  source.text(', to the end');
  source.push(finish);
  await expect.poll(() => page.status(0)).toBe('done');
  expect(page.body(0).textContent).toBe('a **good** word and a **bad** one, to the end');
  expect(page.panel(0)).toBe(panel);
  await expect.poll(() => page.body(1).querySelector('em')?.textContent).toBe('other');
});

test('[UI35] a component that throws where the view changes ends that change, and the next answer of the panel is Markdown again', async () => {
  hush();
  await preloadMarkdown();
  const page = openPage();
  const Bad = (): ReactNode => {
    throw new Error('I cannot show that.');
  };
  const show = (source: ManualSource, view: 'plain' | 'markdown'): void =>
    page.render(<StreamPanel source={source} view={view} title="Failing" markdown={{ components: { strong: Bad } }} />);
  const [one, two] = [new ManualSource(), new ManualSource()];
  show(one, 'plain');
  one.push(start, { type: 'text', part: 't0', delta: 'a **bad** word' }, finish);
  await expect.poll(() => page.status()).toBe('done');
  show(one, 'markdown');
  await frame(20);
  expect(page.body().textContent).toBe('a **bad** word');
  // Nothing waits for what will not be.
  const asked = vi.spyOn(globalThis, 'requestAnimationFrame');
  onTestFinished(() => asked.mockRestore());
  const besides = async (): Promise<number> => {
    asked.mockClear();
    await frame(5);
    return asked.mock.calls.length - 5;
  };
  await expect.poll(besides).toBe(0);
  show(two, 'markdown');
  two.push(start, { type: 'text', part: 't0', delta: 'a *good* word' }, finish);
  await expect.poll(() => page.body().querySelector('em')?.textContent).toBe('good');
});

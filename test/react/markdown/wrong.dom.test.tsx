import { cleanup, configure, render, waitFor } from '@testing-library/react';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { type MarkdownOptions, SluiceProvider, StreamPanel } from '../../../src/index.ts';
import { katex } from '../../../src/plugins/katex.tsx';
import { shiki } from '../../../src/plugins/shiki.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';

afterEach(cleanup);
configure({ asyncUtilTimeout: 10_000 });

/** Options as apps without types may write them. */
function open(markdown: unknown): HTMLElement {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: 'a *word*, $x$, [one](https://a.example)\n\n```js\n1\n```' }, finish);
  const { container } = render(
    <SluiceProvider worker={false} markdownWorker={false}>
      <p>The app</p>
      <StreamPanel source={source} view="markdown" markdown={markdown as MarkdownOptions} />
    </SluiceProvider>,
  );
  return container;
}

const words = (container: HTMLElement) => container.querySelector('[data-stream-body]')?.textContent;

test.each([
  { highlight: shiki },
  { math: katex },
  { math: 'katex' },
  { allowedSchemes: 'https' },
  { imagePrefixes: [/https/] },
  { rewriteUrl: 'https://a.example' },
  { linkProps: { target: '_blank' } },
  { components: 'a' },
  { fences: () => null },
  { headingOffset: '2' },
  'gfm',
  true,
])('[UI35] an option that cannot work takes no more than its own panel’s Markdown: %o', async (markdown) => {
  const container = open(markdown);
  await waitFor(() => expect(container.querySelector('[data-status="done"]')).not.toBeNull());
  expect(words(container)).toMatch(/^a \*?word\*?, .*one/);
  expect(container.textContent).toContain('The app');
});

test.each([
  null,
  false,
  { highlight: null, math: false, fences: null, components: null, allowedSchemes: null, rewriteUrl: false, headingOffset: null },
])('none is the default: %o', async (markdown) => {
  const container = open(markdown);
  await waitFor(() => expect(container.querySelector('em')?.textContent).toBe('word'));
  expect(container.querySelector('a')?.getAttribute('href')).toBe('https://a.example');
});

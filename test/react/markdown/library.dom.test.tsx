import { cleanup, configure, render, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { SluiceProvider, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';

afterEach(cleanup);
configure({ asyncUtilTimeout: 10_000 });

test('[UI30] [UI33] in an app’s own tests Markdown is shown, too: with `act`, without layout, without a worker', async () => {
  const complaints = vi.spyOn(console, 'error');
  const source = new ManualSource();
  const { container, unmount } = render(
    <StrictMode>
      <SluiceProvider worker={false} markdownWorker={false}>
        <StreamPanel source={source} view="markdown" title="Tested" />
      </SluiceProvider>
    </StrictMode>,
  );
  source.push(start, { type: 'text', part: 't0', delta: '## One\n\n*two* `three`' });
  const body = container.querySelector('[data-stream-body]');
  await waitFor(() => expect(body?.textContent).toBe('Onetwo three'), { timeout: 10_000 });
  source.push(finish);
  await waitFor(() => expect(screen.getByRole('region', { name: 'Tested' }).dataset['status']).toBe('done'), { timeout: 10_000 });
  expect(screen.getByRole('heading', { level: 4, name: 'One' })).toBeTruthy();
  expect(container.querySelector('[data-stream-body]')).toBe(body);
  unmount();
  expect(complaints.mock.calls.map(([message]) => String(message)).filter((message) => !message.includes('act('))).toEqual([]);
  complaints.mockRestore();
});

test('[UI8] [UI30] on a server a Markdown panel is empty, and whole', () => {
  const html = renderToString(
    <SluiceProvider worker={false}>
      <StreamPanel source={new ManualSource()} view="markdown" title="Server" />
    </SluiceProvider>,
  );
  expect(html).toContain('aria-label="Server"');
  expect(html).toContain('<div data-stream-body=""></div>');
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { StreamSource } from '../../src/client.ts';
import { SluiceProvider, StreamPanel } from '../../src/index.ts';
import type { Json } from '../../src/wire/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';

// As an app tests itself: Testing Library with `act`, in a DOM without layout.
afterEach(cleanup);
configure({ asyncUtilTimeout: 10_000 });

test('[UI1] [UI2] a panel shows its stream in an app’s own tests, without layout and without ResizeObserver', async () => {
  vi.stubGlobal('ResizeObserver', undefined);
  const complaints = vi.spyOn(console, 'error');
  const source = new ManualSource();
  const { container, unmount } = render(
    <StrictMode>
      <SluiceProvider worker={false}>
        <StreamPanel source={source} title="Tested" />
      </SluiceProvider>
    </StrictMode>,
  );
  source.push(start);
  source.text('one\ntwo');
  const panel = screen.getByRole('region', { name: 'Tested' });
  await waitFor(() => expect(panel.dataset['status']).toBe('streaming'));
  expect(container.querySelector('[data-stream-body]')?.textContent).toBe('one\ntwo');
  fireEvent.click(screen.getByRole('button', { name: 'Pause Tested' }));
  expect(panel.dataset['paused']).toBe('');
  fireEvent.click(screen.getByRole('button', { name: 'Resume Tested' }));
  source.push(finish);
  await waitFor(() => expect(panel.dataset['status']).toBe('done'));
  unmount();
  expect(complaints.mock.calls.map(([message]) => String(message)).filter((message) => !message.includes('act('))).toEqual([]);
  vi.unstubAllGlobals();
});

test.each([undefined, null, { request: undefined }])(
  'a panel whose source is %o says what is wrong, with a code, and shows the one that comes later',
  async (nothing) => {
    const panelOf = (source: unknown) => (
      <SluiceProvider worker={false}>
        <StreamPanel source={source as StreamSource} title="Late" />
      </SluiceProvider>
    );
    const { container, rerender } = render(panelOf(nothing));
    const panel = screen.getByRole('region', { name: 'Late' });
    await waitFor(() => expect(panel.dataset['status']).toBe('failed'));
    await waitFor(() => expect(panel.textContent).toMatch(/pass \{ id \}, \{ request \}.*bad_request/));
    const source = new ManualSource();
    rerender(panelOf(source));
    source.push(start, { type: 'text', part: 't0', delta: 'here' }, finish);
    await waitFor(() => expect(panel.dataset['status']).toBe('done'));
    expect(container.querySelector('[data-stream-body]')?.textContent).toBe('here');
  },
);

test('a panel whose request cannot be written fails with a code, whatever the app renders, and shows the one that comes later', async () => {
  const circular = (): StreamSource => {
    const options: { [key: string]: unknown } = {};
    options['self'] = options;
    return { request: { provider: 'scripted', model: 'm', prompt: 'p', options: options as { [key: string]: Json } } };
  };
  const panelOf = (source: StreamSource) => (
    <SluiceProvider worker={false}>
      <StreamPanel source={source} title="Circular" />
    </SluiceProvider>
  );
  const { container, rerender } = render(panelOf(circular()));
  const panel = screen.getByRole('region', { name: 'Circular' });
  for (let time = 0; time < 3; time += 1) {
    rerender(panelOf(circular()));
    await waitFor(() => expect(panel.dataset['status']).toBe('failed'));
    await waitFor(() => expect(panel.textContent).toContain('bad_request'));
  }
  const source = new ManualSource();
  rerender(panelOf(source));
  source.push(start, { type: 'text', part: 't0', delta: 'here' }, finish);
  await waitFor(() => expect(panel.dataset['status']).toBe('done'));
  expect(container.querySelector('[data-stream-body]')?.textContent).toBe('here');
});

test('what does not apply is disabled for assistive technology, and does nothing', async () => {
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: 'done' }, finish);
  render(
    <SluiceProvider worker={false}>
      <StreamPanel source={source} title="Ended" />
    </SluiceProvider>,
  );
  const panel = screen.getByRole('region', { name: 'Ended' });
  await waitFor(() => expect(panel.dataset['status']).toBe('done'));
  for (const name of ['Pause Ended', 'Stop Ended']) {
    const button = await screen.findByRole('button', { name });
    await waitFor(() => expect(button.getAttribute('aria-disabled')).toBe('true'));
    fireEvent.click(button);
  }
  expect(panel.dataset['paused']).toBeUndefined();
  expect(panel.dataset['status']).toBe('done');
  expect(screen.queryByRole('button', { name: /Retry/ })).toBeNull();
});

test('a stream the relay has lost can be asked for anew', async () => {
  const source = new ManualSource();
  source.push(start, { type: 'error', code: 'unknown_channel', message: 'There is no such stream.', retryable: false });
  const onRetry = vi.fn();
  render(
    <SluiceProvider worker={false}>
      <StreamPanel source={source} title="Lost" onRetry={onRetry} />
    </SluiceProvider>,
  );
  fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(onRetry).toHaveBeenCalledTimes(1);
});

test('onRetry offers what the panel cannot know how to repeat', async () => {
  const source = new ManualSource();
  source.push(start, { type: 'error', code: 'upstream_failed', message: 'The provider failed.', retryable: true });
  const onRetry = vi.fn();
  render(
    <SluiceProvider worker={false}>
      <StreamPanel source={source} title="Broken" onRetry={onRetry} />
    </SluiceProvider>,
  );
  fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
  fireEvent.click(await screen.findByRole('button', { name: 'Retry Broken' }));
  expect(onRetry).toHaveBeenCalledTimes(2);
  // The second click of a double click on “Stop”.
  fireEvent.click(screen.getByRole('button', { name: 'Retry Broken' }), { detail: 2 });
  expect(onRetry).toHaveBeenCalledTimes(2);
});

test('copying takes the whole text, exactly', async () => {
  const source = new ManualSource();
  const text = 'a\r\nb\n\n\tc';
  source.push(start, { type: 'text', part: 't0', delta: text }, finish);
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  render(
    <SluiceProvider worker={false}>
      <StreamPanel source={source} title="Copied" />
    </SluiceProvider>,
  );
  await waitFor(() => expect(screen.getByRole('region', { name: 'Copied' }).dataset['status']).toBe('done'));
  const button = screen.getByRole('button', { name: 'Copy Copied' });
  await waitFor(() => expect(button.hasAttribute('aria-disabled')).toBe(false));
  fireEvent.click(button);
  await waitFor(() => expect(writeText).toHaveBeenCalledWith(text));
  writeText.mockRestore();
});

test('a stream whose connection cannot be made says why, instead of waiting for ever', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
    response.end(JSON.stringify({ protocol: 99, endpoints: {}, providers: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  render(
    <SluiceProvider worker={false} url={`http://127.0.0.1:${(server.address() as AddressInfo).port}/`}>
      <StreamPanel source={{ id: 'waits' }} title="Waits" />
    </SluiceProvider>,
  );
  await waitFor(() => expect(screen.getByRole('region', { name: 'Waits' }).textContent).toContain('protocol 99'), { timeout: 5_000 });
});

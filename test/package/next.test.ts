import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp } from './app.ts';
import { expectStreaming, program } from './page.ts';

let app: App;

beforeAll(async () => {
  app = await createApp('next', 'next', 'react', 'react-dom');
});
afterAll(() => app?.remove());

test('a new Next app builds, renders on the server and streams through the worker', async () => {
  const next = program('next', 'dist/bin/next');
  expect(await app.node(next, 'build')).toContain('/');
  const origin = await app.serve(next, 'start', '--hostname', '127.0.0.1', '--port', '0');
  expect(await (await fetch(origin)).text()).toContain('data-stream-panel');
  await expectStreaming(app, origin);
});

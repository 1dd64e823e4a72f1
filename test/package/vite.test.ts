import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp } from './app.ts';
import { expectStreaming, program } from './page.ts';

let app: App;

beforeAll(async () => {
  app = await createApp('vite', 'vite', 'react', 'react-dom');
});
afterAll(() => app?.remove());

test('a new Vite app builds, and streams through the worker', async () => {
  const vite = program('vite', 'bin/vite.js');
  expect(await app.node(vite, 'build')).toMatch(/worker-[\w-]+\.js/);
  await expectStreaming(app, await app.serve(vite, 'preview', '--host', '127.0.0.1', '--port', '0'));
});

test('its development server streams through the worker, too', async () => {
  await expectStreaming(app, await app.serve(program('vite', 'bin/vite.js'), '--host', '127.0.0.1', '--port', '0'));
});

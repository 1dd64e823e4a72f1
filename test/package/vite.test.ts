import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp, write } from './app.ts';
import { expectStreaming, openBrowser, program } from './page.ts';

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

test('its development server says when the style sheet is missing, and a build has nothing of that', async () => {
  const vite = program('vite', 'bin/vite.js');
  const page = readFileSync(join(app.folder, 'index.html'), 'utf8').replace('main.jsx', 'unstyled.jsx');
  const source = readFileSync(join(app.folder, 'src/main.jsx'), 'utf8').replace(/import '.*css';/, '');
  write(app, 'unstyled.html', page);
  write(app, 'src/unstyled.jsx', source);
  const tab = await (await openBrowser()).newPage();
  const said = tab.waitForEvent('console', (message) => message.type() === 'warning');
  const origin = await app.serve(vite, '--host', '127.0.0.1', '--port', '0');
  await tab.goto(`${origin}/unstyled.html?relay=${origin}`);
  expect((await said).text()).toContain("import 'sluice-kit/styles.css'");

  await app.node(vite, 'build');
  const assets = join(app.folder, 'dist/assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(1);
  for (const name of scripts) expect(readFileSync(join(assets, name), 'utf8'), name).not.toContain('styles.css');
});

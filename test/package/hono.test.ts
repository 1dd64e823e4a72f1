import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../project/repository.ts';
import { type App, createApp, write } from './app.ts';

let app: App;

beforeAll(async () => {
  app = await createApp('hono', 'hono', '@hono/node-server');
  for (const name of ['app.ts', 'server.ts']) cpSync(join(root, 'examples/hono', name), join(app.folder, name));
});
afterAll(() => app?.remove());

test.for(['websocket', 'sse'])('examples/hono: the app’s own answer reaches a client over %s', async (transport) => {
  const origin = await app.serve('server.ts');
  const asked = await fetch(`${origin}/ask`, { method: 'POST', body: 'How are you?' });
  expect(asked.status).toBe(201);
  const { id } = await asked.json();
  expect(await app.node('read.js', origin, transport, id)).toBe('You asked: How are you?\n');
});

test('examples/hono: its fetch handler needs no Node server', async () => {
  write(app, 'fetch.js', "import { app } from './app.ts';\nconsole.log((await app.request('/v1/connect')).status);\nprocess.exit();\n");
  expect(await app.node('fetch.js')).toBe('200\n');
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { chromiumArgs, ensureChromium } from '../../../scripts/chromium.ts';
import type { Discovery } from '../../../server/http/discovery.ts';
import { startBystander } from '../../support/bystander.ts';
import { startRelay } from '../../support/relay.ts';

/** What the page is told by the test; an attacker has it from elsewhere. */
interface Target {
  readonly relay: string;
  readonly webtransport: string;
  readonly hashes: readonly string[];
}

test.for(['another origin of this machine', 'another site'] as const)(
  '[CN10] [RL10] a page of %s, in a real browser, starts, stops and reads nothing',
  async (where) => {
    const { relay, url } = await startRelay({ authenticate: ({ credentials }) => ({ id: credentials ?? 'anonymous' }) });
    const bystander = await startBystander(relay, url);
    relay.streams.create({
      id: 'a',
      source: (async function* () {
        yield { type: 'text', part: 't0', delta: 'for its owner only' } as const;
        await new Promise(() => {});
      })(),
    });
    const server = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title><body>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const browser = await chromium.launch({ executablePath: ensureChromium(), args: [...chromiumArgs] });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`http://${where === 'another site' ? 'evil.localhost' : '127.0.0.1'}:${port}/`);
    const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
    const before = relay.stats;

    const outcomes = await page.evaluate(attack, {
      relay: url,
      webtransport: endpoints.webtransport?.url ?? '',
      hashes: endpoints.webtransport?.certificateHashes ?? [],
    });
    expect(outcomes).toEqual({
      'read with fetch': 'blocked',
      'read without asking': 'blocked',
      'start with JSON': 'blocked',
      'start as text': 'blocked',
      'stop without a body': 'blocked',
      'stop by beacon': 'sent',
      'start by form': 'sent',
      'open SSE': 'blocked',
      'open SSE as text': 'blocked',
      'embed as script': 'error',
      'embed as image': 'error',
      websocket: 'closed 1006',
      webtransport: 'closed',
    });
    await expect.poll(() => relay.stats.refused['origin_refused']).toBeGreaterThanOrEqual(10);
    expect(relay.stats).toMatchObject({
      created: before.created,
      generations: before.generations,
      stopped: 0,
      subscriptions: 1,
      connections: { websocket: 1, webtransport: 0, sse: 0 },
    });
    await bystander.streamsOn();
  },
);

/** Runs in the page. Each way ends before the next begins. */
async function attack({ relay, webtransport, hashes }: Target): Promise<Record<string, string>> {
  const body = JSON.stringify({ provider: 'scripted', model: 'm', prompt: 'p' });
  const message = Uint8Array.of(
    0x92,
    1,
    0x82,
    0xa8,
    ...new TextEncoder().encode('protocol'),
    1,
    0xa6,
    ...new TextEncoder().encode('credit'),
    100,
  );
  const at = (path: string): string => new URL(path, relay).href;
  const asked = (path: string, init: RequestInit): Promise<string> =>
    fetch(at(path), { credentials: 'include', ...init }).then(
      (answer) => (answer.type === 'opaque' ? 'opaque' : `read ${answer.status}`),
      () => 'blocked',
    );
  const embedded = (element: HTMLScriptElement | HTMLImageElement): Promise<string> =>
    new Promise((resolve) => {
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve('error');
      element.src = at('/v1/streams/a');
      document.body.append(element);
    });
  const outcomes: Record<string, string> = {
    'read with fetch': await asked('/v1/streams/a', {}),
    'read without asking': await asked('/v1/streams/a', { mode: 'no-cors' }),
    'start with JSON': await asked('/v1/streams', { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    'start as text': await asked('/v1/streams', { method: 'POST', body, mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
    'stop without a body': await asked('/v1/streams/a/stop', { method: 'POST', mode: 'no-cors' }),
    'stop by beacon': navigator.sendBeacon(at('/v1/streams/a/stop'), new Blob(['{}'], { type: 'text/plain' })) ? 'sent' : 'not sent',
    'open SSE': await asked('/v1/sse', { method: 'POST', body: message, headers: { 'content-type': 'application/vnd.sluice+msgpack' } }),
    'open SSE as text': await asked('/v1/sse', {
      method: 'POST',
      body: message,
      mode: 'no-cors',
      headers: { 'content-type': 'text/plain' },
    }),
    'embed as script': await embedded(document.createElement('script')),
    'embed as image': await embedded(document.createElement('img')),
  };
  const frame = Object.assign(document.createElement('iframe'), { name: 'target' });
  const form = Object.assign(document.createElement('form'), {
    method: 'POST',
    action: at('/v1/streams'),
    enctype: 'text/plain',
    target: 'target',
  });
  const field = Object.assign(document.createElement('input'), { name: body.slice(0, -2), value: '"}' });
  form.append(field);
  document.body.append(frame, form);
  const loaded = new Promise((resolve) => {
    frame.onload = resolve;
  });
  form.submit();
  await loaded;
  outcomes['start by form'] = 'sent';
  outcomes['websocket'] = await new Promise((resolve) => {
    const socket = new WebSocket(at('/v1/socket').replace('http', 'ws'));
    socket.onopen = () => resolve('open');
    socket.onclose = ({ code }) => resolve(`closed ${code}`);
  });
  const bytes = (hash: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0));
  const session = new WebTransport(webtransport, {
    serverCertificateHashes: hashes.map((hash) => ({ algorithm: 'sha-256', value: bytes(hash) })),
  });
  outcomes['webtransport'] = await session.ready
    .then(() => session.closed)
    .then(
      () => 'closed',
      () => 'closed',
    );
  return outcomes;
}

import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { encodeClientFrame } from '../../../src/wire/index.ts';
import { startRelay } from '../../support/relay.ts';

const expected = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

test('[RL18] every answer says it is no page, of one type, and for nobody else to embed or keep', async () => {
  const { relay, url, port } = await startRelay({ allowedOrigins: ['https://app.example'] });
  relay.streams.create({ id: 'a', source: (async function* () {})() });
  const origin = { origin: 'https://app.example' };
  const json = { 'content-type': 'application/json' };
  const requests: readonly (readonly [number, string, RequestInit?])[] = [
    [200, '/healthz'],
    [200, '/readyz'],
    [200, '/metrics'],
    [200, '/v1/connect'],
    [200, '/v1/streams/a'],
    [200, '/v1/streams/a', { headers: origin }],
    [202, '/v1/streams/a/stop', { method: 'POST' }],
    [204, '/v1/streams', { method: 'OPTIONS', headers: origin }],
    [201, '/v1/streams', { method: 'POST', headers: json, body: '{"provider":"scripted","model":"m","prompt":"p"}' }],
    [400, '/v1/streams', { method: 'POST', headers: json, body: '{' }],
    [403, '/v1/streams/a', { headers: { origin: 'https://evil.example' } }],
    [404, '/v1/nothing'],
    [404, '/'],
    [405, '/v1/streams'],
    [404, '/v1/sse/none', { method: 'POST', headers: { 'content-type': 'application/vnd.sluice+msgpack' } }],
  ];
  for (const [status, path, init] of requests) {
    const answer = await fetch(new URL(path, url), init);
    await answer.body?.cancel();
    expect({ path, status: answer.status, ...Object.fromEntries(answer.headers) }).toMatchObject({
      path,
      status,
      ...expected,
      'cache-control': 'no-store',
    });
  }
  const events = await fetch(new URL('/v1/sse', url), {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.sluice+msgpack' },
    body: new Uint8Array(encodeClientFrame({ type: 'hello', protocol: 1, credit: 1 })),
  });
  expect(Object.fromEntries(events.headers)).toMatchObject({ ...expected, 'cache-control': 'no-cache, no-transform' });
  await events.body?.cancel();

  const upgrade = (path: string, from: string): string =>
    `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\norigin: ${from}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
  for (const [request, code] of [
    [upgrade('/v1/socket', 'https://evil.example'), '403 Refused'],
    [upgrade('/elsewhere', 'https://app.example'), '404 Refused'],
    ['this is no HTTP\r\n\r\n', '400 Refused'],
    [`GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, '431 Refused'],
  ] as const) {
    const answer = await exchange(port, request);
    expect(answer).toContain(code);
    for (const [name, value] of Object.entries(expected)) expect(answer).toContain(`${name}: ${value}\r\n`);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ code: expect.stringMatching(/^[a-z_]+$/) });
  }
  expect(relay.stats.refused).toMatchObject({ origin_refused: 2, bad_json: 1 });
});

test('[CN10] what a browser asks for on behalf of a foreign page, without an origin, is refused; what a person opens is not', async () => {
  const { relay, url } = await startRelay();
  relay.streams.create({ id: 'a', source: (async function* () {})() });
  const status = async (headers: Record<string, string>): Promise<number> => {
    const answer = await fetch(new URL('/v1/streams/a', url), { headers });
    await answer.body?.cancel();
    return answer.status;
  };
  expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' })).toBe(403);
  expect(await status({ 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'script' })).toBe(403);
  expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' })).toBe(403);
  expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' })).toBe(200);
  expect(await status({ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' })).toBe(200);
  expect(await status({ 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' })).toBe(200);
});

/** All that comes back for these bytes, until the relay ends the connection. */
function exchange(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

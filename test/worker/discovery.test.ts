import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { discover, parseDiscovery } from '../../src/worker/discovery.ts';
import { platformEnv } from '../../src/worker/environment.ts';

const base = new URL('https://relay.example/v1/connect');
const hash = btoa('x'.repeat(32));

test('[CN14] endpoints may be absolute or relative, and get the scheme of their transport', () => {
  const endpoints = parseDiscovery(
    {
      protocol: 1,
      endpoints: {
        webtransport: { url: 'https://relay.example:4433/v1/webtransport', certificateHashes: [hash] },
        websocket: { url: '/v1/socket' },
        sse: { url: '/v1/sse' },
      },
    },
    base,
  );
  expect(endpoints).toEqual({
    webtransport: { url: 'https://relay.example:4433/v1/webtransport', certificateHashes: [new Uint8Array(32).fill(120)] },
    websocket: { url: 'wss://relay.example/v1/socket', certificateHashes: [] },
    sse: { url: 'https://relay.example/v1/sse', certificateHashes: [] },
  });
  const plain = parseDiscovery({ protocol: 1, endpoints: { websocket: { url: 's' } } }, new URL('http://127.0.0.1:8787/v1/connect'));
  expect(plain.websocket?.url).toBe('ws://127.0.0.1:8787/v1/s');
});

test('[CN2] another protocol version is refused before anything connects', () => {
  expect(() => parseDiscovery({ protocol: 2, endpoints: {} }, base)).toThrow(expect.objectContaining({ code: 'protocol_version' }));
});

test.each([
  null,
  'text',
  { protocol: 1 },
  { protocol: 1, endpoints: { sse: 'x' } },
  { protocol: 1, endpoints: { sse: { url: 5 } } },
  { protocol: 1, endpoints: { sse: { url: 'javascript:alert(1)' } } },
  { protocol: 1, endpoints: { webtransport: { url: 'https://x/', certificateHashes: 'abc' } } },
  { protocol: 1, endpoints: { webtransport: { url: 'https://x/', certificateHashes: ['!'] } } },
])('[CN14] a document that is not of the form is refused: %j', (document) => {
  expect(() => parseDiscovery(document, base)).toThrow(expect.objectContaining({ name: 'StreamError' }));
});

test.each([
  [200, 'text/html', '<html>', 'connect_failed', true],
  [502, 'text/plain', 'bad gateway', 'connect_failed', true],
  [403, 'application/problem+json', '{"code":"origin_refused","detail":"Not from there."}', 'origin_refused', false],
  [503, 'application/problem+json', '{"code":"relay_draining"}', 'relay_draining', true],
])('[RL8] an answer of %i %s becomes an error with a code', async (status, type, body, code, retryable) => {
  const server = createServer((_, response) => response.writeHead(status, { 'content-type': type, 'retry-after': '2' }).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await expect(discover(url, platformEnv(), AbortSignal.timeout(5_000))).rejects.toMatchObject({ code, retryable });
});

import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { clientAddress } from '../../../server/transports/address.ts';
import { connectClient } from '../../support/connect.ts';
import { startRelay } from '../../support/relay.ts';

const from = (said: string | undefined, trustedProxies: number): string =>
  clientAddress('192.0.2.1', new Headers(said === undefined ? {} : { 'x-forwarded-for': said }), trustedProxies);

test('the address of a client is the socket’s, unless the relay is behind proxies', () => {
  expect(from('203.0.113.9', 0)).toBe('192.0.2.1');
  expect(from(undefined, 1)).toBe('192.0.2.1');
  expect(from('203.0.113.9', 1)).toBe('203.0.113.9');
});

test('it is what the outermost proxy of ours wrote, whatever the client wrote before', () => {
  expect(from('10.0.0.1, 203.0.113.9', 1)).toBe('203.0.113.9');
  expect(from('10.0.0.1,203.0.113.9 ,198.51.100.2', 2)).toBe('203.0.113.9');
  // It came past the outer one.
  expect(from('198.51.100.2', 2)).toBe('198.51.100.2');
});

test('it may have a port; what is no address is not taken for one', () => {
  expect(from('203.0.113.9:4711', 1)).toBe('203.0.113.9');
  expect(from('[2001:db8::1]:4711', 1)).toBe('2001:db8::1');
  expect(from('2001:db8::1', 1)).toBe('2001:db8::1');
  for (const odd of ['unknown', '', 'evil<script>', '203.0.113.9.9', '_hidden', '203.0.113.9, ']) expect(from(odd, 1)).toBe('192.0.2.1');
});

test('[CN3] authenticate is told of it over HTTP, WebSocket and SSE; over WebTransport it is the socket’s', async () => {
  const seen: string[] = [];
  const { url } = await startRelay({
    trustedProxies: 1,
    authenticate: ({ transport, remoteAddress }) => {
      seen.push(`${transport} ${remoteAddress}`);
      return { id: 'ada' };
    },
  });
  const headers = { 'x-forwarded-for': '10.0.0.1, 203.0.113.9' };
  await (await fetch(new URL('/v1/streams/none', url), { headers: { ...headers, authorization: 'Bearer x' } })).text();
  for (const transport of ['websocket', 'sse', 'webtransport'] as const) {
    const client = await connectClient(transport, url, { headers });
    client.hello({ credentials: 'x' });
    await client.first('welcome');
  }
  expect(seen).toEqual(['http 203.0.113.9', 'websocket 203.0.113.9', 'sse 203.0.113.9', 'webtransport 127.0.0.1']);
});

test('[CN10] a relay without authenticate serves nobody from elsewhere, also through a proxy on its machine', async () => {
  const { url } = await startRelay({ trustedProxies: 1 });
  const status = async (client: string): Promise<number> =>
    (await fetch(new URL('/v1/connect', url), { headers: { 'x-forwarded-for': client } })).status;
  expect(await status('203.0.113.9')).toBe(401);
  expect(await status('127.0.0.1')).toBe(200);
  const socket = new WebSocket(new URL('/v1/socket', url.replace('http', 'ws')), { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(await new Promise((resolve) => socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode)))).toBe(401);
});

test('[CN10] who comes through a proxy to a relay on loopback needs credentials there, unless it is a page', async () => {
  const { url } = await startRelay({ trustedProxies: 1, authenticate: () => ({ id: 'ada' }) });
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(new URL('/v1/streams/none', url), { headers })).status;
  expect(await status({ 'x-forwarded-for': '203.0.113.9' })).toBe(401);
  expect(await status({ 'x-forwarded-for': '203.0.113.9', authorization: 'Bearer x' })).toBe(404);
  expect(await status({ 'x-forwarded-for': '203.0.113.9', origin: new URL(url).origin })).toBe(404);
  expect(await status({ 'x-forwarded-for': '127.0.0.1' })).toBe(404);
  expect(await status({})).toBe(404);
});

test('[RL7] connections over SSE are limited by it: one client’s do not use up another’s', async () => {
  const { url } = await startRelay({ trustedProxies: 1, maxMessagesPerSecond: 5, authenticate: () => ({ id: 'ada' }) });
  const open = async (client: string): Promise<number> => {
    const headers = { 'content-type': 'application/vnd.sluice+msgpack', 'x-forwarded-for': client };
    const answer = await fetch(new URL('/v1/sse', url), { method: 'POST', headers, body: Uint8Array.of(0xc1) });
    await answer.text();
    return answer.status;
  };
  const eve = await Promise.all(Array.from({ length: 40 }, () => open('203.0.113.9')));
  expect(eve).toContain(429);
  expect(await open('203.0.113.10')).toBe(200);
});

test('[RL7] requests are limited by caller: one who has a whole IPv6 network is one', async () => {
  const { url } = await startRelay({ trustedProxies: 1, maxMessagesPerSecond: 5, authenticate: () => ({ id: 'ada' }) });
  const ask = async (client: string): Promise<number> => {
    const answer = await fetch(new URL('/v1/streams/none', url), { headers: { authorization: 'Bearer x', 'x-forwarded-for': client } });
    await answer.text();
    return answer.status;
  };
  const statuses = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(`2001:db8::${index}`)));
  expect(statuses).toContain(429);
  expect(await ask('2001:db8:0:1::1')).toBe(404);
});

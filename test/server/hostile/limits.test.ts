import { WebTransport } from 'rwebtransport';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Discovery } from '../../../server/http/discovery.ts';
import { createScripted } from '../../../server/index.ts';
import { frameMessage } from '../../../server/transports/framing.ts';
import { encodeClientFrame, PROTOCOL_VERSION } from '../../../src/wire/index.ts';
import { byName, startBystander } from '../../support/bystander.ts';
import { connectClient } from '../../support/connect.ts';
import { startRelay } from '../../support/relay.ts';
import { ManualSource } from '../../support/source.ts';

const TRANSPORTS = ['websocket', 'webtransport', 'sse'] as const;

/** What the operator sees of a refusal. */
async function refusals(url: string, code: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url), { headers: { authorization: 'Bearer operator' } })).text();
  return Number(new RegExp(`^sluice_refused_total\\{code="${code}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

function post(url: string, path: string, body: unknown, token = 'eve', headers: Record<string, string> = {}): Promise<Response> {
  return fetch(new URL(path, url), {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
  });
}

async function codeOf(answer: Promise<Response>): Promise<string> {
  const { status } = await answer;
  const { code = '' } = (await (await answer).json()) as { code?: string };
  return `${status} ${code}`.trim();
}

describe.for(TRANSPORTS)('[RL7] limits of a connection, over %s', (transport) => {
  test('[CN6] channels: as many as allowed, and one more is too_many_channels, on a connection that goes on', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, maxChannelsPerConnection: 3 });
    const bystander = await startBystander(relay, url, transport);
    const channels = ['a', 'b', 'c', 'd'].map(
      (id) => relay.streams.create({ id, principal: { id: 'eve' }, source: new ManualSource() }).channel,
    );
    const client = await connectClient(transport, url);
    client.hello({ credentials: 'eve' });
    for (const [index, channel] of channels.entries()) client.subscribe(index + 1, channel);
    expect(await client.first('error')).toMatchObject({ code: 'too_many_channels', subscription: 4 });
    await client.until(() => client.of('subscribed').length === 3);
    client.send({ type: 'unsubscribe', subscription: 1 });
    client.subscribe(5, channels[3] ?? '');
    await client.until(() => client.of('subscribed').length === 4);
    expect(await refusals(url, 'too_many_channels')).toBe(1);
    await bystander.streamsOn();
  });

  test('frames: a burst of twice the rate passes, one more is rate_limited', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, maxFramesPerSecond: 50 });
    const bystander = await startBystander(relay, url, transport);
    const pings = (count: number): Uint8Array =>
      new Uint8Array(Buffer.concat(Array.from({ length: count }, () => Uint8Array.of(0x92, 6, 0))));
    const allowed = await connectClient(transport, url);
    allowed.hello({ credentials: 'eve' });
    await allowed.first('welcome');
    allowed.sendBytes(pings(99));
    await allowed.until(() => allowed.of('pong').length === 99);
    const flooding = await connectClient(transport, url);
    flooding.hello({ credentials: 'eve' });
    await flooding.first('welcome');
    flooding.sendBytes(pings(150));
    expect(await flooding.first('error')).toMatchObject({ code: 'rate_limited', retryable: true });
    await flooding.ended();
    expect(flooding.of('pong')).toEqual([]);
    expect(await refusals(url, 'rate_limited')).toBe(1);
    await bystander.streamsOn();
  });

  test('subscribes of unknown channels, one message after the other, end in rate_limited', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, maxMessagesPerSecond: 30 });
    const bystander = await startBystander(relay, url, 'websocket');
    const client = await connectClient(transport, url);
    client.hello({ credentials: 'eve' });
    await client.first('welcome');
    for (let subscription = 1; subscription <= 400; subscription += 1) client.subscribe(subscription, `stream:${'x'.repeat(100)}`);
    await client.ended();
    expect(client.of('subscribed').length).toBeLessThan(400);
    expect(relay.stats.refused['rate_limited']).toBeGreaterThanOrEqual(1);
    await bystander.streamsOn();
  });

  test('connections: as many as a principal may have, and one more is too_many_connections', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, maxConnectionsPerPrincipal: 2 });
    const bystander = await startBystander(relay, url, transport);
    const clients = [];
    for (let index = 0; index < 3; index += 1) {
      const client = await connectClient(transport, url);
      client.hello({ credentials: 'eve' });
      if (index < 2) await client.first('welcome');
      clients.push(client);
    }
    expect(await clients[2]?.first('error')).toMatchObject({ code: 'too_many_connections', retryable: true });
    await clients[2]?.ended();
    clients[0]?.close();
    await expect.poll(() => relay.stats.connections[transport]).toBe(2);
    const again = await connectClient(transport, url);
    again.hello({ credentials: 'eve' });
    await again.first('welcome');
    expect(await refusals(url, 'too_many_connections')).toBe(1);
    await bystander.streamsOn();
  });
});

describe('[RL7] limits of a principal, over HTTP', () => {
  test('generations: as many as allowed, and one more is too_many_streams; another principal has its own', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, maxGenerationsPerPrincipal: 2, providers: [createScripted()] });
    const bystander = await startBystander(relay, url);
    const body = { provider: 'scripted', model: 'm', prompt: 'p', options: { rate: 1 } };
    expect(await codeOf(post(url, '/v1/streams', { ...body, id: 'one' }))).toBe('201');
    expect(await codeOf(post(url, '/v1/streams', { ...body, id: 'two' }))).toBe('201');
    expect(await codeOf(post(url, '/v1/streams', { ...body, id: 'three' }))).toBe('429 too_many_streams');
    expect(await codeOf(post(url, '/v1/streams', { ...body, id: 'three' }, 'ada'))).toBe('201');
    expect(await codeOf(post(url, '/v1/streams/one/stop', ''))).toBe('202');
    expect(await codeOf(post(url, '/v1/streams', { ...body, id: 'four' }))).toBe('201');
    expect(await refusals(url, 'too_many_streams')).toBe(1);
    await bystander.streamsOn();
  });

  test('requests, of every route and SSE posts too: more than allowed are rate_limited', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, maxMessagesPerSecond: 5 });
    const bystander = await startBystander(relay, url);
    for (const [path, type, name] of [
      ['/v1/streams', 'application/json', 'a'],
      ['/v1/streams/none/stop', 'application/json', 'b'],
      ['/v1/sse/00000000-0000-0000-0000-000000000000', 'application/vnd.sluice+msgpack', 'c'],
    ] as const) {
      const codes = await Promise.all(Array.from({ length: 40 }, () => codeOf(post(url, path, '', name, { 'content-type': type }))));
      expect(codes.filter((code) => code === '429 rate_limited').length, path).toBeGreaterThanOrEqual(1);
      expect(codes.filter((code) => code !== '429 rate_limited').length, path).toBeGreaterThanOrEqual(10);
    }
    expect(await refusals(url, 'rate_limited')).toBeGreaterThanOrEqual(3);
    await bystander.streamsOn();
  });

  test('bytes of a body: as many as allowed, and one more is body_too_large', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, maxBodyBytes: 1_000 });
    const bystander = await startBystander(relay, url);
    const body = (length: number): string => {
      const empty = JSON.stringify({ provider: 'scripted', model: 'm', prompt: '' });
      return empty.replace('""', `"${'p'.repeat(length - empty.length)}"`);
    };
    expect(await codeOf(post(url, '/v1/streams', body(1_000)))).toBe('201');
    expect(await codeOf(post(url, '/v1/streams', body(1_001)))).toBe('413 body_too_large');
    expect(await codeOf(post(url, '/v1/streams/none/stop', body(1_001)))).toBe('413 body_too_large');
    expect(await refusals(url, 'body_too_large')).toBe(2);
    await bystander.streamsOn();
  });

  test('[CN13] ids of SSE sessions cannot be guessed or taken over: unknown_session, and the session goes on', async () => {
    const { relay, url } = await startRelay({ authenticate: byName });
    const bystander = await startBystander(relay, url, 'sse');
    const { session } = bystander.client.of('welcome')[0] as { session: string };
    const type = { 'content-type': 'application/vnd.sluice+msgpack' };
    for (const id of [session, 'x'.repeat(8_000), '__proto__', '..%2f..%2fstreams', '%00']) {
      expect(await codeOf(post(url, `/v1/sse/${id}`, '\x92\x06\x01', 'eve', type))).toBe('404 unknown_session');
    }
    expect(await refusals(url, 'unknown_session')).toBe(5);
    await bystander.streamsOn();
  });
});

test('[RL7] a flood of WebSocket pings ends in rate_limited, and disturbs nobody', async () => {
  const { relay, url } = await startRelay({ authenticate: byName });
  const bystander = await startBystander(relay, url);
  const socket = new WebSocket(url.replace('http', 'ws').concat('v1/socket'));
  await new Promise((resolve) => socket.on('open', resolve));
  const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve(`${code} ${reason}`)));
  for (let index = 0; index < 2_000; index += 1) socket.ping();
  expect(await closed).toBe('4429 rate_limited');
  expect(await refusals(url, 'rate_limited')).toBe(1);
  await bystander.streamsOn();
});

test('[RL7] [CN12] a flood of streams on a WebTransport session is turned away, and disturbs nobody', async () => {
  const { relay, url } = await startRelay({ authenticate: byName });
  const bystander = await startBystander(relay, url, 'webtransport');
  const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
  const session = new WebTransport(endpoints.webtransport?.url ?? '', {
    serverCertificateHashes: (endpoints.webtransport?.certificateHashes ?? []).map((hash) => ({
      algorithm: 'sha-256',
      value: Buffer.from(hash, 'base64'),
    })),
  });
  session.closed.catch(() => {});
  await session.ready;
  const hello = encodeClientFrame({ type: 'hello', protocol: PROTOCOL_VERSION, credit: 0, credentials: 'eve' });
  let opened = 0;
  for (let index = 0; index < 300; index += 1) {
    // The first bidirectional one is the control stream. On it comes hello, so that the session is not ended for its silence, on a busy machine.
    const stream = index % 2 === 0 ? (await session.createBidirectionalStream()).writable : await session.createUnidirectionalStream();
    const writer = stream.getWriter();
    writer.closed.catch(() => {});
    writer.write(index === 0 ? frameMessage(hello) : new Uint8Array(1_000)).catch(() => {});
    opened += 1;
    if (index % 100 === 0) await bystander.streamsOn();
  }
  expect(opened).toBe(300);
  await bystander.streamsOn();
  session.close();
});

test('[RL7] a message in more pieces than a client needs is closed by the WebSocket layer, and counted', async () => {
  const { relay, url } = await startRelay({ authenticate: byName });
  const bystander = await startBystander(relay, url);
  const socket = new WebSocket(url.replace('http', 'ws').concat('v1/socket'));
  await new Promise((resolve) => socket.on('open', resolve));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  for (let index = 0; index < 2_000; index += 1) socket.send('', { fin: false, binary: true });
  expect(await closed).toBe(1008);
  expect(await refusals(url, 'bad_frame')).toBe(1);
  await bystander.streamsOn();
});

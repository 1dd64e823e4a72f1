import { connect, type Socket } from 'node:net';
import { WebTransport } from 'rwebtransport';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Discovery } from '../../../server/http/discovery.ts';
import { byName, startBystander } from '../../support/bystander.ts';
import { connectClient } from '../../support/connect.ts';
import { startRelay } from '../../support/relay.ts';

/** A socket that says what the test says; `heard` is all that came until it ended. */
function tcp(port: number): { readonly socket: Socket; readonly heard: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('error', () => {});
  return { socket, heard: new Promise((resolve) => socket.on('close', () => resolve(text))) };
}

const POST = 'POST /v1/streams HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer eve\r\ncontent-type: application/json\r\n';

describe('[RL16] what comes too slowly is ended', () => {
  test('headers that never end, and a connection that says nothing, are request_timeout', async () => {
    const { relay, url, port } = await startRelay({ authenticate: byName, headersTimeoutMs: 300 });
    const bystander = await startBystander(relay, url);
    const dripping = tcp(port);
    dripping.socket.write('GET /v1/connect HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    const drip = setInterval(() => dripping.socket.write('x-more: 1\r\n'), 50);
    onTestFinished(() => clearInterval(drip));
    const silent = tcp(port);
    for (const heard of [await dripping.heard, await silent.heard]) {
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
      expect(heard).toContain('"code":"request_timeout"');
      expect(heard).toContain('x-content-type-options: nosniff');
    }
    expect(relay.stats.refused).toEqual({ request_timeout: 2 });
    await bystander.streamsOn();
  });

  test.for(['/v1/streams', '/v1/streams/bystander/stop', '/v1/sse'])(
    'a body that never ends is request_timeout, and its connection is closed: %s',
    async (path) => {
      const { relay, url, port } = await startRelay({ authenticate: () => ({ id: 'bystander' }), bodyTimeoutMs: 200 });
      const bystander = await startBystander(relay, url);
      const { socket, heard } = tcp(port);
      const type = path === '/v1/sse' ? 'application/vnd.sluice+msgpack' : 'application/json';
      const head = POST.replace('/v1/streams', path)
        .replace('application/json', type)
        .replace(/content-type.*json\r\n/, path.endsWith('stop') ? '' : '$&');
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
      const drip = setInterval(() => socket.write('1\r\nx\r\n'), 20);
      onTestFinished(() => clearInterval(drip));
      const answer = await heard;
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain('"code":"request_timeout"');
      expect(relay.stats).toMatchObject({ refused: { request_timeout: 1 }, created: 1, generations: 1, connections: { sse: 0 } });
      await bystander.streamsOn();
    },
  );

  test('[CN1] hello that never comes is hello_timeout, on a WebSocket and a WebTransport session, also while half of it has come', async () => {
    const { relay, url } = await startRelay({ authenticate: byName });
    const socket = await connectClient('websocket', url);
    const session = await connectClient('webtransport', url);
    const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
    const halfway = new WebTransport(endpoints.webtransport?.url ?? '', {
      serverCertificateHashes: (endpoints.webtransport?.certificateHashes ?? []).map((hash) => ({
        algorithm: 'sha-256',
        value: Buffer.from(hash, 'base64'),
      })),
    });
    await halfway.ready;
    const writer = (await halfway.createBidirectionalStream()).writable.getWriter();
    writer.closed.catch(() => {});
    await writer.write(Uint8Array.of(0, 0, 0, 90, 0x92));
    const bystander = await startBystander(relay, url, 'sse');
    expect(await socket.ended()).toEqual({ code: 4408, reason: 'hello_timeout' });
    expect(await session.ended()).toEqual({ code: 4408, reason: 'hello_timeout' });
    expect(await halfway.closed).toMatchObject({ closeCode: 4408, reason: 'hello_timeout' });
    expect(relay.stats.refused).toEqual({ hello_timeout: 3 });
    await bystander.streamsOn();
  });

  test('[RL7] frames that wait for an authenticate that never answers are bounded', async () => {
    const { relay, url } = await startRelay({
      authenticate: ({ credentials }) => (credentials === 'bystander' ? { id: 'bystander' } : new Promise(() => {})),
      maxFramesPerSecond: 1_000_000,
    });
    const bystander = await startBystander(relay, url);
    const client = await connectClient('websocket', url);
    client.hello({ credentials: 'eve' });
    client.sendBytes(new Uint8Array(Buffer.concat(Array.from({ length: 4_096 }, () => Uint8Array.of(0x92, 6, 0)))));
    await vi.waitFor(() => expect(relay.stats.connections.websocket).toBe(2));
    client.send({ type: 'ping', nonce: 1 });
    expect(await client.ended()).toEqual({ code: 4429, reason: 'rate_limited' });
    await bystander.streamsOn();
  });
});

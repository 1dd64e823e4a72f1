import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createRelay } from '../../../server/index.ts';
import { wireLimits } from '../../../src/wire/index.ts';
import { connectClient } from '../../support/connect.ts';
import { startRelay } from '../../support/relay.ts';
import { ManualSource } from '../../support/source.ts';
import { testTransport } from './transport.contract.ts';

describe('WebSocket', () => {
  testTransport('websocket');

  test('[CN11] text ends the connection with bad_frame', async () => {
    const { url } = await startRelay();
    const socket = new WebSocket(new URL('/v1/socket', url.replace('http', 'ws')));
    await once(socket, 'open');
    socket.send('hello');
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4400, 'bad_frame']);
  });

  test('[CN11, RL7] another path is refused, and counted', async () => {
    const { relay, url } = await startRelay();
    const socket = new WebSocket(new URL('/v1/elsewhere', url.replace('http', 'ws')));
    const [, { statusCode }] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(statusCode).toBe(404);
    expect(relay.stats.refused).toEqual({ not_found: 1 });
  });

  test('[CN11] of subprotocols that are offered none is chosen', async () => {
    const { url } = await startRelay();
    const upgrade = request(new URL('/v1/socket', url), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'graphql-ws, chat',
      },
    });
    upgrade.end();
    const [answer, socket] = (await once(upgrade, 'upgrade')) as [IncomingMessage, Socket];
    onTestFinished(() => void socket.destroy());
    expect(answer.statusCode).toBe(101);
    expect(answer.headers['sec-websocket-protocol']).toBeUndefined();
  });

  test('[FR7] a message far above the limit is cut off before it is whole', async () => {
    const { url } = await startRelay();
    const client = await connectClient('websocket', url);
    client.sendBytes(new Uint8Array(8 * wireLimits.maxClientMessageBytes));
    expect((await client.ended()).code).toBe(1009);
  });

  test('[RL3] what is due to one session in one flush is one message', async () => {
    const { relay, url } = await startRelay();
    const sources = Array.from({ length: 200 }, () => new ManualSource());
    const client = await connectClient('websocket', url);
    client.hello();
    for (const [index, source] of sources.slice(0, 100).entries()) {
      client.subscribe(index + 1, relay.streams.create({ id: `s${index}`, source }).channel);
      source.text('first');
    }
    await client.until(
      () => client.of('batches').filter(({ batches }) => batches.at(-1)?.entries.at(-1)?.event.type === 'text').length === 100,
    );
    const before = client.messages;
    for (const source of sources) source.text(' second');
    await client.until(() => Array.from({ length: 100 }, (_, index) => client.text(index + 1)).every((text) => text === 'first second'));
    expect(client.messages - before).toBe(1);
  });

  test('[CN10] on loopback, another host than a loopback name is refused', async () => {
    const { url } = await startRelay();
    const rebound = connectClient('websocket', url, { headers: { host: 'rebound.example' } });
    await expect(rebound).rejects.toThrow('403');
  });

  test('an upgrade to another path is not taken: 404 where nobody else takes it, left to the app’s own listener where one does', async () => {
    const { url } = await startRelay();
    await expect(upgradeStatus(new URL('/elsewhere', url))).resolves.toBe(404);

    const server = createServer();
    const relay = createRelay({ webTransport: false });
    onTestFinished(async () => {
      await relay.close();
      server.close();
      server.closeAllConnections();
    });
    relay.attach(server);
    server.on('upgrade', (message, socket) => {
      if (message.url === '/elsewhere') socket.end('HTTP/1.1 418 Mine\r\nconnection: close\r\n\r\n');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(upgradeStatus(new URL(`http://127.0.0.1:${port}/elsewhere`))).resolves.toBe(418);
    const client = await connectClient('websocket', `http://127.0.0.1:${port}/`);
    client.hello();
    await client.first('welcome');
  });

  test.each(['reset', 'left half-open'])(
    'an upgrade to another path whose client has %s costs neither the process nor a socket',
    async (how) => {
      const server = createServer();
      const relay = createRelay({ webTransport: false });
      onTestFinished(async () => {
        await relay.close();
        server.close();
      });
      relay.attach(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      for (let index = 0; index < 10; index += 1) {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
        onTestFinished(() => void socket.destroy());
        await once(socket, 'connect');
        socket.write(`GET /elsewhere HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
        if (how === 'reset') socket.resetAndDestroy();
        else await once(socket.resume(), 'end');
      }
      const open = promisify(server.getConnections.bind(server));
      await vi.waitFor(async () => expect(await open()).toBe(0));
    },
  );
});

async function upgradeStatus(url: URL): Promise<number | undefined> {
  const asking = request(url, {
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-version': '13',
    },
  });
  asking.end();
  const [response] = await once(asking, 'response');
  response.resume();
  return response.statusCode;
}

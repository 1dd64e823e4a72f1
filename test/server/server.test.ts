import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Discovery } from '../../server/http/discovery.ts';
import {
  type AnnouncedAddress,
  createRelay,
  createScripted,
  type RelayServerOptions,
  type WebTransportOptions,
} from '../../server/index.ts';
import { connectClient } from '../support/connect.ts';
import { udpForward, udpPort } from '../support/quic.ts';
import { startRelay } from '../support/relay.ts';
import { ManualSource } from '../support/source.ts';

describe('listen', () => {
  test('offers all transports, WebTransport on the same port number', async () => {
    const { url, port } = await startRelay();
    expect(url).toBe(`http://127.0.0.1:${port}/`);
    const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
    expect(endpoints).toEqual({
      webtransport: {
        url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/v1\/webtransport$/),
        certificateHashes: [expect.any(String)],
      },
      websocket: { url: '/v1/socket' },
      sse: { url: '/v1/sse' },
    });
  });

  test('without WebTransport where the app does not want it', async () => {
    const { url } = await startRelay({ webTransport: false });
    const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
    expect(Object.keys(endpoints)).toEqual(['websocket', 'sse']);
  });

  describe('[CN23] announces another address for WebTransport than it binds', () => {
    const announced = async (announce: AnnouncedAddress): Promise<string | undefined> => {
      const { url } = await startRelay({ webTransport: { announce } });
      const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
      return endpoints.webtransport?.url;
    };

    test('host, port or both', async () => {
      expect(await announced({ port: 443 })).toBe('https://127.0.0.1:443/v1/webtransport');
      expect(await announced({ host: 'relay.example' })).toMatch(/^https:\/\/relay\.example:\d+\/v1\/webtransport$/);
      expect(await announced({ host: '[2001:db8::1]', port: 8443 })).toBe('https://[2001:db8::1]:8443/v1/webtransport');
    });

    test('several ports: clients are sent to all of them, or to as many announced ones', async () => {
      const named = async (webTransport: WebTransportOptions): Promise<number[]> => {
        const { url } = await startRelay({ webTransport });
        const seen = new Set<number>();
        for (let asked = 0; asked < 100; asked += 1) {
          const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
          seen.add(Number(new URL(endpoints.webtransport?.url ?? '').port));
        }
        return [...seen].sort((a, b) => a - b);
      };
      expect(await named({ ports: 3 })).toHaveLength(3);
      expect(await named({ port: 0, ports: 3, announce: { port: 4433 } })).toEqual([4433, 4434, 4435]);
    });

    test('and serves who comes by it', async () => {
      const bound = await udpPort('closed');
      const announcedPort = await udpForward(bound);
      const { url, relay } = await startRelay({ webTransport: { port: bound, announce: { port: announcedPort } } });
      const client = await connectClient('webtransport', url);
      client.hello();
      await client.first('welcome');
      expect(relay.stats.connections.webtransport).toBe(1);
    });

    test('what is none is bad_option', () => {
      for (const announce of [
        { port: 0 },
        { port: 65_536 },
        { port: 1.5 },
        { host: '' },
        { host: 'a b' },
        { host: 'a:1' },
        { host: 'a/b' },
        { host: '::1' },
      ]) {
        expect(() => createRelay({ webTransport: { announce } })).toThrow(expect.objectContaining({ code: 'bad_option' }));
      }
    });

    test('a port that is taken is not replaced by another: nobody would find it', async () => {
      const port = await udpPort('black-holed');
      await expect(make({ webTransport: { port, announce: { port: 443 } } }).listen({ port: 0 })).rejects.toMatchObject({
        code: 'port_in_use',
        message: expect.stringContaining(String(port)),
      });
    });
  });

  test('a taken port is port_in_use, naming it', async () => {
    const { port } = await startRelay({ webTransport: false });
    const second = make();
    await expect(second.listen({ port })).rejects.toMatchObject({ code: 'port_in_use' });
    await expect(second.listen({ port })).rejects.toThrow(String(port));
  });

  test('an address this machine does not have is bad_option', async () => {
    const relay = make({ authenticate: () => ({ id: 'x' }) });
    await expect(relay.listen({ port: 0, host: '192.0.2.1' })).rejects.toMatchObject({ code: 'bad_option' });
  });

  test('[CN10] beyond loopback only with authenticate', async () => {
    for (const host of ['0.0.0.0', '::', 'relay.example', '192.0.2.1']) {
      await expect(make().listen({ port: 0, host })).rejects.toMatchObject({
        code: 'bad_option',
        message: expect.stringContaining('authenticate'),
      });
    }
    const open = make({ authenticate: ({ credentials }) => (credentials === 'token' ? { id: 'ada' } : undefined) });
    const { port } = await open.listen({ port: 0, host: '0.0.0.0' });
    const client = await connectClient('websocket', `http://127.0.0.1:${port}/`, { headers: { host: 'relay.example' } });
    client.hello({ credentials: 'token' });
    await client.first('welcome');
  });

  test.each([
    { maxConnections: 0 },
    { maxConnections: null },
    { maxBufferedBytes: '16384' },
    { heartbeatMs: 2 ** 31 },
    { trustedProxies: -1 },
    { trustedProxies: true },
    { maxAuthFailuresPerSecond: 0 },
    { hookTimeoutMs: 2 ** 31 },
    { allowedOrigins: 'https://app.example' },
    { allowedOrigins: ['https://app.example/'] },
    { allowedOrigins: ['https://App.example'] },
    { allowedOrigins: ['app.example'] },
    { authenticate: 1 },
    { authenticate: null },
    { admit: 'all' },
    { providers: {} },
    { providers: ['openai'] },
    { providers: [null] },
    { storage: './streams' },
    { storage: {} },
    { storage: null },
  ])('an option that cannot work (%j) is bad_option, and named', (options) => {
    const [name = ''] = Object.keys(options);
    expect(() => createRelay(options as never)).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(`${name} `) }),
    );
  });

  test.each([
    [true, 'webTransport is true'],
    [null, 'webTransport is null'],
    [{ prot: 4433 }, 'no option prot'],
    [{ port: '4433' }, 'webTransport.port is "4433"'],
    [{ port: 65_536 }, 'webTransport.port is 65536'],
    [{ ports: 0 }, 'webTransport.ports is 0'],
    [{ ports: 65 }, 'webTransport.ports is 65'],
    [{ ports: '2' }, 'webTransport.ports is "2"'],
    [{ ports: 3, announce: { port: 65_534 } }, 'from 1 to 65533'],
    [{ port: 65_535, ports: 2 }, 'webTransport.port is 65535; it must be a number from 0 to 65534'],
    [{ announce: null }, 'webTransport.announce is null'],
    [{ announce: ':443' }, 'webTransport.announce is ":443"'],
  ])('webTransport that cannot work (%j) is bad_option, and named', (webTransport, named) => {
    expect(() => createRelay({ webTransport } as never)).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(named) }),
    );
  });

  test('origins of pages and of apps may be allowed', async () => {
    const allowedOrigins = ['https://app.example', 'http://localhost:5173', 'capacitor://localhost', 'null'];
    await createRelay({ providers: [], allowedOrigins }).close();
  });

  test('close ends everything, also twice, and frees the port', async () => {
    const { relay, url, port } = await startRelay();
    const source = new ManualSource();
    relay.streams.create({ id: 'a', source });
    const client = await connectClient('sse', url);
    client.hello();
    await client.first('welcome');
    await Promise.all([relay.close(), relay.close()]);
    await client.ended();
    expect(source.returned).toBe(true);
    const again = make();
    await expect(again.listen({ port })).resolves.toMatchObject({ port });
  });
});

describe('attach', () => {
  test('takes its own routes and leaves all others to the app', async () => {
    const server = createServer((request, response) => void response.end(`app ${request.url}`));
    const relay = make({ providers: [createScripted()] });
    const ready = relay.attach(server);
    server.listen(0, '127.0.0.1');
    await ready;
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await (await fetch(url)).text()).toBe('app /');
    expect(await (await fetch(new URL('/v2/other', url))).text()).toBe('app /v2/other');
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
    expect(Object.keys(endpoints)).toEqual(['webtransport', 'websocket', 'sse']);
    for (const transport of ['websocket', 'webtransport', 'sse'] as const) {
      const client = await connectClient(transport, url);
      client.hello();
      await client.first('welcome');
    }
    await relay.close();
    expect(await (await fetch(new URL('/healthz', url))).text()).toBe('app /healthz');
  });

  test('serves the other transports where the certificate cannot be read, and says so', async () => {
    const log = vi.fn();
    const relay = make({ log, webTransport: { certificate: { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' } } });
    const server = createServer();
    onTestFinished(() => void server.close());
    const ready = relay.attach(server);
    server.listen(0, '127.0.0.1');
    await expect(ready).rejects.toMatchObject({ code: 'certificate_unreadable' });
    expect(log).toHaveBeenCalledWith('error', expect.stringContaining('/nowhere/cert.pem'), {});
    const client = await connectClient('websocket', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    client.hello();
    await client.first('welcome');
  });
});

describe('fetch', () => {
  test('[CN13] mounted in Hono, with SSE as its transport', async () => {
    const relay = make({ providers: [createScripted()] });
    const app = new Hono();
    app.get('/', (context) => context.text('app'));
    app.all('/v1/*', (context) => relay.fetch(context.req.raw));
    const created = await app.request('http://localhost/v1/streams', {
      method: 'POST',
      headers: { 'content-type': 'application/json', host: 'localhost' },
      body: JSON.stringify({ provider: 'scripted', model: 'scripted-plain', prompt: 'hi', id: 'a', options: { rate: 0, tokens: 5 } }),
    });
    expect(created.status).toBe(201);
    expect(await (await app.request('http://localhost/')).text()).toBe('app');
    await vi.waitFor(
      async () => {
        const read = await app.request('http://localhost/v1/streams/a', { headers: { host: 'localhost' } });
        expect(await read.json()).toMatchObject({ status: 'done' });
      },
      { timeout: 5_000 },
    );
  });
});

function make(options: RelayServerOptions = {}): ReturnType<typeof createRelay> {
  const relay = createRelay({ providers: [], ...options });
  onTestFinished(() => relay.close());
  return relay;
}

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { WebTransport } from 'rwebtransport';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listenWebTransport, type WebTransportListener, type WebTransportListenerOptions } from '../../../server/transports/listener.ts';

const DAY_MS = 86_400_000;

test('a certificate is replaced before it expires; sessions of the old one go on', async () => {
  // So that the second certificate is of today, when it is used.
  let now = Date.now() - 8 * DAY_MS;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const listener = await listen({ now: () => now });
  const { ports, certificateHashes: hashes } = listener;
  const session = await connect(listener);
  const ended = vi.fn();
  session.closed.then(ended, ended);

  now += 8 * DAY_MS;
  vi.advanceTimersByTime(8 * DAY_MS);
  await vi.waitFor(() => expect(listener.certificateHashes).not.toEqual(hashes), { timeout: 5_000 });
  expect(listener.certificateHashes).toHaveLength(1);
  expect(listener.ports).not.toEqual(ports);
  await session.createBidirectionalStream();
  expect(ended).not.toHaveBeenCalled();
  await connect(listener);
});

test('where the UDP port is taken, another one is used and told', async () => {
  const taken = createSocket('udp4');
  onTestFinished(() => void taken.close());
  await once(taken.bind(0, '127.0.0.1'), 'listening');
  const { port } = taken.address();
  const listener = await listen({ port });
  expect(listener.ports[0]).not.toBe(port);
  await connect(listener);
});

test('[CN23] several ports are the first and those after it; one that is taken is replaced, and each serves', async () => {
  const taken = createSocket('udp4');
  onTestFinished(() => void taken.close());
  await once(taken.bind(0, '127.0.0.1'), 'listening');
  const second = taken.address().port;
  const listener = await listen({ port: second - 1, count: 3 });
  expect(listener.ports).toHaveLength(3);
  expect(new Set(listener.ports).size).toBe(3);
  expect(listener.ports).not.toContain(second);
  for (const port of listener.ports) await connect(listener, port);
});

test('[CN23] several ports of which one is taken are none, where they are to be those', async () => {
  const taken = createSocket('udp4');
  onTestFinished(() => void taken.close());
  await once(taken.bind(0, '127.0.0.1'), 'listening');
  const second = taken.address().port;
  await expect(listen({ port: second - 1, count: 2, exact: true })).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining(`UDP port ${second} on 127.0.0.1 cannot be bound`),
  });
  const first = createSocket('udp4');
  onTestFinished(() => void first.close());
  await vi.waitFor(() => once(first.bind(second - 1, '127.0.0.1'), 'listening'), { timeout: 5_000 });
});

test('an address that cannot be bound is port_in_use', async () => {
  await expect(listen({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'port_in_use' });
});

test('closing unbinds the port and ends the sessions', async () => {
  const listener = await listen();
  const session = await connect(listener);
  await listener.close();
  await expect(session.closed.catch(() => 'ended')).resolves.toBeDefined();
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  await vi.waitFor(() => once(socket.bind(listener.ports[0] ?? 0, '127.0.0.1'), 'listening'), { timeout: 5_000 });
});

async function listen(options: Partial<WebTransportListenerOptions> = {}): Promise<WebTransportListener> {
  const connection = {
    id: 'session',
    principal: undefined,
    receive: () => {},
    drained: () => {},
    disturbed: () => {},
    end: () => {},
    closed: () => {},
  };
  const listener = await listenWebTransport({
    host: '127.0.0.1',
    port: 0,
    accept: () => connection,
    admit: () => {},
    refused: () => {},
    ...options,
  });
  if ('missing' in listener) throw new Error(listener.missing);
  onTestFinished(() => listener.close());
  return listener;
}

async function connect({ ports, certificateHashes }: WebTransportListener, port: number | undefined = ports[0]): Promise<WebTransport> {
  const session = new WebTransport(`https://127.0.0.1:${port}/v1/webtransport`, {
    serverCertificateHashes: certificateHashes.map((hash) => ({ algorithm: 'sha-256', value: Buffer.from(hash, 'base64') })),
  });
  session.closed.catch(() => {});
  onTestFinished(() => session.close());
  await session.ready;
  return session;
}

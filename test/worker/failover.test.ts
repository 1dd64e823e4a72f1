import { WebTransport } from 'rwebtransport';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startRelay } from '../support/relay.ts';
import { ManualSource } from '../support/source.ts';
import { TestPage } from './page.ts';
import { tcpPath, udpPath } from './path.ts';

vi.setConfig({ testTimeout: 60_000 });

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 });

test('[CN19] [CN14] [SQ7] WebTransport dies without a word in the middle of an answer, WebSocket goes on from the cursor, and then SSE', async () => {
  const { relay, url, port } = await startRelay();
  const { endpoints } = (await (await fetch(`${url}v1/connect`)).json()) as { endpoints: { webtransport: { url: string } } };
  const udp = await udpPath(Number(new URL(endpoints.webtransport.url).port));
  const tcp = await tcpPath(port);
  onTestFinished(() => {
    udp.close();
    tcp.close();
  });
  const page = new TestPage({
    WebTransport: WebTransport as unknown as typeof globalThis.WebTransport,
    async fetch(input, init) {
      const response = await fetch(input, init);
      if (!String(input).endsWith('/v1/connect')) return response;
      const document = await response.json();
      document.endpoints.webtransport.url = `https://127.0.0.1:${udp.port}/v1/webtransport`;
      return Response.json(document);
    },
  });
  const source = new ManualSource();
  const { channel } = relay.streams.create({ source });
  page.configure(`http://127.0.0.1:${tcp.port}/`);
  page.attach(1, channel);
  let told = '';
  /** A word every 20 ms, whatever becomes of the connection. */
  const talking = setInterval(() => {
    const word = `${told.length} `;
    told += word;
    source.text(word);
  }, 20);
  onTestFinished(() => clearInterval(talking));
  /** Waits until what was said before this moment is shown. Returns how long that took, ms. */
  const caughtUp = async (): Promise<number> => {
    const [since, until] = [performance.now(), told.length];
    await eventually(() => expect(page.text(1).length).toBeGreaterThan(until));
    return performance.now() - since;
  };
  await caughtUp();
  expect(page.connection?.transport).toBe('webtransport');

  udp.swallow();
  const overWebSocket = await caughtUp();
  expect(page.connection?.transport).toBe('websocket');
  // A second of silence, one and a half of patience, half a second of backoff at most, and the way.
  expect(overWebSocket).toBeLessThan(4_500);

  tcp.onlyHttp();
  await caughtUp();
  await eventually(() => expect(page.connection?.transport).toBe('sse'));
  clearInterval(talking);
  source.end();
  await eventually(() => expect(page.fold(1).status).toBe('done'));
  expect(page.text(1)).toBe(told);
  expect([page.faults, page.resets]).toEqual([[], []]);
  const used = page.connections.flatMap(({ status, transport }) => (status === 'connected' && transport !== undefined ? [transport] : []));
  expect([...new Set(used)]).toEqual(['webtransport', 'websocket', 'sse']);
  expect(relay.stats.answers).toMatchObject({ reset: 0, gone: 0 });
});

test('[CN19] a relay that falls silent over WebSocket, its connection still open, is noticed before the heartbeat would', async () => {
  const { relay, url } = await startRelay({ webTransport: false });
  const sockets: { onmessage: unknown }[] = [];
  class Deaf extends WebSocket {
    constructor(address: string | URL) {
      super(address);
      sockets.push(this);
    }
  }
  const page = new TestPage({ WebSocket: Deaf as typeof WebSocket, random: () => 0 });
  const source = new ManualSource();
  page.configure(url, { transport: 'websocket' });
  page.attach(1, relay.streams.create({ source }).channel);
  source.text('one ');
  await eventually(() => expect(page.text(1)).toBe('one '));
  // What comes is lost on the way.
  for (const socket of sockets) socket.onmessage = null;
  const since = performance.now();
  source.text('two');
  await eventually(() => expect(page.text(1)).toBe('one two'));
  expect(performance.now() - since).toBeLessThan(6_000);
  expect(page.connections.map(({ error }) => error?.code)).toContain('heartbeat_timeout');
  expect(page.faults).toEqual([]);
});

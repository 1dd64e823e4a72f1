import { WebTransport } from 'rwebtransport';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createRelay, type Relay } from '../../server/index.ts';
import type { TransportName } from '../../src/worker/messages.ts';
import { ManualSource } from '../support/source.ts';
import { TestPage } from './page.ts';
import { type Cuts, tcpPath, udpPath } from './path.ts';

vi.setConfig({ testTimeout: 200_000 });

/** Sessions at a time. */
const AT_ONCE = 24;
const WORDS = ['déjà ', 'vu 🎉 ', 'encore.'] as const;

interface Route {
  /** Rewrites what discovery says, so that the connection, or that as well, goes the way that is cut. */
  readonly endpoints: Readonly<Record<string, { readonly url: string; readonly certificateHashes?: readonly string[] }>>;
  /** Where discovery is asked; the relay itself unless that is cut, too. */
  readonly url?: string;
}

async function startRelay(): Promise<{ relay: Relay; url: string; port: number; hashes: readonly string[]; quicPort: number }> {
  // The clients of this file are one principal, in a hurry.
  const relay = createRelay({
    providers: [],
    maxMessagesPerSecond: 1_000_000,
    maxConnectionsPerPrincipal: 10_000,
    maxGenerationsPerPrincipal: 1_000,
  });
  onTestFinished(() => relay.close());
  const { url, port } = await relay.listen({ port: 0 });
  const { endpoints } = (await (await fetch(`${url}v1/connect`)).json()) as {
    endpoints: { webtransport: { url: string; certificateHashes: readonly string[] } };
  };
  return { relay, url, port, hashes: endpoints.webtransport.certificateHashes, quicPort: Number(new URL(endpoints.webtransport.url).port) };
}

/** Follows an answer that grows step by step, then one that has ended. Returns what is wrong with what the page was given, if anything. */
async function follow(relay: Relay, url: string, transport: TransportName, route: Route): Promise<string | undefined> {
  const page = new TestPage({
    random: () => 0,
    WebTransport: WebTransport as unknown as typeof globalThis.WebTransport,
    async fetch(input, init) {
      const response = await fetch(input, init);
      return String(input).endsWith('/v1/connect') ? Response.json({ ...(await response.json()), endpoints: route.endpoints }) : response;
    },
  });
  const source = new ManualSource();
  const { channel } = relay.streams.create({ source });
  const shows = (key: number, text: string): Promise<void> =>
    vi.waitFor(() => expect(page.text(key)).toBe(text), { timeout: 30_000, interval: 10 });
  try {
    page.configure(route.url ?? url, { transport, options: { attemptTimeoutMs: 2_000 } });
    page.attach(1, channel);
    // Accepted, and nothing to show yet.
    await vi.waitFor(() => expect(page.connections.map(({ status }) => status)).toContain('connected'), { timeout: 30_000, interval: 10 });
    source.text(WORDS[0]);
    await shows(1, WORDS[0]);
    source.text(WORDS[1]);
    await shows(1, WORDS[0] + WORDS[1]);
    source.text(WORDS[2]);
    source.end();
    await vi.waitFor(() => expect(page.fold(1).status).toBe('done'), { timeout: 30_000, interval: 10 });
    page.attach(2, channel);
    await vi.waitFor(() => expect(page.fold(2).status).toBe('done'), { timeout: 30_000, interval: 10 });
    const whole = WORDS.join('');
    const wrong = [...page.faults, ...page.resets.map((key) => `reset of ${key}`), ...page.gone.map((key) => `${key} gone`)];
    for (const key of [1, 2]) if (page.text(key) !== whole) wrong.push(`text ${JSON.stringify(page.text(key))}`);
    return wrong.length === 0 ? undefined : wrong.join('; ');
  } catch (cause) {
    return `${String(cause)} ${JSON.stringify(page.connection)}`;
  } finally {
    page.receiver.close();
  }
}

async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

test.each(['websocket', 'sse'] as const)(
  '[CN16] [SQ7] [SQ10] over %s a connection that breaks after any byte, either way, and again after as many, costs no token',
  async (transport) => {
    const { relay, url, port } = await startRelay();
    const wrong: string[] = [];
    const run = async (cuts: Cuts, discovery = false): Promise<{ up: number; down: number }> => {
      const path = await tcpPath(port, cuts);
      const name = transport === 'sse' ? 'http' : 'ws';
      const endpoints = { [transport]: { url: `${name}://127.0.0.1:${path.port}/v1/${transport === 'sse' ? 'sse' : 'socket'}` } };
      const fault = await follow(relay, url, transport, { endpoints, ...(discovery ? { url: `http://127.0.0.1:${path.port}/` } : {}) });
      if (fault !== undefined) wrong.push(`${JSON.stringify(cuts)}: ${fault}`);
      path.close();
      return path.passed;
    };
    const whole = await run({ how: 'end' });
    const cuts: Cuts[] = [];
    for (const way of ['up', 'down'] as const) {
      for (let at = 1; at <= whole[way]; at += 1) cuts.push({ [way]: [at, 2 * at, 3 * at], how: at % 2 === 0 ? 'end' : 'reset' });
    }
    console.info(`${transport}: cut after each of ${whole.up} bytes up and ${whole.down} down`);
    // Every frame of a session is in it: a handshake, and more.
    expect(cuts.length).toBeGreaterThan(400);
    await each(cuts, async (cut) => void (await run(cut)));
    // Of discovery, which is plain HTTP, each twelfth byte.
    await each(
      Array.from({ length: 80 }, (_, index) => 12 * (index + 1)),
      async (at) => void (await run({ down: [at], how: 'end' }, true)),
    );
    expect(wrong).toEqual([]);
    expect(relay.stats.answers).toMatchObject({ reset: 0, gone: 0 });
    expect(relay.stats.answers.recovered).toBeGreaterThan(cuts.length);
  },
);

test('[CN16] [CN19] over WebTransport a path that swallows everything after any datagram costs no token', async () => {
  const { relay, url, quicPort, hashes } = await startRelay();
  const wrong: string[] = [];
  const run = async (datagrams?: number): Promise<number> => {
    const path = await udpPath(quicPort, datagrams);
    const endpoints = { webtransport: { url: `https://127.0.0.1:${path.port}/v1/webtransport`, certificateHashes: hashes } };
    const fault = await follow(relay, url, 'webtransport', { endpoints });
    if (fault !== undefined) wrong.push(`after ${datagrams}: ${fault}`);
    path.close();
    return path.passed;
  };
  const whole = await run();
  expect(whole).toBeGreaterThan(10);
  await each(
    Array.from({ length: whole }, (_, at) => at),
    async (at) => void (await run(at)),
  );
  expect(wrong).toEqual([]);
  expect(relay.stats.answers).toMatchObject({ reset: 0, gone: 0 });
});

test.each(['websocket', 'sse'] as const)(
  '[SQ8] [CN16] over %s an answer far longer than a replay may be is read to its end, however often it is interrupted, and begun once',
  async (transport) => {
    const { relay, url, port } = await startRelay();
    const source = new ManualSource();
    const { channel } = relay.streams.create({ source });
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < 3_000; count += 1) source.text(line);
    source.end();
    // Each connection brings a tenth of it.
    const path = await tcpPath(port, { down: Array.from({ length: 200 }, (_, index) => 300_000 * (index + 1)), how: 'end' });
    onTestFinished(() => path.close());
    const page = new TestPage({
      random: () => 0,
      async fetch(input, init) {
        const response = await fetch(input, init);
        if (!String(input).endsWith('/v1/connect')) return response;
        const { host } = new URL(`http://127.0.0.1:${path.port}`);
        return Response.json({
          ...(await response.json()),
          endpoints: { websocket: { url: `ws://${host}/v1/socket` }, sse: { url: `http://${host}/v1/sse` } },
        });
      },
    });
    page.configure(url, { transport });
    page.attach(1, channel);
    await vi.waitFor(() => expect(page.fold(1).status).toBe('done'), { timeout: 60_000, interval: 20 });
    expect(page.text(1)).toBe(line.repeat(3_000));
    expect([page.faults, page.resets]).toEqual([[], []]);
    // What a cut had begun is sent again.
    expect(path.passed.down).toBeLessThan(9_000_000);
    expect(relay.stats.answers.recovered).toBeGreaterThan(8);
  },
);

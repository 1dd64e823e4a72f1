import { expect, onTestFinished, test, vi } from 'vitest';
import { createRelay, type Relay, type RelayServerOptions } from '../../server/index.ts';
import { creditWindowDefaults, maxIdLength, wireLimits } from '../../src/wire/index.ts';
import type { TransportName } from '../../src/worker/messages.ts';
import { createDice } from '../faults/dice.ts';
import { clearWeather } from '../faults/fault.ts';
import { openConditions } from '../faults/link.ts';
import { createUdpProxy } from '../faults/udp.ts';
import { fetchWithQuic, udpPort } from '../support/quic.ts';
import { ManualSource } from '../support/source.ts';
import { TestPage } from './page.ts';
import { tcpProxy } from './proxy.ts';
import { cuttable } from './sessions.ts';

vi.setConfig({ testTimeout: 30_000 });

/** The machine may be busy; what is bounded in time says so itself. */
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });

async function startRelay(options: RelayServerOptions = {}): Promise<{ relay: Relay; url: string; port: number }> {
  const relay = createRelay({ providers: [], ...options });
  onTestFinished(() => relay.close());
  return { relay, ...(await relay.listen({ port: 0 })) };
}

const words = (count: number): string[] => Array.from({ length: count }, (_, index) => `wörd${index} 🎉 `);

test.each<TransportName>(['webtransport', 'websocket', 'sse'])(
  '[SQ10] [CN16] over %s the text is exact although the connection is cut again and again',
  async (transport) => {
    const { relay, url, port } = await startRelay();
    const proxy = await tcpProxy(port);
    const quic = cuttable();
    const page = new TestPage({ ...quic.env, random: () => 0 });
    page.configure(transport === 'webtransport' ? url : proxy.url, { transport });
    const sources = Array.from({ length: 4 }, () => new ManualSource());
    for (const [index, source] of sources.entries()) {
      const { channel } = relay.streams.create({ source });
      page.attach(index, channel);
    }
    const all = words(60);
    for (const [index, word] of all.entries()) {
      for (const source of sources) source.text(word);
      await eventually(() => expect(page.text(0).length).toBeGreaterThanOrEqual(all.slice(0, Math.max(0, index - 1)).join('').length));
      if (index % 15 === 10) {
        if (transport === 'webtransport') quic.cut();
        else proxy.kill();
      }
    }
    for (const source of sources) source.end();
    await eventually(() => expect(sources.map((_, key) => page.fold(key).status)).toEqual(['done', 'done', 'done', 'done']));
    for (const key of sources.keys()) expect(page.text(key)).toBe(all.join(''));
    expect(page.faults).toEqual([]);
    expect(page.connections.filter(({ status }) => status === 'reconnecting').length).toBeGreaterThan(0);
    expect(page.connections.findLast(({ status }) => status === 'connected')?.transport).toBe(transport);
  },
);

test('[CN19] [SQ10] nothing is missing after the client’s address has changed in the middle of a session', async () => {
  const { relay, url, port } = await startRelay();
  const way = await createUdpProxy(0, { weather: clearWeather, ...openConditions() }, createDice(1));
  onTestFinished(() => way.close());
  way.target = port;
  const page = new TestPage({ ...cuttable().env, fetch: fetchWithQuic({ port: way.port }) });
  page.configure(url, { transport: 'webtransport' });
  const sources = [new ManualSource(), new ManualSource()];
  for (const [key, source] of sources.entries()) page.attach(key, relay.streams.create({ source }).channel);
  const all = words(40);
  for (const [index, word] of all.entries()) {
    for (const source of sources) source.text(word);
    if (index === 20) way.forget();
    if (index < 20) await eventually(() => expect([page.text(0), page.text(1)]).toEqual(Array(2).fill(all.slice(0, index + 1).join(''))));
  }
  for (const source of sources) source.end();
  await vi.waitFor(() => expect([page.fold(0).status, page.fold(1).status]).toEqual(['done', 'done']), { timeout: 20_000, interval: 5 });
  expect([page.text(0), page.text(1)]).toEqual([all.join(''), all.join('')]);
  expect(page.faults).toEqual([]);
});

test('[CN14] automatic: WebTransport where it works', async () => {
  const { relay, url } = await startRelay();
  const page = new TestPage(cuttable().env);
  page.configure(url);
  const source = new ManualSource();
  page.attach(1, relay.streams.create({ source }).channel);
  source.text('hello');
  source.end();
  await eventually(() => expect(page.fold(1).status).toBe('done'));
  expect(page.connection).toMatchObject({ status: 'connected', transport: 'webtransport', fallbackReason: undefined });
  expect(page.connection?.remember?.winner).toBe('webtransport');
});

test.each(['closed', 'black-holed'] as const)(
  '[CN14] [CN15] with UDP %s WebSocket carries the first text within a second',
  async (state) => {
    const { relay, url } = await startRelay();
    const page = new TestPage({ ...cuttable().env, fetch: fetchWithQuic({ port: await udpPort(state) }) });
    const source = new ManualSource();
    const { channel } = relay.streams.create({ source });
    source.text('hello');
    const startedAt = performance.now();
    page.configure(url, { options: { attemptTimeoutMs: 1_500 } });
    page.attach(1, channel);
    await eventually(() => expect(page.text(1)).toBe('hello'));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(page.connection).toMatchObject({ status: 'connected', transport: 'websocket' });
    // Known as lost only once it has failed or run out of time.
    await eventually(() => expect(page.connection?.remember?.winner).toBe('websocket'));
    expect(page.connection?.fallbackReason).toContain('webtransport');
  },
);

test('[CN14] a remembered loss starts WebSocket at once, and a browser without WebTransport too', async () => {
  const { relay, url } = await startRelay();
  const { channel } = relay.streams.create({ source: new ManualSource() });
  for (const configure of [{ remembered: { winner: 'websocket' as const, expiresAt: Date.now() + 60_000 } }, {}]) {
    const page = new TestPage('remembered' in configure ? cuttable().env : { WebTransport: undefined });
    // With a head start for WebTransport it would take a minute.
    page.configure(url, { ...configure, options: { fallbackDelayMs: 60_000 } });
    page.attach(1, channel);
    await eventually(() => expect(page.connection?.transport).toBe('websocket'));
  }
});

test('[CR3] [CR5] [ST1] a page that acknowledges late gets everything, a window at a time', async () => {
  const { relay, url } = await startRelay();
  const page = new TestPage();
  page.configure(url, { transport: 'websocket' });
  page.busy = true;
  const source = new ManualSource();
  page.attach(1, relay.streams.create({ source }).channel);
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 1_000; count += 1) source.text(line);
  source.end();
  // Nothing is acknowledged: a window of it comes, with what may overshoot it, and no more.
  await eventually(() => expect(relay.stats.deliveredBytes).toBeGreaterThanOrEqual(creditWindowDefaults.initialBytes));
  expect(relay.stats.deliveredBytes).toBeLessThan(creditWindowDefaults.initialBytes + 2 * wireLimits.targetBatchBytes);
  while (page.fold(1).status !== 'done') {
    const patches = page.patches.length;
    page.acknowledge();
    await eventually(() => expect(page.patches.length).toBeGreaterThan(patches));
  }
  expect(page.text(1)).toBe(line.repeat(1_000));
  expect(page.faults).toEqual([]);
  expect(page.patches.length).toBeGreaterThan(4);
});

test('[ST8] a replacement receiver resumes from what the page has applied', async () => {
  const { relay, url } = await startRelay();
  const source = new ManualSource();
  const { channel } = relay.streams.create({ source });
  const first = new TestPage();
  first.configure(url, { transport: 'websocket' });
  first.attach(1, channel);
  source.text('before ');
  await eventually(() => expect(first.text(1)).toBe('before '));
  first.receiver.close();
  source.text('after');
  source.end();
  const second = new TestPage();
  second.configure(url, { transport: 'websocket' });
  const epoch = first.epochs.get(1) ?? '';
  second.attach(1, channel, { epoch, afterSeq: first.fold(1).seq });
  await eventually(() => expect(second.fold(1).status).toBe('done'));
  expect(second.text(1)).toBe('after');
  expect(second.faults).toEqual([]);
});

test('[SQ8] [SQ9] another epoch is a reset, an unknown channel is gone', async () => {
  const { relay, url } = await startRelay();
  const source = new ManualSource();
  const { channel } = relay.streams.create({ source });
  source.text('whole');
  source.end();
  const page = new TestPage();
  page.configure(url, { transport: 'websocket' });
  page.attach(1, channel, { epoch: 'of yesterday', afterSeq: 7 });
  page.attach(2, 'stream:nobody');
  await eventually(() => expect(page.gone).toEqual([2]));
  await eventually(() => expect(page.text(1)).toBe('whole'));
  expect(page.resets).toEqual([1]);
});

test('[CN3] refused credentials are final until there are new ones', async () => {
  const { relay, url } = await startRelay({
    authenticate: ({ credentials }) => (credentials === 'good' ? { id: 'anonymous' } : undefined),
  });
  const { channel } = relay.streams.create({ source: new ManualSource() });
  const page = new TestPage();
  page.configure(url, { transport: 'websocket', credentials: 'bad' });
  page.attach(1, channel);
  await eventually(() => expect(page.connection?.status).toBe('failed'));
  expect(page.connection?.error).toMatchObject({ code: 'unauthenticated', retryable: false });
  page.receiver.receive({ type: 'credentials', credentials: 'good' });
  await eventually(() => expect(page.connection?.status).toBe('connected'));
});

test.each<TransportName>(['websocket', 'sse'])(
  '[CN3] [CN13] fresh credentials are asked for before connecting over %s',
  async (transport) => {
    const { relay, url } = await startRelay({
      authenticate: ({ credentials }) => (credentials === 'fresh' ? { id: 'anonymous' } : undefined),
    });
    const { channel } = relay.streams.create({ source: new ManualSource() });
    const page = new TestPage();
    page.configure(url, { transport, asksCredentials: true });
    page.attach(1, channel);
    await eventually(() => expect(page.messages.some(({ type }) => type === 'credentials-needed')).toBe(true));
    page.receiver.receive({ type: 'credentials', credentials: 'fresh' });
    await eventually(() => expect(page.connection?.status).toBe('connected'));
    // Over SSE this is a post of its own.
    const source = new ManualSource();
    page.attach(2, relay.streams.create({ source }).channel);
    source.text('x');
    await eventually(() => expect(page.text(2)).toBe('x'));
  },
);

test('[RL9] [CN9] a drain moves the page to a new connection, which resumes', async () => {
  const { relay, url } = await startRelay();
  const page = new TestPage({ random: () => 0 });
  page.configure(url, { transport: 'websocket' });
  const source = new ManualSource();
  page.attach(1, relay.streams.create({ source }).channel);
  source.text('one ');
  await eventually(() => expect(page.text(1)).toBe('one '));
  void relay.drain({ retryAfterMs: 0, spreadMs: 1_000, deadlineMs: Number.POSITIVE_INFINITY });
  await eventually(() => expect(page.connections.map(({ status }) => status)).toContain('reconnecting'));
  await eventually(() => expect(page.connection?.status).toBe('connected'));
  source.text('two');
  await eventually(() => expect(page.text(1)).toBe('one two'));
  expect(page.faults).toEqual([]);
});

test('[CN14] nothing connects before the first attach, and detach leaves', async () => {
  const { relay, url } = await startRelay();
  const page = new TestPage();
  page.configure(url, { transport: 'websocket' });
  expect(page.connection).toBeUndefined();
  page.attach(1, relay.streams.create({ source: new ManualSource() }).channel);
  await eventually(() => expect(relay.stats.subscriptions).toBe(1));
  page.receiver.receive({ type: 'detach', key: 1 });
  await eventually(() => expect(relay.stats.subscriptions).toBe(0));
  expect(relay.stats.generations).toBe(1);
});

test.each<TransportName>(['webtransport', 'websocket', 'sse'])(
  '[CR1] [CN12] over %s streams that are left while much of them is on its way cost the connection no credit',
  async (transport) => {
    const { relay, url } = await startRelay();
    const page = new TestPage(cuttable().env);
    page.configure(url, { transport });
    // More than the connection’s credit, were it never given back.
    const channels = Array.from({ length: 24 }, (_, key) => {
      const source = new ManualSource();
      for (let count = 0; count < 60; count += 1) source.text('x'.repeat(1_000));
      return { key, channel: relay.streams.create({ source }).channel };
    });
    page.receiver.receive({ type: 'connect' });
    await eventually(() => expect(page.connection?.status).toBe('connected'));
    for (const { key, channel } of channels) {
      page.attach(key, channel);
      page.receiver.receive({ type: 'detach', key });
      await eventually(() => expect([relay.stats.answers.recovered, relay.stats.subscriptions]).toEqual([key + 1, 0]));
    }
    const source = new ManualSource();
    page.attach(99, relay.streams.create({ source }).channel);
    source.text('still here');
    await eventually(() => expect(page.text(99)).toBe('still here'));
  },
);

test('[CN12] many channels over WebTransport, more than a browser allows streams', async () => {
  const { relay, url } = await startRelay();
  const page = new TestPage(cuttable().env);
  page.configure(url, { transport: 'webtransport' });
  const sources = Array.from({ length: 100 }, () => new ManualSource());
  for (const [key, source] of sources.entries()) page.attach(key, relay.streams.create({ source }).channel);
  for (const [key, source] of sources.entries()) {
    source.text(`stream ${key}`);
    source.end();
  }
  await eventually(() => expect(sources.every((_, key) => page.fold(key).status === 'done')).toBe(true));
  for (const key of sources.keys()) expect(page.text(key)).toBe(`stream ${key}`);
  expect(page.faults).toEqual([]);
});

test('[CN6] more streams than channels wait for one that becomes free, by its end or by a stream left', async () => {
  const { relay, url } = await startRelay({ maxChannelsPerConnection: 2 });
  const page = new TestPage();
  page.configure(url, { transport: 'websocket' });
  const sources = Array.from({ length: 6 }, () => new ManualSource());
  for (const [index, source] of sources.entries()) {
    page.attach(index, relay.streams.create({ source }).channel);
    source.text(`answer ${index}`);
  }
  await eventually(() => expect([page.text(0), page.text(1)]).toEqual(['answer 0', 'answer 1']));
  expect(page.text(2)).toBe('');
  page.receiver.receive({ type: 'detach', key: 0 });
  await eventually(() => expect(page.text(2)).toBe('answer 2'));
  for (const source of sources) source.end();
  await eventually(() =>
    expect(sources.slice(1).map((_, index) => page.fold(index + 1).status)).toEqual(Array.from({ length: 5 }, () => 'done')),
  );
  expect(sources.slice(1).map((_, index) => page.text(index + 1))).toEqual([1, 2, 3, 4, 5].map((index) => `answer ${index}`));
  expect(page.faults).toEqual([]);
});

test('[CN6] [FR7] hundreds of streams with the longest ids pass one connection, and no message is too large', async () => {
  const { relay, url } = await startRelay({ maxGenerationsPerPrincipal: 1_000 });
  const page = new TestPage();
  page.configure(url, { transport: 'websocket' });
  const count = 500;
  for (let index = 0; index < count; index += 1) {
    const source = new ManualSource();
    source.text(`answer ${index}`);
    source.end();
    page.attach(index, relay.streams.create({ id: `${index}-`.padEnd(maxIdLength, 'x'), source }).channel);
  }
  const texts = (): string[] => Array.from({ length: count }, (_, index) => page.text(index));
  await eventually(() => expect(texts()).toEqual(Array.from({ length: count }, (_, index) => `answer ${index}`)));
  expect(relay.stats.refused).toEqual({});
  expect(page.faults).toEqual([]);
});

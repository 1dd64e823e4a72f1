import { WebTransport } from 'rwebtransport';
import { describe, expect, test, vi } from 'vitest';
import { createMetrics } from '../../../server/http/metrics.ts';
import { createScripted } from '../../../server/index.ts';
import type { RelayCore } from '../../../server/relay/relay.ts';
import { connectClient, type TransportName } from '../../support/connect.ts';
import { startCore } from '../../support/core.ts';
import { type Scrape, scrape } from '../../support/metrics.ts';
import { fetchWithQuic, udpPort } from '../../support/quic.ts';
import { startRelay } from '../../support/relay.ts';
import { ManualSource } from '../../support/source.ts';
import { TestPage } from '../../worker/page.ts';

vi.setConfig({ testTimeout: 30_000 });

const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 10 });

const rows = (count: number): string[] => Array.from({ length: count }, (_, index) => `row ${index} `);

function feed(source: ManualSource, deltas: readonly string[]): void {
  for (const delta of deltas) source.text(delta);
}

test('recoveries are counted by outcome, and the events that readers had missed', async () => {
  const { relay, url } = await startRelay();
  const [source, short] = [new ManualSource(), new ManualSource()];
  const { channel, epoch } = relay.streams.create({ id: 'a', source });
  const { channel: other, epoch: otherEpoch } = relay.streams.create({ id: 'b', source: short });
  feed(short, rows(9));
  const reader = await connectClient('websocket', url);
  reader.hello();
  reader.subscribe(1, other);
  await reader.until(() => (reader.entries(1).at(-1)?.seq ?? 0) === 10);
  const first = await scrape(url);
  expect(first.of('sluice_subscribe_answers_total{answer="recovered"}')).toBe(1);
  // Who reads from the beginning has recovered nothing.
  expect(first.of('sluice_recoveries_total{outcome="recovered"}')).toBe(0);
  expect(first.of('sluice_recovered_events_total')).toBe(0);

  feed(source, [...rows(40), 'x'.repeat(9_000)]);
  const again = await connectClient('websocket', url);
  again.hello();
  again.subscribe(1, other, { epoch: otherEpoch, afterSeq: 10 });
  again.subscribe(2, channel, { epoch: 'another', afterSeq: 3 });
  again.subscribe(3, 'stream:none', { epoch, afterSeq: 3 });
  const late = await connectClient('websocket', url);
  late.hello();
  late.subscribe(1, other, { epoch: otherEpoch, afterSeq: 4 });
  await again.until(() => again.of('subscribed').length === 3);
  await late.first('subscribed');
  const { of } = await scrape(url);
  const outcomes = ['live', 'recovered', 'reset', 'gone'].map((outcome) => of(`sluice_recoveries_total{outcome="${outcome}"}`));
  expect(outcomes).toEqual([1, 1, 1, 1]);
  expect(of('sluice_recovered_events_total')).toBe(6);
});

test('what is coalesced, what waits, and how far clients are behind', async () => {
  const { relay, url } = await startRelay({ heartbeatMs: 200 });
  const source = new ManualSource();
  const { channel } = relay.streams.create({ source });
  const slow = await connectClient('websocket', url);
  slow.hello();
  slow.subscribe(1, channel, { credit: 0 });
  await slow.first('subscribed');
  feed(source, rows(1_000));
  await eventually(async () => {
    const { of } = await scrape(url);
    expect(of('sluice_session_lag_events_max')).toBe(1_001);
    // Sampled: the histogram has it, too.
    expect(of('sluice_session_lag_events_bucket{le="10000"}')).toBeGreaterThan(of('sluice_session_lag_events_bucket{le="1000"}'));
    slow.send({ type: 'ping', nonce: 1 });
  });
  const before = await scrape(url);
  expect(before.of('sluice_delivered_events_total')).toBe(0);
  slow.send({ type: 'credit', connectionLimit: 1e9, grants: [{ subscription: 1, limit: 1e9, appliedSeq: 0 }] });
  await slow.until(() => slow.entries(1).at(-1)?.seq === 1_001);
  const delivered = await scrape(url);
  expect(delivered.of('sluice_delivered_events_total')).toBe(1_001);
  expect(delivered.of('sluice_coalesced_events_total')).toBe(1_001 - slow.entries(1).length);
  expect(delivered.of('sluice_coalesced_events_total')).toBeGreaterThan(900);
  // Sent is not applied; a client cannot have applied what was never sent.
  expect(delivered.of('sluice_session_lag_events_max')).toBe(1_001);
  slow.send({ type: 'credit', connectionLimit: 1e9, grants: [{ subscription: 1, limit: 1e9, appliedSeq: 900 }] });
  await eventually(async () => expect((await scrape(url)).of('sluice_session_lag_events_max')).toBe(101));
  slow.send({ type: 'credit', connectionLimit: 1e9, grants: [{ subscription: 1, limit: 1e9, appliedSeq: 1e9 }] });
  await eventually(async () => expect((await scrape(url)).of('sluice_session_lag_events_max')).toBe(0));
  source.text('one more');
  await eventually(async () => expect((await scrape(url)).of('sluice_session_lag_events_max')).toBe(1));
});

test('bytes queued are those a client does not take from its socket', async () => {
  const { relay, url } = await startRelay();
  const source = new ManualSource();
  const { channel } = relay.streams.create({ source });
  const client = await connectClient('websocket', url);
  client.hello();
  client.subscribe(1, channel);
  await client.first('subscribed');
  client.pause();
  const line = 'x'.repeat(50_000);
  await eventually(async () => {
    for (let index = 0; index < 20; index += 1) source.text(line);
    expect((await scrape(url)).of('sluice_queued_bytes{transport="websocket"}')).toBeGreaterThan(0);
  });
  client.resume();
  await eventually(async () => expect((await scrape(url)).of('sluice_queued_bytes{transport="websocket"}')).toBe(0));
});

describe('[CN18] connections are counted by transport, with the client’s reason for it', () => {
  const opened = (transport: TransportName, fallback: string): string =>
    `sluice_connections_opened_total{transport="${transport}",fallback="${fallback}"}`;
  const counted = (url: string, series: string): Promise<void> => eventually(async () => expect((await scrape(url)).of(series)).toBe(1));
  const connectPage = (env: ConstructorParameters<typeof TestPage>[0], ...configure: Parameters<TestPage['configure']>): void => {
    const page = new TestPage(env);
    page.configure(...configure);
    page.attach(1, 'stream:none');
  };
  const quic = { WebTransport: WebTransport as unknown as typeof globalThis.WebTransport };

  test.for([
    ['nothing to explain', 'webtransport', 'none', quic, {}],
    ['the browser has none', 'websocket', 'unsupported', {}, {}],
    ['the browser has neither', 'sse', 'unsupported', { WebSocket: undefined }, {}],
    ['the page asked for it', 'sse', 'asked', {}, { transport: 'sse' as const }],
    ['lost here lately', 'websocket', 'remembered', quic, { remembered: { winner: 'websocket' as const, expiresAt: 1e15 } }],
  ] as const)('%s', async ([, transport, reason, env, configure]) => {
    const { url } = await startRelay();
    connectPage(env, url, { ...configure, options: { fallbackDelayMs: 20_000 } });
    await counted(url, opened(transport, reason));
    expect([...(await scrape(url)).series.keys()].filter((name) => name.startsWith('sluice_connections_opened_total'))).toHaveLength(1);
  });

  test('the relay offers none', async () => {
    const { url } = await startRelay({ webTransport: false });
    connectPage(quic, url);
    await counted(url, opened('websocket', 'not-offered'));
  });

  test('it could not be opened, or not in time, or another was ready first', async () => {
    const { url } = await startRelay();
    const otherCertificate = fetchWithQuic({ certificateHash: Buffer.alloc(32).toString('base64') });
    connectPage({ ...quic, fetch: otherCertificate }, url, { options: { fallbackDelayMs: 60_000 } });
    await counted(url, opened('websocket', 'failed'));
    const blackHole = fetchWithQuic({ port: await udpPort('black-holed') });
    connectPage({ ...quic, fetch: blackHole }, url, { options: { attemptTimeoutMs: 300, fallbackDelayMs: 60_000 } });
    await counted(url, opened('websocket', 'timeout'));
    connectPage({ ...quic, fetch: blackHole }, url, { options: { fallbackDelayMs: 1 } });
    await counted(url, opened('websocket', 'slower'));
  });

  test('a reason nobody knows is no label of its own', async () => {
    const { url } = await startRelay();
    for (const fallback of ['because', '"} 1\nevil 1', '__proto__']) {
      const client = await connectClient('websocket', url);
      client.send({ type: 'hello', protocol: 1, credit: 0, fallback });
      await client.first('welcome');
    }
    expect((await scrape(url)).of(opened('websocket', 'other'))).toBe(3);
  });
});

test('the time to the first token is counted by provider; usage or a failure is no token', async () => {
  const { relay, url } = await startRelay({ providers: [createScripted()] });
  relay.streams.create({ provider: 'scripted', model: 'scripted-plain', prompt: 'p', options: { rate: 0, tokens: 3 } });
  const source = new ManualSource();
  relay.streams.create({ source });
  source.push({ type: 'usage', inputTokens: 1, outputTokens: 0 });
  const failing = new ManualSource();
  relay.streams.create({ source: failing });
  failing.push({ type: 'error', code: 'source_failed', message: 'm', retryable: false });
  await vi.waitFor(() => expect(relay.stats.failed).toBe(1));
  const before = await scrape(url);
  expect(before.of('sluice_first_token_seconds_count{provider="scripted"}')).toBe(1);
  expect(before.of('sluice_first_token_seconds_count{provider="source"}')).toBe(0);
  source.text('now');
  await eventually(async () => expect((await scrape(url)).of('sluice_first_token_seconds_count{provider="source"}')).toBe(1));
  expect((await scrape(url)).of('sluice_first_token_seconds_bucket{le="+Inf",provider="source"}')).toBe(1);
});

test('refusals are counted by their code, wherever they happen', async () => {
  const { url } = await startRelay();
  const refused = (code: string): string => `sluice_refused_total{code="${code}"}`;
  const text = await connectClient('websocket', url);
  text.sendBytes(Uint8Array.of(0xc1));
  await text.ended();
  await connectClient('websocket', url, { origin: 'https://evil.example' }).catch(() => {});
  await fetch(new URL('/v1/streams/none', url));
  await fetch(new URL('/v1/streams', url), { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' });
  await eventually(async () => {
    const { of } = await scrape(url);
    for (const code of ['bad_frame', 'origin_refused', 'unknown_channel', 'unsupported_media_type'])
      expect([code, of(refused(code))]).toEqual([code, 1]);
  });
});

test('names and types are as Prometheus has them, and labels stay few', async () => {
  const { relay, url } = await startRelay({ authenticate: ({ credentials = '' }) => ({ id: credentials }) });
  for (let index = 0; index < 20; index += 1) {
    relay.streams.create({
      id: `stream-${index}`,
      principal: { id: `user-${index}` },
      source: new ManualSource(),
      model: `model-${index}`,
    });
    const client = await connectClient('websocket', url);
    client.hello({ credentials: `user-${index}` });
    client.subscribe(1, `stream:stream-${index}`);
    await client.first('subscribed');
  }
  const figures: Scrape = await scrape(url);
  expect([...figures.series.keys()].join('\n')).not.toMatch(/user-|stream-\d|model-/);
  expect(figures.series.size).toBeLessThan(120);
  for (const [name, type] of figures.types) {
    expect(name).toMatch(/^(sluice|process)(_[a-z]+)+$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|kb|mb)(_|$)/);
  }
});

test('[RL7] a flood of scrapes costs one exposition at a time, and none is older than its question', async () => {
  const { relay, url } = await startRelay({ webTransport: false });
  let looks = 0;
  const core = startCore();
  const watched: RelayCore = Object.create(core, {
    stats: {
      get() {
        looks += 1;
        return core.stats;
      },
    },
  });
  const metrics = createMetrics(watched);
  const created = async (): Promise<string | undefined> =>
    /^sluice_streams_created_total (\d+)$/m.exec(await (await metrics.response()).text())?.[1];
  looks = 0;
  expect(new Set(await Promise.all(Array.from({ length: 500 }, created)))).toEqual(new Set(['0']));
  expect(looks).toBe(1);
  for (let round = 1; round <= 5; round += 1) {
    core.streams.create({ source: new ManualSource() });
    expect(new Set(await Promise.all(Array.from({ length: 100 }, created)))).toEqual(new Set([String(round)]));
    expect(looks).toBe(1 + round);
  }

  const flood = Promise.all(Array.from({ length: 300 }, () => scrape(url)));
  relay.streams.create({ source: new ManualSource() });
  expect((await scrape(url)).of('sluice_streams_created_total')).toBe(1);
  expect(await flood).toHaveLength(300);
});

import { WebTransport, WebTransportServer } from 'rwebtransport';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Discovery } from '../../../server/http/discovery.ts';
import { inFiles, makeCertificate } from '../../../server/transports/certificate.ts';
import { frameMessage, MessageReader } from '../../../server/transports/framing.ts';
import { contain } from '../../../server/transports/quic.ts';
import { type ClientFrame, concatBytes, decodeServerMessage, encodeClientFrame, type ServerFrame } from '../../../src/wire/index.ts';
import { connectClient } from '../../support/connect.ts';
import { startRelay } from '../../support/relay.ts';
import { ManualSource } from '../../support/source.ts';
import { testTransport } from './transport.contract.ts';

describe('WebTransport', () => {
  testTransport('webtransport');

  test('[CN12] a subscription has a stream of its own, which begins with channel and ends after the terminal event', async () => {
    const { relay, url } = await startRelay();
    const [a, b] = [new ManualSource(), new ManualSource()];
    const { session, say } = await rawSession(url);
    say(
      { type: 'hello', protocol: 1, credit: 1_000_000 },
      { type: 'subscribe', subscription: 1, channel: relay.streams.create({ id: 'a', source: a }).channel, afterSeq: 0, credit: 1_000_000 },
      { type: 'subscribe', subscription: 2, channel: relay.streams.create({ id: 'b', source: b }).channel, afterSeq: 0, credit: 1_000_000 },
    );
    for (const [source, text] of [
      [a, 'A'],
      [b, 'B'],
    ] as const) {
      source.text(text);
      source.push({ type: 'finish', reason: 'stop' });
    }
    const streams = session.incomingUnidirectionalStreams.getReader();
    const read = [await streams.read(), await streams.read()].map(({ value }) => framesOf(value as ReadableStream<Uint8Array>));
    const [first, second] = (await Promise.all(read)).sort(bySubscription);
    expect(first?.[0]).toMatchObject({ type: 'channel', subscription: 1, fromSeq: 1 });
    expect(second?.[0]).toMatchObject({ type: 'channel', subscription: 2, fromSeq: 1 });
    expect(first?.slice(1).every((frame) => frame.type === 'batches' && frame.subscription === 1)).toBe(true);
    expect(JSON.stringify(first)).toContain('"delta":"A"');
    expect(JSON.stringify(first)).toContain('"finish"');
    expect(JSON.stringify(first)).not.toContain('"delta":"B"');
  });

  test('[CN12] the stream of a subscription that was left ends after what was sent', async () => {
    const { relay, url } = await startRelay();
    const source = new ManualSource();
    const { session, say } = await rawSession(url);
    const { channel } = relay.streams.create({ id: 'a', source });
    say({ type: 'hello', protocol: 1, credit: 1_000_000 }, { type: 'subscribe', subscription: 1, channel, afterSeq: 0, credit: 1_000_000 });
    source.text('begun');
    const { value } = await session.incomingUnidirectionalStreams.getReader().read();
    const reading = framesOf(value as ReadableStream<Uint8Array>);
    say({ type: 'unsubscribe', subscription: 1 });
    expect((await reading).map(({ type }) => type)).toEqual(['channel', 'batches']);
  });

  test('[CN12] more subscriptions than a browser allows streams', async () => {
    const { relay, url } = await startRelay();
    const client = await connectClient('webtransport', url);
    client.hello();
    const sources = Array.from({ length: 128 }, () => new ManualSource());
    for (const [index, source] of sources.entries()) {
      client.subscribe(index + 1, relay.streams.create({ id: `s${index}`, source }).channel);
      source.text(`text ${index}`);
    }
    await client.until(() => sources.every((_, index) => client.text(index + 1) === `text ${index}`));
    expect(client.of('channel').length).toBeLessThan(100);
    for (const source of sources) source.push({ type: 'finish', reason: 'stop' });
    await client.until(() => sources.every((_, index) => client.isDone(index + 1)));
  });

  test('[CN12] far more streams one after the other than a connection may have at once', async () => {
    const { relay, url } = await startRelay({ maxGenerationsPerPrincipal: 400, maxMessagesPerSecond: 10_000 });
    const client = await connectClient('webtransport', url);
    client.hello();
    await client.first('welcome');
    for (let round = 0; round < 10; round += 1) {
      const numbers = Array.from({ length: 40 }, (_, index) => 40 * round + index + 1);
      for (const number of numbers) {
        const source = new ManualSource();
        client.subscribe(number, relay.streams.create({ id: `s${number}`, source }).channel);
        source.text(`text ${number}`);
        if (number % 4 === 0) source.push({ type: 'finish', reason: 'stop' });
      }
      await client.until(() => numbers.every((number) => client.text(number) === `text ${number}`));
      for (const number of numbers) if (number % 4 !== 0) client.send({ type: 'unsubscribe', subscription: number });
    }
    expect(client.of('channel')).toHaveLength(400);
  });

  test('[CN12] streams nobody asked for are turned away and disturb nothing', async () => {
    const { url } = await startRelay();
    const { session, say, control } = await rawSession(url);
    say({ type: 'hello', protocol: 1, credit: 0 });
    const second = await session.createBidirectionalStream();
    const third = await session.createUnidirectionalStream();
    for (const stream of [second.writable, third]) {
      const writer = stream.getWriter();
      writer.closed.catch(() => {});
      writer.write(new Uint8Array(10)).catch(() => {});
    }
    await expect(second.readable.getReader().read()).rejects.toThrow();
    say({ type: 'ping', nonce: 3 });
    await vi.waitFor(() => expect(control).toContainEqual({ type: 'pong', nonce: 3 }), { timeout: 5_000 });
  });

  test('[CN10] the relay’s page is its own whatever loopback name it has, and where UDP has another port', async () => {
    const { url, port } = await startRelay({ webTransport: { port: 0 } });
    for (const name of ['localhost', '127.0.0.1']) {
      const client = await connectClient('webtransport', url, { origin: `http://${name}:${port}` });
      client.hello();
      await client.first('welcome');
    }
  });

  test('[CN12, RL7] another path is refused, and counted', async () => {
    const { relay, url } = await startRelay();
    const { session } = await rawSession(url, '/elsewhere');
    await expect(session.closed).resolves.toMatchObject({ closeCode: 4404, reason: 'not_found' });
    expect(relay.stats.refused).toEqual({ not_found: 1 });
  });

  test('[FR7] a length above the limit ends the session before its message comes', async () => {
    const { url } = await startRelay();
    const { session, write } = await rawSession(url);
    write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    await expect(session.closed).resolves.toMatchObject({ closeCode: 4413, reason: 'frame_too_large' });
  });

  test('[SQ11] 200 clients on one relay read the same stream', { timeout: 60_000 }, async () => {
    const { relay, url } = await startRelay({ maxConnectionsPerPrincipal: 300 });
    const source = new ManualSource();
    const { channel } = relay.streams.create({ id: 'a', source });
    const clients = [];
    for (let batch = 0; batch < 10; batch += 1) {
      clients.push(...(await Promise.all(Array.from({ length: 20 }, () => connectClient('webtransport', url)))));
    }
    for (const client of clients) {
      client.hello();
      client.subscribe(1, channel);
    }
    await Promise.all(clients.map((client) => client.first('subscribed')));
    let text = '';
    for (let index = 0; index < 100; index += 1) {
      source.text(`word ${index} `);
      text += `word ${index} `;
    }
    source.push({ type: 'finish', reason: 'stop' });
    await Promise.all(clients.map((client) => client.until(() => client.isDone(1))));
    expect(new Set(clients.map((client) => client.text(1)))).toEqual(new Set([text]));
    expect(relay.stats.connections.webtransport).toBe(200);
  });
});

describe('the QUIC library', () => {
  test('a session that ends by an error of QUIC ends like any other, and leaves no rejection unhandled', async () => {
    const certificate = makeCertificate();
    const server = await inFiles(certificate, async (files) => {
      const listening = new WebTransportServer({ host: '127.0.0.1', port: 0, ...files });
      onTestFinished(() => listening.close());
      contain(listening);
      await listening.ready;
      return listening;
    });
    const client = new WebTransport(`https://127.0.0.1:${server.port}/`, {
      serverCertificateHashes: [{ algorithm: 'sha-256', value: Buffer.from(certificate.hash, 'base64') }],
    });
    onTestFinished(() => client.close());
    client.closed.catch(() => {});
    const { value: session } = await server.incomingSessions.getReader().read();
    // What the addon says, half a minute after a client has vanished.
    (server as unknown as { onEvent(event: object): void }).onEvent({ type: 'error', session: 1, message: 'connection timed out' });
    await expect(session?.closed).resolves.toEqual({ closeCode: 0, reason: 'connection timed out' });
  });
});

interface RawSession {
  readonly session: WebTransport;
  /** Frames the relay has sent on the control stream. */
  readonly control: ServerFrame[];
  write(bytes: Uint8Array): void;
  say(...frames: ClientFrame[]): void;
}

/** A session without the client of test/support, for what it hides. */
async function rawSession(relayUrl: string, path?: string): Promise<RawSession> {
  const { endpoints } = (await (await fetch(new URL('/v1/connect', relayUrl))).json()) as Discovery;
  const address = new URL(endpoints.webtransport?.url ?? '');
  if (path !== undefined) address.pathname = path;
  const session = new WebTransport(address.href, {
    serverCertificateHashes: (endpoints.webtransport?.certificateHashes ?? []).map((hash) => ({
      algorithm: 'sha-256',
      value: Buffer.from(hash, 'base64'),
    })),
  });
  session.closed.catch(() => {});
  onTestFinished(() => session.close());
  await session.ready;
  const stream = await session.createBidirectionalStream().catch(() => undefined);
  const writer = stream?.writable.getWriter();
  writer?.closed.catch(() => {});
  const control: ServerFrame[] = [];
  if (stream !== undefined) framesOf(stream.readable, control).catch(() => {});
  const write = (bytes: Uint8Array): void => void writer?.write(bytes).catch(() => {});
  return { session, control, write, say: (...frames) => write(frameMessage(concatBytes(frames.map(encodeClientFrame)))) };
}

/** All frames of a stream, once it has ended. */
async function framesOf(stream: ReadableStream<Uint8Array>, frames: ServerFrame[] = []): Promise<ServerFrame[]> {
  const messages = new MessageReader(67_108_864);
  for await (const chunk of stream) for (const message of messages.push(chunk)) frames.push(...decodeServerMessage(message));
  return frames;
}

function bySubscription([a]: ServerFrame[], [b]: ServerFrame[]): number {
  return (a?.type === 'channel' ? a.subscription : 0) - (b?.type === 'channel' ? b.subscription : 0);
}

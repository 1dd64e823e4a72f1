import { describe, expect, test, vi } from 'vitest';
import { creditWindowDefaults } from '../../../src/wire/index.ts';
import { type ConnectOptions, connectClient, oversized, type ProtocolClient, type TransportName } from '../../support/connect.ts';
import type { Ending } from '../../support/inbox.ts';
import { startRelay } from '../../support/relay.ts';
import { ManualSource } from '../../support/source.ts';

/** What every transport does, over real sockets and the real relay. */
export function testTransport(transport: TransportName): void {
  /** Close codes exist on a socket; an SSE response just ends. */
  const closeCode = (code: number): number | undefined => (transport === 'sse' ? undefined : code);

  async function greeted(url: string, options: ConnectOptions & { credentials?: string } = {}): Promise<ProtocolClient> {
    const client = await connectClient(transport, url, options);
    client.hello(options.credentials === undefined ? {} : { credentials: options.credentials });
    await client.first('welcome');
    return client;
  }

  /** How a connection that is not let in ends, before or after its handshake. */
  async function refusal(url: string, options: ConnectOptions): Promise<string> {
    try {
      const client = await connectClient(transport, url, options);
      client.hello();
      const ending: Ending = await client.ended();
      expect(client.of('welcome')).toEqual([]);
      return `${ending.code} ${ending.reason}`;
    } catch (cause) {
      return String(cause);
    }
  }

  describe('hello', () => {
    test('[CN1, CN3] is answered by welcome, and frames may follow it in the same message', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const { channel, epoch } = relay.streams.create({ id: 'a', source });
      const client = await connectClient(transport, url);
      client.send(
        { type: 'hello', protocol: 1, credit: 1_000_000 },
        { type: 'subscribe', subscription: 1, channel, afterSeq: 0, credit: 1_000_000 },
      );
      expect(await client.first('welcome')).toMatchObject({ protocol: 1, heartbeatMs: 10_000, maxChannels: 128 });
      expect(await client.first('subscribed')).toMatchObject({ subscription: 1, epoch });
    });

    test('[CN1, CN8] anything else first ends the connection with hello_expected', async () => {
      const { url } = await startRelay();
      const client = await connectClient(transport, url);
      client.subscribe(1, 'stream:a');
      expect(await client.first('error')).toMatchObject({ code: 'hello_expected' });
      expect((await client.ended()).code).toBe(closeCode(4400));
    });

    test('[CN2] another protocol version ends the connection with protocol_version', async () => {
      const { url } = await startRelay();
      const client = await connectClient(transport, url);
      client.hello({ protocol: 2 });
      expect(await client.first('error')).toMatchObject({ code: 'protocol_version' });
      expect((await client.ended()).code).toBe(closeCode(4426));
    });

    test('[CN3] authenticate sees credentials, headers and transport; a refusal ends the connection', async () => {
      const authenticate = vi.fn(({ credentials }: { credentials: string | undefined }) =>
        credentials === 'right' ? { id: 'ada' } : undefined,
      );
      const { url } = await startRelay({ authenticate });
      const client = await connectClient(transport, url, { headers: { 'x-tenant': 'blue' } });
      client.hello({ credentials: 'wrong' });
      expect(await client.first('error')).toMatchObject({ code: 'unauthenticated' });
      expect((await client.ended()).code).toBe(closeCode(4401));
      const [input] = authenticate.mock.calls[0] as unknown as [{ headers: Headers; transport: string; credentials: string }];
      expect(input).toMatchObject({ credentials: 'wrong', transport });
      expect(input.headers.get('x-tenant')).toBe('blue');
      await greeted(url, { credentials: 'right' });
    });

    test('[CN5] refused new credentials end the connection', async () => {
      const { url } = await startRelay({ authenticate: ({ credentials }) => (credentials === 'wrong' ? undefined : { id: 'ada' }) });
      const client = await greeted(url, { credentials: 'right' });
      client.send({ type: 'refresh', credentials: 'wrong' });
      expect(await client.first('error')).toMatchObject({ code: 'unauthenticated' });
      await client.ended();
    });
  });

  describe('streams', () => {
    test('[SQ7, SQ11, SQ12] a reader from the start and one that joins half-way have the same text', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const { channel } = relay.streams.create({ id: 'a', source });
      const early = await greeted(url);
      early.subscribe(1, channel);
      for (let index = 0; index < 50; index += 1) source.text(`early ${index} ✓ `);
      await early.until(() => early.text(1).includes('early 49'));
      const late = await greeted(url);
      late.subscribe(1, channel);
      await late.until(() => late.text(1).includes('early 49'));
      for (let index = 0; index < 50; index += 1) source.text(`late ${index} 👩‍💻 `);
      source.push({ type: 'finish', reason: 'stop' });
      await Promise.all([early, late].map((client) => client.until(() => client.isDone(1))));
      expect(late.text(1)).toBe(early.text(1));
      expect(early.text(1)).toMatch(/^early 0 ✓ .*late 49 👩‍💻 $/);
    });

    test('[SQ9] an unknown channel is gone', async () => {
      const { url } = await startRelay();
      const client = await greeted(url);
      client.subscribe(1, 'stream:nowhere');
      expect(await client.first('subscribed')).toMatchObject({ answer: 'gone' });
    });

    test('[CN4] a refused channel names its subscription and leaves the connection open', async () => {
      const { relay, url } = await startRelay({ authenticate: ({ credentials }) => ({ id: credentials ?? 'nobody' }) });
      relay.streams.create({ id: 'hers', principal: { id: 'ada' }, source: new ManualSource() });
      relay.streams.create({ id: 'his', principal: { id: 'ben' }, source: new ManualSource() });
      const client = await greeted(url, { credentials: 'ben' });
      client.subscribe(1, 'stream:hers');
      expect(await client.first('error')).toMatchObject({ code: 'forbidden', subscription: 1 });
      client.subscribe(2, 'stream:his');
      expect(await client.first('subscribed')).toMatchObject({ subscription: 2 });
    });

    test('[CN6] subscribing twice names the second and leaves the first as it is', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const { channel } = relay.streams.create({ id: 'a', source });
      const client = await greeted(url);
      client.subscribe(1, channel);
      client.subscribe(2, channel);
      expect(await client.first('error')).toMatchObject({ code: 'already_subscribed', subscription: 2 });
      source.text('still here');
      await client.until(() => client.text(1) === 'still here');
    });

    test('[RL5] leaving, by unsubscribe or by a lost connection, stops nothing', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const { channel } = relay.streams.create({ id: 'a', source });
      const client = await greeted(url);
      client.subscribe(1, channel);
      source.text('one');
      await client.until(() => client.text(1) === 'one');
      client.send({ type: 'unsubscribe', subscription: 1 });
      client.send({ type: 'ping', nonce: 7 });
      await client.first('pong');
      client.close();
      await vi.waitFor(() => expect(relay.stats.connections[transport]).toBe(0), { timeout: 5_000 });
      expect(relay.stats.generations).toBe(1);
      expect(source.returned).toBe(false);
    });

    test('[SQ11] 64 streams on one connection', async () => {
      const { relay, url } = await startRelay();
      const client = await greeted(url);
      const sources = Array.from({ length: 64 }, () => new ManualSource());
      for (const [index, source] of sources.entries()) {
        client.subscribe(index + 1, relay.streams.create({ id: `s${index}`, source }).channel);
      }
      for (let round = 0; round < 20; round += 1) for (const [index, source] of sources.entries()) source.text(`${index}:${round} `);
      for (const source of sources) source.push({ type: 'finish', reason: 'stop' });
      await client.until(() => sources.every((_, index) => client.isDone(index + 1)));
      for (const [index] of sources.entries()) {
        expect(client.text(index + 1)).toBe(Array.from({ length: 20 }, (_, round) => `${index}:${round} `).join(''));
      }
    });

    test('[CR5, CR7] a page that stops acknowledging costs its window, whatever goes by, and loses nothing', async () => {
      const { relay, url } = await startRelay();
      const { initialBytes } = creditWindowDefaults;
      const stalled = await connectClient(transport, url);
      stalled.hello({ credit: 4 * initialBytes });
      await stalled.first('welcome');
      const healthy = await greeted(url);
      const source = new ManualSource();
      const { channel } = relay.streams.create({ id: 'a', source });
      stalled.subscribe(1, channel, { credit: initialBytes });
      healthy.subscribe(1, channel);
      // Ten minutes of an answer at 100 tokens a second.
      const rounds = Array.from({ length: 60 }, (_, round) => Array.from({ length: 1_000 }, (_, index) => `t${round}.${index} `));
      for (const [round, tokens] of rounds.entries()) {
        for (const token of tokens) source.text(token);
        await healthy.until(() => healthy.seq(1) >= 1_000 * (round + 1));
      }
      source.end();
      await healthy.until(() => healthy.isDone(1));
      await stalled.until(() => receivedBytes(stalled) >= initialBytes);
      expect(receivedBytes(healthy)).toBeGreaterThan(400_000);
      expect(receivedBytes(stalled)).toBeLessThan(65_536);
      await vi.waitFor(() => expect(relay.stats.queuedBytes[transport]).toBe(0));
      stalled.send({ type: 'credit', connectionLimit: 1e9, grants: [{ subscription: 1, limit: 1e9, appliedSeq: 0 }] });
      await stalled.until(() => stalled.isDone(1));
      expect(healthy.text(1)).toBe(rounds.flat().join(''));
      expect(stalled.text(1)).toBe(healthy.text(1));
    });

    test('[CR3, CR4] a reader that stops reading is waited for in the log, and delays no other', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const { channel } = relay.streams.create({ id: 'a', source });
      const slow = await greeted(url);
      const quick = await greeted(url);
      slow.subscribe(1, channel);
      quick.subscribe(1, channel);
      source.text('go');
      await slow.until(() => slow.text(1) === 'go');
      slow.pause();
      const piece = 'x'.repeat(8_191);
      for (let round = 0; round < 16; round += 1) {
        for (let index = 0; index < 64; index += 1) source.text(`${piece}\n`);
        const seq = 2 + 64 * (round + 1);
        await quick.until(() => quick.seq(1) === seq);
      }
      source.push({ type: 'finish', reason: 'stop' });
      await quick.until(() => quick.isDone(1));
      const bytes = 16 * 64 * 8_192;
      expect(relay.stats.deliveredBytes).toBeLessThan(1.75 * bytes);
      expect(relay.stats.queuedBytes[transport]).toBeGreaterThan(0);
      expect(relay.stats.queuedBytes[transport]).toBeLessThan(49_152);
      slow.resume();
      await slow.until(() => slow.isDone(1));
      expect(slow.text(1)).toBe(quick.text(1));
    });
  });

  describe('a reader that takes nothing', () => {
    /** Grants everything, and reads nothing from now on. */
    async function stall(url: string, channel: string): Promise<ProtocolClient> {
      const client = await greeted(url);
      client.subscribe(1, channel);
      await client.first('batches');
      client.pause();
      return client;
    }

    /** So much that it is behind by more than systems buffer. */
    async function fill(source: ManualSource, reader: ProtocolClient, rounds: number): Promise<void> {
      for (let round = 0; round < rounds; round += 1) {
        for (let index = 0; index < 64; index += 1) source.text(`${round}:${index} ${'x'.repeat(8_192)}\n`);
        const seq = 2 + 64 * (round + 1);
        await reader.until(() => reader.seq(1) >= seq);
      }
    }

    test('[CR7] is ended with too_slow where it goes on asking, and resumes', async () => {
      const { relay, url } = await startRelay({ maxFramesPerSecond: 1_000_000 });
      const source = new ManualSource();
      const { channel, epoch } = relay.streams.create({ id: 'a', source });
      source.text('go');
      const healthy = await greeted(url);
      healthy.subscribe(1, channel);
      await healthy.first('batches');
      const stalled = await stall(url, channel);
      await fill(source, healthy, 16);
      const pings = Array.from({ length: 4_000 }, (_, nonce) => ({ type: 'ping' as const, nonce }));
      for (let message = 0; message < 16; message += 1) stalled.send(...pings);
      await vi.waitFor(() => expect(relay.stats.refused['too_slow']).toBe(1), { timeout: 10_000 });
      expect(relay.stats.connections[transport]).toBe(1);
      expect(relay.stats.queuedBytes[transport]).toBeLessThan(49_152);
      const again = await greeted(url);
      again.subscribe(1, channel, { epoch, afterSeq: stalled.seq(1) });
      source.end();
      await again.until(() => again.isDone(1));
      await healthy.until(() => healthy.isDone(1));
      expect(joined(stalled, again)).toBe(healthy.text(1));
    });

    test('[CR8] is ended with too_slow where all together hold too much, and resumes', async () => {
      const { relay, url } = await startRelay({ maxUnsentBytes: 80_000 });
      const source = new ManualSource();
      const { channel, epoch } = relay.streams.create({ id: 'a', source });
      source.text('go');
      const healthy = await greeted(url);
      healthy.subscribe(1, channel);
      await healthy.first('batches');
      const stalled: ProtocolClient[] = [];
      while (stalled.length < 6) stalled.push(await stall(url, channel));
      await fill(source, healthy, 20);
      await vi.waitFor(() => expect(relay.stats.queuedBytes[transport]).toBeLessThan(80_000), { timeout: 10_000 });
      const ended = relay.stats.refused['too_slow'] ?? 0;
      expect(ended).toBeGreaterThan(0);
      expect(ended).toBeLessThan(6);
      expect(relay.stats.connections[transport]).toBe(7 - ended);
      expect(relay.stats.queuedBytes[transport]).toBeGreaterThan(0);
      source.end();
      await healthy.until(() => healthy.isDone(1));
      for (const client of stalled) {
        const again = await greeted(url);
        again.subscribe(1, channel, { epoch, afterSeq: client.seq(1) });
        await again.until(() => again.isDone(1));
        expect(joined(client, again)).toBe(healthy.text(1));
        again.close();
      }
    });

    test('[CR2] but an event larger than all that may wait reaches it whole', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const { channel } = relay.streams.create({ id: 'a', source });
      const client = await greeted(url);
      client.subscribe(1, channel);
      source.text('x'.repeat(20_000_000));
      source.end();
      await client.until(() => client.isDone(1));
      expect(client.text(1)).toHaveLength(20_000_000);
      expect(relay.stats.refused).toEqual({});
    });
  });

  describe('bad input', () => {
    test.for([
      ['garbage', Uint8Array.of(0xc1, 0xff, 0x00, 0x13, 0x37)],
      ['a truncated frame', Uint8Array.of(0x93, 0x02)],
      ['an unknown frame', Uint8Array.of(0x91, 0x63)],
    ] as const)('[FR2, FR6, CN8] %s ends the one connection it came by with bad_frame', async ([, bytes]) => {
      const { url } = await startRelay();
      const bystander = await greeted(url);
      const client = await greeted(url);
      client.sendBytes(bytes);
      expect(await client.first('error')).toMatchObject({ code: 'bad_frame' });
      const { code, reason } = await client.ended();
      expect(code).toBe(closeCode(4400));
      if (transport !== 'sse') expect(reason).toBe('bad_frame');
      bystander.send({ type: 'ping', nonce: 1 });
      await bystander.first('pong');
    });

    test('[FR7] a message above the limit ends the connection with frame_too_large', async () => {
      const { url } = await startRelay();
      const client = await greeted(url);
      client.sendBytes(oversized);
      expect(await client.first('error')).toMatchObject({ code: 'frame_too_large' });
      expect((await client.ended()).code).toBe(closeCode(4413));
    });
  });

  describe('origins', () => {
    test('[CN10] the page of another origin is refused', async () => {
      const { url, relay } = await startRelay();
      expect(await refusal(url, { origin: 'https://evil.example' })).toMatch(/403|origin_refused/);
      expect(await refusal(url, { origin: 'null' })).toMatch(/403|origin_refused/);
      expect(relay.stats.connections[transport]).toBe(0);
      expect(relay.stats.refused).toEqual({ origin_refused: 2 });
    });

    test('[CN10] the relay’s own pages and allowed ones may connect', async () => {
      const { url } = await startRelay({ allowedOrigins: ['https://app.example'] });
      await greeted(url, { origin: new URL(url).origin });
      await greeted(url, { origin: 'https://app.example' });
    });
  });

  describe('life', () => {
    test('[CR3] a long answer reaches a reader that allows everything, in pieces', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const { channel } = relay.streams.create({ id: 'a', source });
      const piece = 'x'.repeat(8_191);
      for (let index = 0; index < 2_500; index += 1) source.text(`${piece}\n`);
      source.push({ type: 'finish', reason: 'stop' });
      const client = await greeted(url);
      client.subscribe(1, channel);
      await client.until(() => client.isDone(1));
      expect(client.text(1)).toBe(`${piece}\n`.repeat(2_500));
      if (transport !== 'webtransport') expect(client.messages).toBeGreaterThan(40);
    });

    test('[CN7] the relay pings when there is nothing else, and ends a silent connection with heartbeat_timeout', async () => {
      const { url } = await startRelay({ heartbeatMs: 300 });
      const client = await greeted(url);
      await client.first('ping');
      expect(await client.first('error')).toMatchObject({ code: 'heartbeat_timeout' });
      expect((await client.ended()).code).toBe(closeCode(4408));
    });

    test('[CN7] a ping is answered with the same number', async () => {
      const { url } = await startRelay();
      const client = await greeted(url);
      client.send({ type: 'ping', nonce: 12_345 });
      expect(await client.first('pong')).toMatchObject({ nonce: 12_345 });
    });

    test('[CN9, RL9] drain asks to reconnect later; what runs goes on', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const client = await greeted(url);
      client.subscribe(1, relay.streams.create({ id: 'a', source }).channel);
      void relay.drain({ retryAfterMs: 500, spreadMs: 2_000, deadlineMs: Number.POSITIVE_INFINITY });
      expect(await client.first('drain')).toMatchObject({ retryAfterMs: 500, spreadMs: 2_000 });
      source.text('on');
      await client.until(() => client.text(1) === 'on');
    });

    test('[CN8, RL9] closing the relay ends every connection, saying why', async () => {
      const { relay, url } = await startRelay();
      const client = await greeted(url);
      await relay.close();
      expect(await client.first('error')).toMatchObject({ code: 'relay_draining' });
      expect((await client.ended()).code).toBe(closeCode(4503));
    });

    test('[RL7] more connections than a principal may have are refused', async () => {
      const { url } = await startRelay({ maxConnectionsPerPrincipal: 1 });
      await greeted(url);
      const second = await connectClient(transport, url);
      second.hello();
      expect(await second.first('error')).toMatchObject({ code: 'too_many_connections' });
      await second.ended();
    });
  });
}

/** Bytes of batches. */
function receivedBytes(client: ProtocolClient): number {
  return client.of('batches').reduce((sum, { batches }) => sum + batches.reduce((bytes, batch) => bytes + batch.bytes, 0), 0);
}

/** The text of a reader that resumed: of both its connections, or of the second alone where that began anew. */
function joined(before: ProtocolClient, after: ProtocolClient): string {
  return after.of('subscribed')[0]?.answer === 'reset' ? after.text(1) : before.text(1) + after.text(1);
}

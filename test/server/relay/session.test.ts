import { describe, expect, test, vi } from 'vitest';
import { encodeClientFrame, PROTOCOL_VERSION } from '../../../src/wire/index.ts';
import { settled, startCore } from '../../support/core.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';

describe('hello', () => {
  test('[CN1] anything else first closes the connection with hello_expected', async () => {
    const peer = new MemoryPeer(startCore());
    peer.subscribe(1, 'stream:a');
    await settled();
    expect(peer.closedWith?.code).toBe('hello_expected');
    expect(peer.of('error')).toEqual([expect.objectContaining({ code: 'hello_expected' })]);
  });

  test('[CN1] no hello in time closes with hello_timeout', async () => {
    let now = 0;
    const core = startCore({ heartbeatMs: 40 }, { now: () => now });
    const peer = new MemoryPeer(core);
    now = 5_001;
    await vi.waitFor(() => expect(peer.closedWith?.code).toBe('hello_timeout'));
  });

  test('[CN1] frames may follow hello in the same message', async () => {
    const core = startCore();
    core.streams.create({ id: 'a', source: new ManualSource() });
    const peer = new MemoryPeer(core);
    peer.say(
      { type: 'hello', protocol: PROTOCOL_VERSION, credit: 100 },
      { type: 'subscribe', subscription: 1, channel: 'stream:a', afterSeq: 0, credit: 100 },
    );
    await vi.waitFor(() => expect(peer.frames.map((frame) => frame.type)).toEqual(['welcome', 'subscribed']));
  });

  test('[CN2] another protocol version is refused, naming both', async () => {
    const peer = new MemoryPeer(startCore());
    peer.say({ type: 'hello', protocol: 99, credit: 0 });
    await settled();
    expect(peer.closedWith?.code).toBe('protocol_version');
    expect(peer.of('error')[0]?.message).toContain('99');
  });

  test('[CN3] authenticate sees credentials and headers, and its refusal closes', async () => {
    const authenticate = vi.fn(({ credentials }: { credentials: string | undefined }) =>
      credentials === 'good' ? { id: 'u' } : undefined,
    );
    const core = startCore({ authenticate });
    const bad = new MemoryPeer(core);
    bad.hello(10, 'bad');
    await vi.waitFor(() => expect(bad.closedWith?.code).toBe('unauthenticated'));
    const good = new MemoryPeer(core);
    good.hello(10, 'good');
    await vi.waitFor(() => expect(good.of('welcome')).toHaveLength(1));
    expect(authenticate).toHaveBeenLastCalledWith(
      expect.objectContaining({ credentials: 'good', transport: 'websocket', remoteAddress: '127.0.0.1' }),
    );
  });

  test('[CN5] refresh replaces credentials; a refusal, or another principal, closes', async () => {
    const core = startCore({
      authenticate: ({ credentials }) => (credentials === undefined ? undefined : { id: credentials.slice(0, 1) }),
    });
    const peer = new MemoryPeer(core);
    peer.hello(10, 'a1');
    peer.say({ type: 'refresh', credentials: 'a2' });
    await settled();
    await settled();
    expect(peer.isClosed).toBe(false);
    peer.say({ type: 'refresh', credentials: 'b1' });
    await vi.waitFor(() => expect(peer.closedWith?.code).toBe('unauthenticated'));
  });

  test('[CN5] [CN4] after refresh, authorize is asked about who the new credentials say it is', async () => {
    const core = startCore({
      authenticate: ({ credentials = '' }) => ({ id: 'u', role: credentials }),
      authorize: (principal) => (principal as { role?: string }).role === 'admin',
    });
    core.streams.create({ id: 'a', source: new ManualSource() });
    const peer = new MemoryPeer(core);
    peer.hello(10, 'guest');
    peer.subscribe(1, 'stream:a');
    await vi.waitFor(() => expect(peer.of('error')).toMatchObject([{ code: 'forbidden', subscription: 1 }]));
    peer.say({ type: 'refresh', credentials: 'admin' });
    peer.subscribe(2, 'stream:a');
    await vi.waitFor(() => expect(peer.of('subscribed')).toMatchObject([{ subscription: 2 }]));
  });
});

describe('connection life', () => {
  test('[CN7] pings when there is nothing else, and ends a silent connection', async () => {
    let now = 0;
    const core = startCore({ heartbeatMs: 40 }, { now: () => now });
    const peer = new MemoryPeer(core);
    peer.hello();
    await settled();
    now = 41;
    await vi.waitFor(() => expect(peer.of('ping')).not.toHaveLength(0));
    expect(peer.isClosed).toBe(false);
    now = 101;
    await vi.waitFor(() => expect(peer.closedWith?.code).toBe('heartbeat_timeout'));
    expect(core.stats.connections.websocket).toBe(0);
  });

  test('[CN8] [FR6] malformed input closes the one connection, and takes no effect', async () => {
    const core = startCore();
    core.streams.create({ id: 'a', source: new ManualSource() });
    const [bad, good] = [new MemoryPeer(core), new MemoryPeer(core)];
    bad.hello();
    good.hello();
    await settled();
    const subscribe = encodeClientFrame({ type: 'subscribe', subscription: 1, channel: 'stream:a', afterSeq: 0, credit: 1 });
    bad.receive(Uint8Array.of(...subscribe, 0xc1));
    await settled();
    expect(bad.closedWith?.code).toBe('bad_frame');
    expect(bad.of('subscribed')).toEqual([]);
    good.subscribe(1, 'stream:a');
    await vi.waitFor(() => expect(good.of('subscribed')).toHaveLength(1));
    expect(core.stats.refused).toEqual({ bad_frame: 1 });
  });

  test('[RL7] messages are limited by rate, connections in all and by principal', async () => {
    const core = startCore({ maxMessagesPerSecond: 5, maxConnections: 3, maxConnectionsPerPrincipal: 2 }, { now: () => 0 });
    const chatty = new MemoryPeer(core);
    chatty.hello();
    for (let index = 0; index < 10; index += 1) chatty.say({ type: 'ping', nonce: index });
    await vi.waitFor(() => expect(chatty.closedWith?.code).toBe('rate_limited'));
    const peers = [new MemoryPeer(core), new MemoryPeer(core), new MemoryPeer(core)];
    for (const peer of peers) peer.hello();
    await vi.waitFor(() => expect(peers.map(({ closedWith }) => closedWith?.code)).toEqual([undefined, undefined, 'too_many_connections']));
    const [third, fourth] = [new MemoryPeer(core), new MemoryPeer(core)];
    expect([third.closedWith?.code, fourth.closedWith?.code]).toEqual([undefined, 'too_many_connections']);
  });

  test('[CR7] answers count while the transport is full only, and anew each time', async () => {
    const core = startCore({ maxMessagesPerSecond: 1e6, maxFramesPerSecond: 1e6, maxBufferedBytes: 1000 });
    const peer = new MemoryPeer(core);
    peer.hello();
    await settled();
    const sent = (): number => peer.messages.reduce((bytes, { byteLength }) => bytes + byteLength, 0);
    const ask = async (bytes: number): Promise<void> => {
      for (const before = sent(); sent() - before < bytes && peer.closedWith === undefined; ) {
        peer.subscribe(1, `stream:${'a'.repeat(100)}`);
        await settled();
      }
    };
    await ask(100_000);
    for (let round = 0; round < 3; round += 1) {
      peer.bufferedBytes = 1000;
      await ask(60_000);
      peer.bufferedBytes = 999;
      await ask(100);
    }
    expect(peer.closedWith).toBeUndefined();
    peer.bufferedBytes = 1000;
    await ask(70_000);
    expect(peer.closedWith?.code).toBe('too_slow');
    expect(sent()).toBeLessThan(100_000 + 3 * 61_000 + 66_000);
  });

  test('[CN9] [RL9] drain is told to everybody; running streams go on, new ones are refused', async () => {
    const core = startCore();
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a');
    await settled();
    void core.drain({ retryAfterMs: 10, spreadMs: 20, deadlineMs: Number.POSITIVE_INFINITY });
    expect(peer.of('drain')).toEqual([{ type: 'drain', retryAfterMs: 10, spreadMs: 20 }]);
    expect(() => core.streams.create({ id: 'b', source: new ManualSource() })).toThrow(expect.objectContaining({ code: 'relay_draining' }));
    source.text('still');
    await vi.waitFor(() => expect(peer.text(1)).toBe('still'));
  });

  test('[RL5] leaving, by unsubscribing or by a closed connection, never stops a generation', async () => {
    const core = startCore();
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    const [one, two] = [new MemoryPeer(core), new MemoryPeer(core)];
    for (const peer of [one, two]) {
      peer.hello();
      peer.subscribe(1, 'stream:a');
    }
    await settled();
    one.say({ type: 'unsubscribe', subscription: 1 });
    two.leave();
    await vi.waitFor(() => expect(core.stats.subscriptions).toBe(0));
    expect(one.released).toEqual([1]);
    source.text('unwatched');
    source.end();
    await vi.waitFor(() => expect(core.streams.fold('a')?.fold.status).toBe('done'));
    expect(source.returned).toBe(false);
  });
});

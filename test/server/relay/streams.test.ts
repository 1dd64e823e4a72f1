import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { GenerationRequest, Provider } from '../../../server/providers/provider.ts';
import { foldedText, type StreamEvent } from '../../../src/wire/index.ts';
import { startCore } from '../../support/core.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';

/** A provider whose answers the test writes; it keeps what it was asked. */
function provider(
  name = 'hand',
  unavailable?: string,
): Provider & { asked: GenerationRequest[]; source: ManualSource; signals: AbortSignal[] } {
  const source = new ManualSource();
  const asked: GenerationRequest[] = [];
  const signals: AbortSignal[] = [];
  return {
    name,
    unavailable,
    asked,
    source,
    signals,
    generate(request, signal) {
      asked.push(request);
      signals.push(signal);
      return source;
    },
    async *read(response) {
      yield { type: 'text', part: 't0', delta: await response.text() } satisfies StreamEvent;
    },
  };
}

test('[RL1] the stream exists and can be subscribed before the provider answers', async () => {
  const hand = provider();
  const core = startCore({}, { providers: [hand] });
  const created = core.streams.create({ id: 'a', provider: 'hand', model: 'm', prompt: 'hi' });
  expect(created).toMatchObject({ id: 'a', channel: 'stream:a', created: true });
  const peer = new MemoryPeer(core);
  peer.hello();
  peer.subscribe(1, created.channel);
  await vi.waitFor(() => expect(peer.of('subscribed')[0]).toMatchObject({ answer: 'live', epoch: created.epoch }));
  hand.source.push({ type: 'error', code: 'upstream_unreachable', message: 'down', retryable: true });
  await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
  expect(core.streams.fold('a')?.fold).toMatchObject({ status: 'failed', error: { code: 'upstream_unreachable' } });
});

test('[RL2] [RL3] the first token and the end leave at once; what is due together leaves as one message', async () => {
  const core = startCore({ flushIntervalMs: 60_000 });
  const sources = [new ManualSource(), new ManualSource()];
  sources.forEach((source, index) => {
    core.streams.create({ id: `s${index}`, source });
  });
  const peer = new MemoryPeer(core);
  peer.hello();
  peer.subscribe(1, 'stream:s0');
  peer.subscribe(2, 'stream:s1');
  await vi.waitFor(() => expect(peer.of('subscribed')).toHaveLength(2));
  const before = peer.messages.length;
  for (const source of sources) source.text('first');
  await vi.waitFor(() => expect([peer.text(1), peer.text(2)]).toEqual(['first', 'first']));
  expect(peer.messages.length).toBe(before + 1);
  for (const source of sources) source.text(' waits for the interval');
  await new Promise((resolve) => setImmediate(resolve));
  expect([peer.text(1), peer.text(2)]).toEqual(['first', 'first']);
  sources[0]?.end();
  await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
});

test('[RL2] after a pause nothing waits for the interval', async () => {
  const core = startCore({ flushIntervalMs: 60_000 });
  const source = new ManualSource();
  core.streams.create({ id: 'a', source });
  const peer = new MemoryPeer(core);
  peer.hello();
  peer.subscribe(1, 'stream:a');
  await vi.waitFor(() => expect(peer.of('subscribed')).toHaveLength(1));
  const before = peer.messages.length;
  source.push({ type: 'start', provider: 'p', model: 'm', createdAt: 0 });
  await vi.waitFor(() => expect(peer.messages.length).toBe(before + 1));
});

test('[RL2] [RL3] what keeps coming leaves once an interval, and nothing waits longer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const core = startCore({ flushIntervalMs: 16 });
  const source = new ManualSource();
  core.streams.create({ id: 'a', source });
  const peer = new MemoryPeer(core);
  peer.hello();
  await vi.advanceTimersByTimeAsync(0);
  peer.subscribe(1, 'stream:a');
  source.text('.');
  await vi.advanceTimersByTimeAsync(0);
  expect(peer.text(1)).toBe('.');
  const before = peer.messages.length;
  for (let ms = 1; ms <= 160; ms += 1) {
    source.text('.');
    await vi.advanceTimersByTimeAsync(1);
    // The one that begins an interval and those of the fifteen milliseconds after it.
    expect(1 + ms - peer.text(1).length).toBeLessThanOrEqual(16);
  }
  expect(peer.messages.length - before).toBe(10);
});

test('[FR5] one encoding is shared by all subscribers at the head', async () => {
  const core = startCore();
  const source = new ManualSource();
  core.streams.create({ id: 'a', source });
  const peers = Array.from({ length: 5 }, () => new MemoryPeer(core));
  for (const peer of peers) {
    peer.hello();
    peer.subscribe(1, 'stream:a');
  }
  await vi.waitFor(() => expect(core.stats.subscriptions).toBe(5));
  source.text('x');
  source.end();
  await vi.waitFor(() => expect(peers.every((peer) => peer.ended(1))).toBe(true));
  for (const peer of peers) {
    expect(peer.batches).toHaveLength(peers[0]?.batches.length ?? 0);
    peer.batches.forEach((batch, index) => {
      expect(batch).toBe(peers[0]?.batches[index]);
    });
  }
});

describe('creating', () => {
  test('[RL4] the same id with the same body is the same stream; another body conflicts; another principal is refused', () => {
    const hand = provider();
    const core = startCore({}, { providers: [hand] });
    const body = { id: 'a', provider: 'hand', model: 'm', prompt: 'hi', options: { temperature: 1, top_p: 0.5 } };
    const first = core.streams.create(body);
    expect(core.streams.create({ ...body, options: { top_p: 0.5, temperature: 1 } })).toEqual({ ...first, created: false });
    expect(hand.asked).toHaveLength(1);
    expect(() => core.streams.create({ ...body, prompt: 'other' })).toThrow(expect.objectContaining({ code: 'stream_conflict' }));
    expect(() => core.streams.create({ id: 'a', source: new ManualSource() })).toThrow(
      expect.objectContaining({ code: 'stream_conflict' }),
    );
    expect(() => core.streams.create({ ...body, principal: { id: 'eve' } })).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  test('[RL7] generations are bounded in all and by principal, and a place is free again at the end', async () => {
    const core = startCore({ maxGenerations: 2, maxGenerationsPerPrincipal: 1 });
    const first = new ManualSource();
    core.streams.create({ source: first, principal: { id: 'a' } });
    const again = (id: string): unknown => core.streams.create({ source: new ManualSource(), principal: { id } });
    expect(() => again('a')).toThrow(expect.objectContaining({ code: 'too_many_streams', retryable: true }));
    again('b');
    expect(() => again('c')).toThrow(expect.objectContaining({ code: 'too_many_streams' }));
    first.end();
    await vi.waitFor(() => expect(core.stats.generations).toBe(1));
    again('a');
  });

  test.each([
    ['unknown_provider', { provider: 'nope', model: 'm', prompt: 'x' }],
    ['unknown_provider', { provider: '__proto__', model: 'm', prompt: 'x' }],
    ['provider_not_configured', { provider: 'keyless', model: 'm', prompt: 'x' }],
    ['bad_request', { provider: 'hand', model: 'm' }],
    ['bad_request', { provider: 'hand', model: 'm', prompt: 'x', messages: [] }],
    ['bad_request', { id: '../x', provider: 'hand', model: 'm', prompt: 'x' }],
    ['bad_request', { id: 'x'.repeat(129), provider: 'hand', model: 'm', prompt: 'x' }],
  ])('is refused with %s and starts nothing: %j', (code, request) => {
    const core = startCore({}, { providers: [provider(), provider('keyless', 'Set HAND_API_KEY.')] });
    expect(() => core.streams.create(request)).toThrow(expect.objectContaining({ code }));
    expect(core.stats).toMatchObject({ streams: 0, generations: 0, created: 0 });
  });

  test('a Response is read in its provider’s dialect', async () => {
    const core = startCore({}, { providers: [provider()] });
    core.streams.create({ id: 'a', source: new Response('from a response'), provider: 'hand' });
    await vi.waitFor(() => expect(core.streams.fold('a')?.fold.status).toBe('done'));
    const fold = core.streams.fold('a')?.fold;
    expect(fold && foldedText(fold)).toBe('from a response');
  });

  test('[RL6] a stream that outgrows the bound ends with stream_too_large and keeps what it had', async () => {
    const core = startCore({}, { storage: { maxLogBytes: 10_000 } });
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    for (let index = 0; index < 20; index += 1) source.text('x'.repeat(1_000));
    await vi.waitFor(() => expect(core.streams.fold('a')?.fold).toMatchObject({ status: 'failed', error: { code: 'stream_too_large' } }));
    expect(source.returned).toBe(true);
    expect(core.stats.logBytes).toBeLessThan(12_000);
  });
});

describe('[RL5] stopping', () => {
  test('aborts the provider, appends stopped once, and changes nothing when it has ended', async () => {
    const hand = provider();
    const core = startCore({}, { providers: [hand] });
    core.streams.create({ id: 'a', provider: 'hand', model: 'm', prompt: 'x' });
    hand.source.text('kept');
    await vi.waitFor(() => expect(core.streams.fold('a')?.fold.seq).toBe(2));
    expect(core.streams.stop('a', 'user')).toBe(true);
    expect(hand.signals[0]?.aborted).toBe(true);
    expect(core.streams.stop('a', 'user')).toBe(true);
    hand.source.text('late');
    await new Promise((resolve) => setImmediate(resolve));
    const fold = core.streams.fold('a')?.fold;
    expect(fold).toMatchObject({ status: 'stopped', seq: 3 });
    expect(fold && foldedText(fold)).toBe('kept');
    expect(core.stats).toMatchObject({ generations: 0, stopped: 1 });
  });

  test('[SQ3] before the first event, half a surrogate pair in the model breaks no reader', async () => {
    const core = startCore();
    const { channel } = core.streams.create({ id: 'a', source: new ManualSource(), model: 'm\ud83d' });
    core.streams.stop('a', 'server');
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, channel);
    await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
    expect(peer.entries(1)[0]?.event).toMatchObject({ type: 'start', model: 'm\ufffd' });
  });

  test('before the first event gives start and stopped; an unknown id is false', () => {
    const core = startCore();
    core.streams.create({ id: 'a', source: new ManualSource(), model: 'm' });
    core.streams.stop('a', 'server');
    expect(core.streams.fold('a')?.fold).toMatchObject({ status: 'stopped', seq: 2, provider: 'source', model: 'm' });
    expect(core.streams.stop('nope', 'user')).toBe(false);
  });
});

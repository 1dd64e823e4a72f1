import { describe, expect, test, vi } from 'vitest';
import { settled, startCore } from '../../support/core.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';

describe('credit', () => {
  test('[CR1] [CR2] sends within credit, overshoots by one batch at most, and never lowers a limit', async () => {
    const core = startCore();
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a', { credit: 100 });
    for (let index = 0; index < 50; index += 1) {
      source.text('0123456789'.repeat(100));
      await settled();
    }
    source.end();
    await vi.waitFor(() => expect(core.stats.generations).toBe(0));
    const sent = (): number => peer.batches.reduce((sum, batch) => sum + batch.byteLength, 0);
    const largest = (): number => Math.max(...peer.batches.map((batch) => batch.byteLength));
    expect(sent()).toBeLessThan(100 + largest());
    expect(peer.ended(1)).toBe(false);
    const before = sent();
    peer.say({ type: 'credit', connectionLimit: 0, grants: [{ subscription: 1, limit: 50, appliedSeq: 1 }] });
    await settled();
    expect(sent()).toBe(before);
    peer.say({ type: 'credit', connectionLimit: 0, grants: [{ subscription: 1, limit: 100_000, appliedSeq: 1 }] });
    await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
    expect(peer.text(1)).toBe('0123456789'.repeat(5_000));
  });

  test('[CR2] a batch larger than the whole window passes', async () => {
    const core = startCore();
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    source.text('x'.repeat(100_000));
    await settled();
    const peer = new MemoryPeer(core);
    peer.hello(60);
    peer.subscribe(1, 'stream:a', { credit: 60 });
    await vi.waitFor(() => expect(peer.text(1)).toHaveLength(100_000));
  });

  test('[CR3] [SQ5] what waited is merged from the reader’s own cursor', async () => {
    const core = startCore();
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a', { credit: 0 });
    for (let index = 0; index < 1_000; index += 1) source.text('abcd');
    source.end();
    await vi.waitFor(() => expect(core.stats.generations).toBe(0));
    expect(peer.batches).toHaveLength(0);
    peer.say({ type: 'credit', connectionLimit: 0, grants: [{ subscription: 1, limit: 1_000_000, appliedSeq: 0 }] });
    await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
    expect(peer.entries(1).length).toBeLessThan(5);
    expect(peer.text(1)).toBe('abcd'.repeat(1_000));
  });

  test('[CR4] a reader without credit delays nobody, and connection credit is shared by all channels', async () => {
    const core = startCore();
    const [a, b] = [new ManualSource(), new ManualSource()];
    core.streams.create({ id: 'a', source: a });
    core.streams.create({ id: 'b', source: b });
    const [slow, quick, poor] = [new MemoryPeer(core), new MemoryPeer(core), new MemoryPeer(core)];
    slow.hello();
    slow.subscribe(1, 'stream:a', { credit: 0 });
    slow.subscribe(2, 'stream:b');
    quick.hello();
    quick.subscribe(1, 'stream:a');
    poor.hello(1);
    poor.subscribe(1, 'stream:a');
    poor.subscribe(2, 'stream:b');
    a.text('first');
    await vi.waitFor(() => expect(quick.text(1)).toBe('first'));
    b.text('second');
    await vi.waitFor(() => expect(slow.text(2)).toBe('second'));
    expect(slow.text(1)).toBe('');
    expect([poor.text(1), poor.text(2)]).toEqual(['first', '']);
    poor.say({ type: 'credit', connectionLimit: 10_000, grants: [] });
    await vi.waitFor(() => expect(poor.text(2)).toBe('second'));
  });

  test('[CR6] answers, errors and heartbeats pass without credit', async () => {
    const core = startCore();
    core.streams.create({ id: 'a', source: new ManualSource() });
    const peer = new MemoryPeer(core);
    peer.hello(0);
    peer.subscribe(1, 'stream:a', { credit: 0 });
    peer.say({ type: 'ping', nonce: 7 });
    await vi.waitFor(() => expect(peer.frames.map(({ type }) => type)).toEqual(['welcome', 'subscribed', 'pong']));
  });

  test('a transport that does not drain gets nothing more until it does', async () => {
    const core = startCore({ maxBufferedBytes: 1_000 });
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a');
    await settled();
    peer.bufferedBytes = 2_000;
    source.text('waits');
    source.end();
    await vi.waitFor(() => expect(core.stats.generations).toBe(0));
    await settled();
    expect(peer.text(1)).toBe('');
    peer.bufferedBytes = 0;
    peer.drained();
    expect(peer.text(1)).toBe('waits');
  });

  test('[CR7] a transport is given what it may hold and the rest of one batch, whatever the credit', async () => {
    const core = startCore({ maxBufferedBytes: 20_000 });
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    for (let index = 0; index < 500; index += 1) source.text('x'.repeat(1_000));
    source.end();
    await vi.waitFor(() => expect(core.stats.generations).toBe(0));
    const peer = new MemoryPeer(core);
    const { deliver } = peer;
    peer.deliver = (deliveries) => {
      deliver.call(peer, deliveries);
      for (const { batches } of deliveries) for (const { byteLength } of batches) peer.bufferedBytes += byteLength;
    };
    peer.hello();
    peer.subscribe(1, 'stream:a');
    for (let turn = 0; turn < 100 && !peer.ended(1); turn += 1) {
      await settled();
      expect(peer.bufferedBytes).toBeLessThan(20_000 + Math.max(...peer.batches.map(({ byteLength }) => byteLength)));
      peer.bufferedBytes = 0;
      peer.drained();
    }
    expect(peer.text(1)).toHaveLength(500_000);
  });
});

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createMemoryStorage } from '../../../server/log/index.ts';
import { createRelayCore } from '../../../server/relay/relay.ts';
import type { StreamEvent } from '../../../src/wire/index.ts';
import { settled, startCore } from '../../support/core.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';

describe('subscribing', () => {
  test('[SQ6] [SQ7] a reader without a cursor reads from the beginning, before the first event and after', async () => {
    const core = startCore();
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    const early = new MemoryPeer(core);
    early.hello();
    early.subscribe(1, 'stream:a');
    await vi.waitFor(() => expect(early.of('subscribed')).toEqual([expect.objectContaining({ answer: 'live', seq: 0 })]));
    source.text('hello ');
    source.text('world');
    await vi.waitFor(() => expect(early.text(1)).toBe('hello world'));
    const late = new MemoryPeer(core);
    late.hello();
    late.subscribe(1, 'stream:a');
    await vi.waitFor(() => expect(late.of('subscribed')).toEqual([expect.objectContaining({ answer: 'recovered', recovered: 3, seq: 0 })]));
    source.text('!');
    source.end();
    await vi.waitFor(() => expect(early.ended(1) && late.ended(1)).toBe(true));
    expect([early.text(1), late.text(1)]).toEqual(['hello world!', 'hello world!']);
  });

  test('[SQ7] [SQ11] a cursor is served exactly, across what is appended meanwhile', async () => {
    const core = startCore();
    const source = new ManualSource();
    const { epoch } = core.streams.create({ id: 'a', source });
    for (const word of ['a', 'b', 'c', 'd']) source.text(word);
    const peer = new MemoryPeer(core);
    await settled();
    peer.hello();
    peer.subscribe(1, 'stream:a', { epoch, afterSeq: 3 });
    source.text('e');
    source.end();
    await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
    expect(peer.of('subscribed')[0]).toMatchObject({ answer: 'recovered', seq: 3 });
    expect(peer.entries(1)[0]?.fromSeq).toBe(4);
    expect(peer.text(1)).toBe('cde');
  });

  test('[SQ8] another epoch, a cursor beyond the head, or too long a replay is reset to a snapshot', async () => {
    const core = startCore({ maxReplayBytes: 50 });
    const source = new ManualSource();
    const { epoch } = core.streams.create({ id: 'a', source });
    source.text('x'.repeat(30));
    source.text('y'.repeat(30));
    source.text('z'.repeat(30));
    source.end();
    await settled();
    for (const cursor of [
      { epoch: 'other', afterSeq: 2 },
      { epoch, afterSeq: 99 },
      { epoch, afterSeq: 2 },
    ]) {
      const peer = new MemoryPeer(core);
      peer.hello();
      peer.subscribe(1, 'stream:a', cursor);
      await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
      expect(peer.of('subscribed')).toEqual([expect.objectContaining({ answer: 'reset', epoch, seq: 5 })]);
      expect(peer.entries(1)[0]?.fromSeq).toBe(1);
      expect(peer.text(1)).toBe(`${'x'.repeat(30)}${'y'.repeat(30)}${'z'.repeat(30)}`);
    }
  });

  test('[SQ8] nothing of another epoch is joined to what the reader has, however little it lacks', async () => {
    const core = startCore();
    const source = new ManualSource();
    const { epoch } = core.streams.create({ id: 'a', source });
    for (const word of ['a', 'b', 'c']) source.text(word);
    await settled();
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a', { epoch: 'other', afterSeq: 2 });
    await vi.waitFor(() => expect(peer.text(1)).toBe('abc'));
    expect(peer.of('subscribed')).toMatchObject([{ answer: 'reset', epoch }]);
  });

  test('[SQ8] a running subscription whose place is compacted meanwhile is reset again, and reads the whole', async () => {
    const core = startCore({}, { storage: { keepBytes: 5_000 } });
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    let whole = '';
    const write = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        const word = `${whole.length} `;
        whole += word;
        source.text(word);
      }
      await settled();
    };
    await write(100);
    const other = new MemoryPeer(core);
    other.hello();
    other.subscribe(1, 'stream:a');
    await vi.waitFor(() => expect(other.text(1)).toBe(whole));
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a', { credit: 1 });
    await vi.waitFor(() => expect(peer.text(1)).not.toBe(''));
    const { length } = peer.entries(1);
    await write(30_000);
    source.end();
    await vi.waitFor(() => expect(core.stats.generations).toBe(0));
    peer.say({ type: 'credit', connectionLimit: 0, grants: [{ subscription: 1, limit: 1_000_000, appliedSeq: 0 }] });
    await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
    expect(peer.of('subscribed').map(({ answer }) => answer)).toEqual(['recovered', 'reset']);
    expect(peer.entries(1)[length]?.fromSeq).toBe(1);
    const again = peer.entries(1).slice(length);
    expect(again.map(({ event }) => (event.type === 'text' ? event.delta : '')).join('')).toBe(whole);
  });

  test('[SQ9] an unknown channel is gone, and the connection goes on', async () => {
    const peer = new MemoryPeer(startCore());
    peer.hello();
    peer.subscribe(1, 'stream:nope');
    await vi.waitFor(() => expect(peer.of('subscribed')).toEqual([expect.objectContaining({ answer: 'gone' })]));
    expect(peer.isClosed).toBe(false);
  });

  test('[SQ12] the subscription is over after the terminal event, and the log readable again', async () => {
    const core = startCore();
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    source.text('x');
    source.end();
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a');
    await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
    expect(core.stats.subscriptions).toBe(0);
    peer.subscribe(2, 'stream:a');
    await vi.waitFor(() => expect(peer.text(2)).toBe('x'));
  });

  test('[CN4] each channel is authorised; a refusal names the subscription and leaves the connection open', async () => {
    const core = startCore({ authenticate: ({ credentials = '' }) => ({ id: credentials }) });
    core.streams.create({ id: 'hers', principal: { id: 'her' }, source: new ManualSource() });
    const peer = new MemoryPeer(core);
    peer.hello(100, 'him');
    peer.subscribe(1, 'stream:hers');
    await vi.waitFor(() => expect(peer.of('error')).toEqual([expect.objectContaining({ code: 'forbidden', subscription: 1 })]));
    expect(peer.of('subscribed')).toEqual([]);
    expect(peer.isClosed).toBe(false);
  });

  test('[CN6] [RL7] numbers rise, a channel is read once, and channels are bounded', async () => {
    const core = startCore({ maxChannelsPerConnection: 2 });
    for (const id of ['a', 'b', 'c']) core.streams.create({ id, source: new ManualSource() });
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a');
    peer.subscribe(1, 'stream:b');
    peer.subscribe(2, 'stream:a');
    peer.subscribe(3, 'stream:b');
    peer.subscribe(4, 'stream:c');
    await vi.waitFor(() => expect(peer.of('error')).toHaveLength(3));
    expect(peer.of('error').map(({ code, subscription }) => [code, subscription])).toEqual([
      ['already_subscribed', 1],
      ['already_subscribed', 2],
      ['too_many_channels', 4],
    ]);
    expect(peer.of('subscribed').map(({ subscription }) => subscription)).toEqual([1, 3]);
    expect(peer.isClosed).toBe(false);
  });

  test('a log dropped while it is read is told to its readers', async () => {
    let now = 0;
    const core = startCore({}, { now: () => now, storage: { graceMs: 10 } });
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    source.text('x'.repeat(100));
    const peer = new MemoryPeer(core);
    peer.hello();
    peer.subscribe(1, 'stream:a', { credit: 0 });
    source.end();
    await settled();
    now = 1_000;
    await vi.waitFor(() => expect(peer.of('error')).toEqual([expect.objectContaining({ code: 'unknown_channel', subscription: 1 })]), {
      timeout: 3_000,
    });
    expect(core.stats.streams).toBe(0);
  });
});

test('[CN8] a log that cannot be read ends its own subscription, and no other', async () => {
  const storage = createMemoryStorage();
  const core = createRelayCore({}, { storage, providers: [] });
  onTestFinished(() => core.close());
  for (const id of ['broken', 'sound']) core.streams.create({ id, source: finished(id) });
  await vi.waitFor(() => expect(core.stats.generations).toBe(0));
  const broken = storage.get('stream:broken');
  if (broken !== undefined) {
    broken.read = () => {
      throw new Error('disk gone');
    };
  }
  const peer = new MemoryPeer(core);
  peer.hello();
  peer.subscribe(1, 'stream:broken');
  peer.subscribe(2, 'stream:sound');
  await vi.waitFor(() => expect(peer.text(2)).toBe('sound'));
  expect(peer.of('error')).toEqual([expect.objectContaining({ code: 'internal', subscription: 1 })]);
  expect(JSON.stringify(peer.frames)).not.toContain('disk gone');
  expect(peer.isClosed).toBe(false);
});

test('[CN8] what could be read of such a log arrives before the error is said', async () => {
  const storage = createMemoryStorage();
  const core = createRelayCore({}, { storage, providers: [] });
  onTestFinished(() => core.close());
  const pieces = Array.from({ length: 6 }, (_, index) => String(index).repeat(4_000));
  core.streams.create({ id: 'broken', source: inPieces(pieces) });
  await vi.waitFor(() => expect(core.stats.generations).toBe(0));
  const broken = storage.get('stream:broken');
  if (broken === undefined) throw new Error('The stream is not there.');
  const { read } = broken;
  broken.read = (afterSeq, ...rest) => {
    if (afterSeq > 3) throw new Error('disk gone');
    return read.call(broken, afterSeq, ...rest);
  };
  const peer = new MemoryPeer(core);
  peer.hello();
  peer.subscribe(1, 'stream:broken');
  await vi.waitFor(() => expect(peer.of('error')).toEqual([expect.objectContaining({ code: 'internal', subscription: 1 })]));
  await settled();
  const text = peer.text(1);
  expect(text.length).toBeGreaterThan(4_000);
  expect(pieces.join('').startsWith(text)).toBe(true);
  expect(peer.frames.at(-1)).toMatchObject({ type: 'error', subscription: 1 });
  expect(peer.of('error')).toHaveLength(1);
});

async function* inPieces(pieces: readonly string[]): AsyncGenerator<StreamEvent> {
  for (const delta of pieces) yield { type: 'text', part: 't0', delta };
}

async function* finished(text: string): AsyncGenerator<StreamEvent> {
  yield { type: 'text', part: 't0', delta: text };
}

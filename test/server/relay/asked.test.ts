import { describe, expect, test } from 'vitest';
import type { MemoryStorageOptions } from '../../../server/log/index.ts';
import type { RelayOptions } from '../../../server/relay/options.ts';
import type { RelayCore } from '../../../server/relay/relay.ts';
import type { ClientFrame } from '../../../src/wire/index.ts';
import { startCore } from '../../support/core.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const subscribe = (subscription: number, channel: string): ClientFrame => ({
  type: 'subscribe',
  subscription,
  channel,
  epoch: undefined,
  afterSeq: 0,
  credit: 1_000_000,
});

/** A relay whose app takes its time about `slow`, until it decides. */
async function relayThatAsks(
  options: RelayOptions = {},
  storage: MemoryStorageOptions = {},
): Promise<{
  core: RelayCore;
  peer: MemoryPeer;
  sources: { readonly slow: ManualSource; readonly quick: ManualSource };
  decide(allowed: boolean): Promise<void>;
}> {
  const waiting: ((allowed: boolean) => void)[] = [];
  const core = startCore(
    {
      authorize: (_principal, _action, channel) => channel !== 'stream:slow' || new Promise<boolean>((resolve) => waiting.push(resolve)),
      ...options,
    },
    { storage },
  );
  const sources = { slow: new ManualSource(), quick: new ManualSource() };
  for (const [id, source] of Object.entries(sources)) {
    core.streams.create({ id, source });
    source.text(id);
  }
  await turn();
  const peer = new MemoryPeer(core);
  peer.hello();
  await turn();
  return {
    core,
    peer,
    sources,
    async decide(allowed) {
      for (const resolve of waiting.splice(0)) resolve(allowed);
      await turn();
    },
  };
}

describe('[CN4] while the app decides about one channel', () => {
  test('[RL19] everything else on the connection goes on, and the answer comes when it has decided', async () => {
    const { peer, sources, decide } = await relayThatAsks();
    peer.subscribe(1, 'stream:slow');
    peer.subscribe(2, 'stream:quick');
    peer.say({ type: 'ping', nonce: 7 });
    sources.quick.text(' and on');
    await expect.poll(() => peer.text(2)).toBe('quick and on');
    expect(peer.of('pong')).toHaveLength(1);
    expect(peer.of('subscribed').map(({ subscription }) => subscription)).toEqual([2]);
    await decide(true);
    await expect.poll(() => peer.text(1)).toBe('slow');
  });

  test('[CN6] the channel counts as read, and its place as taken', async () => {
    const { peer, decide } = await relayThatAsks({ maxChannelsPerConnection: 1 });
    peer.subscribe(1, 'stream:slow');
    peer.subscribe(2, 'stream:slow');
    peer.subscribe(3, 'stream:quick');
    expect(peer.of('error').map(({ code, subscription }) => [code, subscription])).toEqual([
      ['already_subscribed', 2],
      ['too_many_channels', 3],
    ]);
    await decide(false);
    expect(peer.of('error').at(-1)).toMatchObject({ code: 'forbidden', subscription: 1 });
    peer.subscribe(4, 'stream:quick');
    await expect.poll(() => peer.text(4)).toBe('quick');
  });

  test('[CR1] credit that is granted meanwhile counts', async () => {
    const { peer, decide } = await relayThatAsks();
    peer.subscribe(1, 'stream:slow', { credit: 0 });
    peer.say({ type: 'credit', connectionLimit: 1_000_000, grants: [{ subscription: 1, limit: 100_000, appliedSeq: 0 }] });
    await decide(true);
    await expect.poll(() => peer.text(1)).toBe('slow');
  });

  test('who leaves it meanwhile hears nothing of it, and may ask again', async () => {
    const { core, peer, decide } = await relayThatAsks();
    peer.subscribe(1, 'stream:slow');
    peer.say({ type: 'unsubscribe', subscription: 1 });
    peer.subscribe(2, 'stream:slow');
    await decide(true);
    await expect.poll(() => peer.text(2)).toBe('slow');
    expect(peer.of('subscribed').map(({ subscription }) => subscription)).toEqual([2]);
    expect(core.stats.subscriptions).toBe(1);
  });

  test('[CN6] however often it is left, no more is asked at once than the connection may read', async () => {
    const { peer, decide } = await relayThatAsks({ maxChannelsPerConnection: 2 });
    for (let id = 1; id <= 10; id += 1) peer.say(subscribe(id, 'stream:slow'), { type: 'unsubscribe', subscription: id });
    expect(peer.of('error').map(({ code, subscription }) => [code, subscription])).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10].map((id) => ['too_many_channels', id]),
    );
    await decide(true);
    expect(peer.of('subscribed')).toEqual([]);
    peer.subscribe(11, 'stream:quick');
    await expect.poll(() => peer.text(11)).toBe('quick');
  });

  test('what it decides is about that stream, and not about another of its id, of somebody else', async () => {
    const { core, peer, sources, decide } = await relayThatAsks({}, { maxClosed: 0 });
    peer.subscribe(1, 'stream:slow');
    sources.slow.end();
    await expect.poll(() => core.streams.owner('slow'), { timeout: 5000 }).toBeUndefined();
    core.streams.create({ id: 'slow', source: new ManualSource(), principal: { id: 'eve' } });
    await decide(true);
    expect(peer.of('error')).toMatchObject([{ code: 'forbidden', subscription: 1 }]);
    expect(peer.of('subscribed')).toEqual([]);
  });

  test('a connection that ends meanwhile reads nothing', async () => {
    const { core, peer, decide } = await relayThatAsks();
    peer.subscribe(1, 'stream:slow');
    peer.leave();
    await decide(true);
    expect(core.stats.subscriptions).toBe(0);
    expect(peer.of('subscribed')).toEqual([]);
    expect(core.streams.fold('slow')?.fold.status).toBe('streaming');
  });
});

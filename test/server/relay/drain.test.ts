import { expect, test, vi } from 'vitest';
import { createRelay } from '../../../server/index.ts';
import type { RelayCore } from '../../../server/relay/relay.ts';
import { startCore } from '../../support/core.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';

async function greeted(core: RelayCore): Promise<MemoryPeer> {
  const peer = new MemoryPeer(core);
  peer.hello();
  await vi.waitFor(() => expect(peer.of('welcome')).toHaveLength(1));
  return peer;
}

async function reader(core: RelayCore, channel: string, credit?: number): Promise<MemoryPeer> {
  const peer = await greeted(core);
  peer.subscribe(1, channel, credit === undefined ? {} : { credit });
  await vi.waitFor(() => expect(peer.of('subscribed')).toHaveLength(1));
  return peer;
}

/** Whether it has come true by now, all that was due having run. */
async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('[RL13] who reads nothing is told to move at once, a reader when what it reads has ended, and then the drain is over', async () => {
  const core = startCore();
  const source = new ManualSource();
  const { channel } = core.streams.create({ id: 'a', source });
  const [idle, busy] = [await greeted(core), await reader(core, channel)];
  const drained = core.drain({ retryAfterMs: 10, spreadMs: 20, deadlineMs: 60_000 });
  expect(core.draining).toBe(true);
  expect(idle.of('drain')).toEqual([{ type: 'drain', retryAfterMs: 10, spreadMs: 20 }]);
  expect(busy.of('drain')).toEqual([{ type: 'drain', retryAfterMs: 60_010, spreadMs: 20 }]);
  source.text('to the end');
  await vi.waitFor(() => expect(busy.text(1)).toBe('to the end'));
  expect(await settled(drained)).toBe(false);
  source.end();
  await drained;
  expect(busy.ended(1)).toBe(true);
  expect(busy.of('drain')[1]).toEqual({ type: 'drain', retryAfterMs: 10, spreadMs: 20 });
  expect(idle.of('drain')).toHaveLength(1);
  expect(core.stats.drain).toEqual({ draining: true, drains: 1, told: 3, cut: 0 });
});

test('[RL13] the end waits for readers who have not got everything yet, and for what a transport still holds', async () => {
  const core = startCore();
  const source = new ManualSource();
  const { channel } = core.streams.create({ id: 'a', source });
  const slow = await reader(core, channel, 1);
  for (let line = 0; line < 200; line += 1) source.text('x'.repeat(1_000));
  source.end();
  await vi.waitFor(() => expect(core.stats.generations).toBe(0));
  const drained = core.drain({ deadlineMs: 60_000 });
  expect(await settled(drained)).toBe(false);
  slow.bufferedBytes = 1;
  slow.say({ type: 'credit', connectionLimit: 1_000_000, grants: [{ subscription: 1, limit: 1_000_000, appliedSeq: 1 }] });
  await vi.waitFor(() => expect(core.stats.drain.told).toBe(2));
  expect(slow.text(1)).toHaveLength(200_000);
  expect(await settled(drained)).toBe(false);
  slow.bufferedBytes = 0;
  slow.drained();
  await drained;
});

test('[RL13] at the deadline what still runs ends with an error that may be retried, and its readers are told so', async () => {
  const core = startCore();
  const sources = [new ManualSource(), new ManualSource()] as const;
  const channels = sources.map((source, index) => core.streams.create({ id: `s${index}`, source }).channel);
  const peer = await reader(core, channels[0] ?? '');
  sources[0].text('so far');
  await core.drain({ deadlineMs: 50 });
  expect(peer.text(1)).toBe('so far');
  expect(peer.entries(1).at(-1)?.event).toMatchObject({ type: 'error', code: 'relay_draining', retryable: true });
  expect(core.streams.fold('s1')?.fold).toMatchObject({ status: 'failed', error: { code: 'relay_draining' } });
  await vi.waitFor(() => expect(sources.map(({ returned }) => returned)).toEqual([true, true]));
  expect(core.stats.drain).toMatchObject({ cut: 2 });
});

test('[RL13] a client that comes while the relay drains is served, and not sent away at once', async () => {
  const core = startCore();
  const source = new ManualSource();
  const { channel } = core.streams.create({ id: 'a', source });
  const drained = core.drain({ deadlineMs: 60_000 });
  const late = await reader(core, channel);
  source.text('still here');
  await vi.waitFor(() => expect(late.text(1)).toBe('still here'));
  source.end();
  await drained;
  expect(late.of('drain')).toEqual([]);
});

test('[RL13] a reader that leaves is not waited for', async () => {
  const core = startCore();
  const source = new ManualSource();
  const peer = await reader(core, core.streams.create({ id: 'a', source }).channel, 1);
  source.text('x'.repeat(1_000));
  source.text('y'.repeat(1_000));
  source.end();
  await vi.waitFor(() => expect(core.stats.generations).toBe(0));
  const drained = core.drain({ deadlineMs: 60_000 });
  expect(await settled(drained)).toBe(false);
  peer.leave();
  await drained;
});

test('[RL13] closing ends what runs with an error that may be retried: nobody wanted it stopped', async () => {
  const core = startCore();
  const source = new ManualSource();
  const peer = await reader(core, core.streams.create({ id: 'a', source }).channel);
  source.text('so far');
  await vi.waitFor(() => expect(peer.text(1)).toBe('so far'));
  core.close();
  expect(peer.entries(1).at(-1)?.event).toMatchObject({ type: 'error', code: 'relay_draining', retryable: true });
  expect(core.stats).toMatchObject({ stopped: 0, failed: 1 });
  await vi.waitFor(() => expect(source.returned).toBe(true));
});

test('[RL13] closing ends a drain, and every client is given a moment of its own to come back', async () => {
  const core = startCore();
  core.streams.create({ id: 'a', source: new ManualSource() });
  const drained = core.drain({ deadlineMs: 60_000 });
  const peers = await Promise.all(Array.from({ length: 50 }, () => greeted(core)));
  core.close();
  await drained;
  const waits = peers.map((peer) => peer.of('error')[0]?.retryAfterMs ?? Number.NaN);
  for (const wait of waits) {
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(wait).toBeLessThanOrEqual(250);
  }
  expect(new Set(waits).size).toBeGreaterThan(10);
  const tooLate = new MemoryPeer(core);
  expect(tooLate.closedWith?.code).toBe('relay_draining');
});

test('[RL13] the metrics tell of drains', async () => {
  const relay = createRelay({ webTransport: false, providers: [] });
  const metrics = async (): Promise<string> => (await relay.fetch(new Request('http://127.0.0.1/metrics'))).text();
  expect(await metrics()).toContain('sluice_draining 0\n');
  relay.streams.create({ source: new ManualSource() });
  await relay.drain({ deadlineMs: 1 });
  const text = await metrics();
  for (const line of ['sluice_draining 1', 'sluice_drains_total 1', 'sluice_drain_told_total 0', 'sluice_drain_cut_total 1']) {
    expect(text).toContain(`${line}\n`);
  }
  await relay.close();
});

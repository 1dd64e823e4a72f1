import { expect, test, vi } from 'vitest';
import { createRelay, relayDefaults } from '../../../server/index.ts';
import type { RelayCore } from '../../../server/relay/relay.ts';
import { startCore } from '../../support/core.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';

const status = (core: RelayCore, id: string): string | undefined => core.streams.fold(id)?.fold.status;

/** A core whose clock the test moves; its look at what nobody reads is `sweep`. */
function timed(stopAfterMs: number): { core: RelayCore; pass(ms: number): void } {
  let now = 1_000_000;
  const core = startCore({ unwatched: { stopAfterMs } }, { now: () => now });
  return {
    core,
    pass(ms) {
      now += ms;
      core.streams.stopUnwatched();
    },
  };
}

async function reader(core: RelayCore, channel: string): Promise<MemoryPeer> {
  const peer = new MemoryPeer(core);
  peer.hello();
  peer.subscribe(1, channel);
  await vi.waitFor(() => expect(peer.of('subscribed')).toHaveLength(1));
  return peer;
}

test('[RL14] by default a generation goes on to its end, however long nobody reads it', () => {
  let now = 0;
  const core = startCore({}, { now: () => now });
  expect(relayDefaults.unwatched).toBe('keep');
  const source = new ManualSource();
  core.streams.create({ id: 'a', source });
  now += 1_000_000_000;
  core.streams.stopUnwatched();
  expect([status(core, 'a'), source.returned, core.stats.unwatched]).toEqual(['pending', false, 1]);
});

test('[RL14] with a limit it is stopped by the server at it, not before, and its source is let go', async () => {
  const { core, pass } = timed(60_000);
  const source = new ManualSource();
  core.streams.create({ id: 'a', source });
  pass(59_999);
  expect(source.returned).toBe(false);
  expect(core.stats).toMatchObject({ generations: 1, unwatched: 1, stoppedUnwatched: 0 });
  pass(1);
  expect(core.streams.fold('a')?.fold).toMatchObject({ status: 'stopped' });
  await vi.waitFor(() => expect(source.returned).toBe(true));
  expect(core.stats).toMatchObject({ generations: 0, unwatched: 0, stopped: 1, stoppedUnwatched: 1 });
  const late = await reader(core, 'stream:a');
  await vi.waitFor(() => expect(late.entries(1).at(-1)?.event).toEqual({ type: 'stopped', by: 'server' }));
});

test('[RL14] a reader keeps it running; the time begins anew when the last one leaves', async () => {
  const { core, pass } = timed(1_000);
  const { channel } = core.streams.create({ id: 'a', source: new ManualSource() });
  const readers = [await reader(core, channel), await reader(core, channel)] as const;
  pass(100_000);
  readers[0].leave();
  pass(100_000);
  expect(core.stats).toMatchObject({ generations: 1, unwatched: 0 });
  readers[1].say({ type: 'unsubscribe', subscription: 1 });
  await vi.waitFor(() => expect(core.stats.unwatched).toBe(1));
  pass(999);
  expect(core.stats.generations).toBe(1);
  // One that comes and goes between two looks counts as well.
  const brief = await reader(core, channel);
  brief.leave();
  pass(999);
  expect(core.stats.generations).toBe(1);
  pass(1);
  expect(core.stats.generations).toBe(0);
});

test('[RL14] a look at its state over HTTP is a look', () => {
  const { core, pass } = timed(1_000);
  core.streams.create({ id: 'a', source: new ManualSource() });
  pass(900);
  expect(status(core, 'a')).toBe('pending');
  pass(900);
  expect(core.stats.generations).toBe(1);
  pass(100);
  expect(core.stats.generations).toBe(0);
});

test('[RL14] the relay looks by itself, and counts', async () => {
  const relay = createRelay({ webTransport: false, providers: [], unwatched: { stopAfterMs: 50 } });
  const source = new ManualSource();
  relay.streams.create({ id: 'a', source });
  await vi.waitFor(() => expect(source.returned).toBe(true), { timeout: 5_000 });
  const text = await (await relay.fetch(new Request('http://127.0.0.1/metrics'))).text();
  expect(text).toContain('sluice_streams_stopped_unwatched_total 1\n');
  expect(text).toContain('sluice_generations_unwatched 0\n');
  await relay.close();
});

test.each([{ stopAfterMs: 0 }, { stopAfterMs: 1.5 }, {}, 'stop', null])('[RL14] a limit that is none (%j) is bad_option', (unwatched) => {
  expect(() => startCore({ unwatched: unwatched as never })).toThrow(expect.objectContaining({ code: 'bad_option' }));
});

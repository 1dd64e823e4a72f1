import { describe, expect, test, vi } from 'vitest';
import { creditWindowDefaults } from '../../../../src/wire/index.ts';
import { connectClient, type ProtocolClient } from '../../../support/connect.ts';
import { startRelay } from '../../../support/relay.ts';
import { ManualSource } from '../../../support/source.ts';
import type { Subject } from './subject.ts';

/** Who is slow is waited for, or ended so that it can resume; nobody else notices, and nothing is lost. */
export function testFlow({ transport, greeted }: Subject): void {
  describe('a reader that is slow', () => {
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
}

/** Bytes of batches. */
function receivedBytes(client: ProtocolClient): number {
  return client.of('batches').reduce((sum, { batches }) => sum + batches.reduce((bytes, batch) => bytes + batch.bytes, 0), 0);
}

/** The text of a reader that resumed: of both its connections, or of the second alone where that began anew. */
function joined(before: ProtocolClient, after: ProtocolClient): string {
  return after.of('subscribed')[0]?.answer === 'reset' ? after.text(1) : before.text(1) + after.text(1);
}

import { describe, expect, test, vi } from 'vitest';
import { startRelay } from '../../../support/relay.ts';
import { ManualSource } from '../../../support/source.ts';
import type { Subject } from './subject.ts';

/** What readers of streams are sent. */
export function testStreams({ transport, greeted }: Subject): void {
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
  });
}

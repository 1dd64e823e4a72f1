import { describe, expect, test } from 'vitest';
import { connectClient, oversized } from '../../../support/connect.ts';
import { startRelay } from '../../../support/relay.ts';
import { ManualSource } from '../../../support/source.ts';
import type { Subject } from './subject.ts';

/** What keeps a connection, and what ends it. */
export function testLife({ transport, closeCode, greeted }: Subject): void {
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

  describe('life', () => {
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

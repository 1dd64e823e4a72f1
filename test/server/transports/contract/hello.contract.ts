import { describe, expect, test, vi } from 'vitest';
import { type ConnectOptions, connectClient } from '../../../support/connect.ts';
import type { Ending } from '../../../support/inbox.ts';
import { startRelay } from '../../../support/relay.ts';
import { ManualSource } from '../../../support/source.ts';
import type { Subject } from './subject.ts';

/** How a connection begins. */
export function testHello({ transport, closeCode, greeted }: Subject): void {
  /** How a connection that is not let in ends, before or after its handshake. */
  async function refusal(url: string, options: ConnectOptions): Promise<string> {
    try {
      const client = await connectClient(transport, url, options);
      client.hello();
      const ending: Ending = await client.ended();
      expect(client.of('welcome')).toEqual([]);
      return `${ending.code} ${ending.reason}`;
    } catch (cause) {
      return String(cause);
    }
  }

  describe('hello', () => {
    test('[CN1, CN3] is answered by welcome, and frames may follow it in the same message', async () => {
      const { relay, url } = await startRelay();
      const source = new ManualSource();
      const { channel, epoch } = relay.streams.create({ id: 'a', source });
      const client = await connectClient(transport, url);
      client.send(
        { type: 'hello', protocol: 1, credit: 1_000_000 },
        { type: 'subscribe', subscription: 1, channel, afterSeq: 0, credit: 1_000_000 },
      );
      expect(await client.first('welcome')).toMatchObject({ protocol: 1, heartbeatMs: 10_000, maxChannels: 128 });
      expect(await client.first('subscribed')).toMatchObject({ subscription: 1, epoch });
    });

    test('[CN1, CN8] anything else first ends the connection with hello_expected', async () => {
      const { url } = await startRelay();
      const client = await connectClient(transport, url);
      client.subscribe(1, 'stream:a');
      expect(await client.first('error')).toMatchObject({ code: 'hello_expected' });
      expect((await client.ended()).code).toBe(closeCode(4400));
    });

    test('[CN2] another protocol version ends the connection with protocol_version', async () => {
      const { url } = await startRelay();
      const client = await connectClient(transport, url);
      client.hello({ protocol: 2 });
      expect(await client.first('error')).toMatchObject({ code: 'protocol_version' });
      expect((await client.ended()).code).toBe(closeCode(4426));
    });

    test('[CN3] authenticate sees credentials, headers and transport; a refusal ends the connection', async () => {
      const authenticate = vi.fn(({ credentials }: { credentials: string | undefined }) =>
        credentials === 'right' ? { id: 'ada' } : undefined,
      );
      const { url } = await startRelay({ authenticate });
      const client = await connectClient(transport, url, { headers: { 'x-tenant': 'blue' } });
      client.hello({ credentials: 'wrong' });
      expect(await client.first('error')).toMatchObject({ code: 'unauthenticated' });
      expect((await client.ended()).code).toBe(closeCode(4401));
      const [input] = authenticate.mock.calls[0] as unknown as [{ headers: Headers; transport: string; credentials: string }];
      expect(input).toMatchObject({ credentials: 'wrong', transport });
      expect(input.headers.get('x-tenant')).toBe('blue');
      await greeted(url, { credentials: 'right' });
    });

    test('[CN5] refused new credentials end the connection', async () => {
      const { url } = await startRelay({ authenticate: ({ credentials }) => (credentials === 'wrong' ? undefined : { id: 'ada' }) });
      const client = await greeted(url, { credentials: 'right' });
      client.send({ type: 'refresh', credentials: 'wrong' });
      expect(await client.first('error')).toMatchObject({ code: 'unauthenticated' });
      await client.ended();
    });
  });

  describe('origins', () => {
    test('[CN10] the page of another origin is refused', async () => {
      const { url, relay } = await startRelay();
      expect(await refusal(url, { origin: 'https://evil.example' })).toMatch(/403|origin_refused/);
      expect(await refusal(url, { origin: 'null' })).toMatch(/403|origin_refused/);
      expect(relay.stats.connections[transport]).toBe(0);
      expect(relay.stats.refused).toEqual({ origin_refused: 2 });
    });

    test('[CN10] the relay’s own pages and allowed ones may connect', async () => {
      const { url } = await startRelay({ allowedOrigins: ['https://app.example'] });
      await greeted(url, { origin: new URL(url).origin });
      await greeted(url, { origin: 'https://app.example' });
    });
  });
}

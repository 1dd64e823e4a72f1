import { WebTransport } from 'rwebtransport';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createRelay, type Relay, type RelayServerOptions } from '../../server/index.ts';
import type { TransportName } from '../../src/worker/messages.ts';
import { ManualSource } from '../support/source.ts';
import { TestPage } from './page.ts';
import { tcpProxy } from './proxy.ts';

/** Sessions of one test, so that it can cut them. */
function cuttable(): { readonly env: { WebTransport: typeof globalThis.WebTransport }; cut(): void } {
  const sessions: WebTransport[] = [];
  class Recorded extends WebTransport {
    constructor(...args: ConstructorParameters<typeof WebTransport>) {
      super(...args);
      sessions.push(this);
      this.closed.catch(() => {});
      this.ready.catch(() => {});
    }
  }
  onTestFinished(() => {
    for (const session of sessions) session.close();
  });
  return {
    env: { WebTransport: Recorded as unknown as typeof globalThis.WebTransport },
    cut() {
      for (const session of sessions) session.close();
    },
  };
}

async function startRelay(options: RelayServerOptions = {}): Promise<{ relay: Relay; url: string; port: number }> {
  const relay = createRelay({ providers: [], ...options });
  onTestFinished(() => relay.close());
  return { relay, ...(await relay.listen({ port: 0 })) };
}

const words = (count: number): string[] => Array.from({ length: count }, (_, index) => `wörd${index} 🎉 `);

test.each<TransportName>(['webtransport', 'websocket', 'sse'])(
  '[SQ10] [CN16] over %s the text is exact although the connection is cut again and again',
  async (transport) => {
    const { relay, url, port } = await startRelay();
    const proxy = await tcpProxy(port);
    const quic = cuttable();
    const page = new TestPage({ ...quic.env, random: () => 0 });
    page.configure(transport === 'webtransport' ? url : proxy.url, { transport });
    const sources = Array.from({ length: 4 }, () => new ManualSource());
    for (const [index, source] of sources.entries()) {
      const { channel } = relay.streams.create({ source });
      page.attach(index, channel);
    }
    const all = words(60);
    for (const [index, word] of all.entries()) {
      for (const source of sources) source.text(word);
      await vi.waitFor(() => expect(page.text(0).length).toBeGreaterThanOrEqual(all.slice(0, Math.max(0, index - 1)).join('').length));
      if (index % 15 === 10) {
        if (transport === 'webtransport') quic.cut();
        else proxy.kill();
      }
    }
    for (const source of sources) source.end();
    await vi.waitFor(() => expect(sources.map((_, key) => page.fold(key).status)).toEqual(['done', 'done', 'done', 'done']), 10_000);
    for (const key of sources.keys()) expect(page.text(key)).toBe(all.join(''));
    expect(page.faults).toEqual([]);
    expect(page.connections.filter(({ status }) => status === 'reconnecting').length).toBeGreaterThan(0);
    expect(page.connections.findLast(({ status }) => status === 'connected')?.transport).toBe(transport);
  },
  30_000,
);

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { relayText, scripted, startClient, startRelay, transports, Watched } from './page.ts';

describe.each(transports)('over %s', (transport) => {
  test('[UI1] [RL3] 64 streams share one connection, and each shows its own answer', async () => {
    const url = await startRelay();
    const client = startClient(url, { transport });
    const streams = Array.from({ length: 64 }, (_, seed) => new Watched(client, scripted({ seed, tokens: 60, rate: 60 })));
    await vi.waitFor(async () => expect((await commands.relayStats(url)).subscriptions).toBeGreaterThan(32), 10_000);
    const { connections } = await commands.relayStats(url);
    expect(connections).toEqual({ webtransport: 0, websocket: 0, sse: 0, [transport]: 1 });
    for (const stream of streams) {
      expect(await stream.ended()).toBe(await relayText(url, stream.id));
      expect(stream.status).toBe('done');
    }
    expect(new Set(streams.map(({ text }) => text)).size).toBe(64);
    expect(client.store.getState().connection).toMatchObject({ status: 'connected', transport });
  });

  test('[SQ7] [SQ11] a client that joins half-way shows the same text', async () => {
    const url = await startRelay();
    const first = new Watched(startClient(url, { transport }), scripted({ tokens: 300, rate: 300 }));
    await vi.waitFor(() => expect(first.text.length).toBeGreaterThan(200), 5000);
    const second = new Watched(startClient(url, { transport }), { id: first.id });
    expect(first.status).toBe('streaming');
    expect(await second.ended()).toBe(await first.ended());
    expect(second.text).toBe(await relayText(url, first.id));
    expect(second.changes).toBeGreaterThan(1);
  });

  test('[UI6] [RL5] stop ends the stream for both clients, at the same text', async () => {
    const url = await startRelay();
    const first = new Watched(startClient(url, { transport }), scripted({ tokens: 100_000, rate: 200 }));
    await vi.waitFor(() => expect(first.text).not.toBe(''), 5000);
    const second = new Watched(startClient(url, { transport }), { id: first.id });
    await vi.waitFor(() => expect(second.text).not.toBe(''), 5000);
    await second.handle.stop();
    expect(await first.ended()).toBe(await second.ended());
    expect([first.status, second.status]).toEqual(['stopped', 'stopped']);
    expect((await commands.relayStats(url)).generations).toBe(0);
  });

  test('[CN16] [SQ7] a lost connection is made again, and nothing is lost or doubled', async () => {
    const url = await startRelay();
    const client = startClient(url, { transport });
    const streams = Array.from({ length: 4 }, (_, seed) => new Watched(client, scripted({ seed, tokens: 600, rate: 200 })));
    for (let cut = 0; cut < 2; cut += 1) {
      const lengths = streams.map(({ text }) => text.length);
      await vi.waitFor(() => expect(streams.every(({ text }, index) => text.length > (lengths[index] ?? 0))).toBe(true), 10_000);
      if (transport === 'webtransport') await commands.drainRelay(url);
      else await commands.cutConnections(url);
    }
    for (const stream of streams) {
      expect(await stream.ended()).toBe(await relayText(url, stream.id));
      expect([stream.status, stream.handle.record.generation]).toEqual(['done', 0]);
    }
    expect((await commands.relayStats(url)).answers.recovered).toBeGreaterThan(0);
  });
});

test('[CN14] WebTransport is the first choice, and the winner is remembered', async () => {
  const url = await startRelay();
  const client = startClient(url);
  const stream = new Watched(client, scripted({ tokens: 50, rate: 0 }));
  await stream.ended();
  expect(client.store.getState().connection).toMatchObject({ status: 'connected', transport: 'webtransport' });
  expect(JSON.parse(localStorage.getItem(`sluice:transport:${new URL(url).origin}`) ?? '{}')).toMatchObject({ winner: 'webtransport' });
});

test.each(['closed', 'black-holed'] as const)('[CN14] with UDP %s, WebSocket takes over by itself in under a second', async (udp) => {
  const url = await startRelay(udp);
  const client = startClient(url);
  let began = 0;
  let connected = 0;
  client.store.subscribe(({ connection }) => {
    if (connection.status === 'connecting') began ||= performance.now();
    if (connection.status === 'connected') connected ||= performance.now();
  });
  const stream = new Watched(client, scripted({ tokens: 50, rate: 0 }));
  expect(await stream.ended()).toBe(await relayText(url, stream.id));
  const { connection } = client.store.getState();
  expect(connection.transport).toBe('websocket');
  expect(connection.fallbackReason).toBeTruthy();
  expect(connected - began).toBeLessThan(1000);
});

/** Counts the workers the package starts, and keeps the last. */
function recordWorkers(): Worker[] {
  const workers: Worker[] = [];
  const Platform = Worker;
  vi.stubGlobal(
    'Worker',
    class extends Platform {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        workers.push(this);
      }
    },
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  return workers;
}

test('[ST8] a worker that dies in the middle of eight answers is replaced, and nothing is lost or doubled', async () => {
  const url = await startRelay();
  const workers = recordWorkers();
  const client = startClient(url);
  const streams = Array.from({ length: 8 }, (_, seed) => new Watched(client, scripted({ seed, tokens: 300, rate: 200 })));
  await vi.waitFor(() => expect(streams.every(({ text }) => text !== '')).toBe(true), 10_000);
  workers[0]?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  for (const stream of streams) {
    expect(await stream.ended()).toBe(await relayText(url, stream.id));
    expect([stream.status, stream.handle.record.generation]).toEqual(['done', 0]);
  }
  expect(workers.length).toBe(2);
  expect((await commands.relayStats(url)).answers.recovered).toBeGreaterThan(0);
});

test('[ST8] where a worker is not allowed, or not wanted, the receiver runs on the page with the same result', async () => {
  const url = await startRelay();
  for (const worker of [false, () => new Worker('data:text/html,', { type: 'module' })] as const) {
    const stream = new Watched(startClient(url, { worker }), scripted({ tokens: 100, rate: 200 }));
    expect(await stream.ended()).toBe(await relayText(url, stream.id));
  }
});

test('[CR5] [ST1] a page that is busy is given its answers piece by piece, and loses nothing', async () => {
  const url = await startRelay();
  const client = startClient(url);
  const streams = Array.from({ length: 4 }, (_, seed) => new Watched(client, scripted({ seed, tokens: 40_000, rate: 0 })));
  let busy = 0;
  for (const { handle } of streams) {
    handle.subscribe(() => {
      busy += 1;
      for (const until = performance.now() + 30; performance.now() < until; );
    });
  }
  for (const stream of streams) expect(await stream.ended()).toBe(await relayText(url, stream.id));
  // In pieces, as the page gives credit, not all at once.
  expect(busy).toBeGreaterThan(8);
});

/** The process behind `startChild`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import sirv from 'sirv';
import { createMemoryStorage, createRelay, createScripted, type StreamEvent } from '../../server/index.ts';
import { scriptedEvents } from '../../server/providers/script.ts';
import type { Ask, ChildOptions, RelaySample } from './child.ts';
import { answer } from './tokens.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const relay = createRelay({
  providers: [createScripted()],
  storage: createMemoryStorage(options.storage),
  webTransport: { ports: options.ports ?? 1 },
  ...options.relay,
});
const server = createServer(options.folder === undefined ? undefined : sirv(options.folder));
const begins = new Map<string, () => void>();
const ends = new Map<string, Promise<void>>();

/** Watches a source to its end. */
function watched(id: string, source: AsyncIterable<StreamEvent>): AsyncIterable<StreamEvent> {
  let ended = (): void => {};
  ends.set(id, new Promise((resolve) => (ended = resolve)));
  return (async function* () {
    try {
      yield* source;
    } finally {
      ended();
    }
  })();
}

/** What one collection finishes, the next one frees. */
async function settle(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    // The kind that also drops what may be made again: without it figures depend on when that was last done.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await delay(200);
  }
}

async function sample(turns: number): Promise<RelaySample> {
  await settle(turns);
  const { rss, heapUsed, external } = process.memoryUsage();
  const { queuedBytes, logBytes, streams, connections, opened, subscriptions, refused } = relay.stats;
  const { user, system } = process.cpuUsage();
  return {
    rss,
    heapUsed,
    external,
    unsent: queuedBytes.webtransport + queuedBytes.websocket + queuedBytes.sse,
    logBytes,
    streams,
    connections: connections.webtransport + connections.websocket + connections.sse,
    responses: Object.values(opened.sse).reduce((sum, count) => sum + count, 0),
    subscriptions,
    cpuMs: (user + system) / 1000,
    refused,
  };
}

async function reply(ask: Ask): Promise<unknown> {
  switch (ask.type) {
    case 'create': {
      const begin = ask.held ? new Promise<void>((resolve) => begins.set(ask.id, resolve)) : undefined;
      return relay.streams.create({ id: ask.id, source: watched(ask.id, answer(ask.tokens, ask.rate, begin)) }).channel;
    }
    case 'go':
      return begins.get(ask.id)?.();
    case 'script':
      return relay.streams.create({ id: ask.id, source: watched(ask.id, scriptedEvents(ask.script)) }).channel;
    case 'ended':
      await ends.get(ask.id);
      ends.delete(ask.id);
      return undefined;
    case 'sample':
      return await sample(ask.turns);
    case 'close':
      await relay.close();
      return process.exit(0);
  }
}

process.on('message', async ({ id, ask }: { id: number; ask: Ask }) => {
  try {
    process.send?.({ id, result: await reply(ask) });
  } catch (cause) {
    process.send?.({ id, error: String(cause) });
  }
});
process.once('disconnect', () => process.exit(1));
const ready = relay.attach(server);
server.listen(0, '127.0.0.1');
await ready;
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });

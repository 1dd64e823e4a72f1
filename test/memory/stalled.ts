import { type RelaySample, startChild } from './child.ts';
import { ALL, firstCredit, openReader, openReaders, type RawReader, subscribeTo, type TransportName } from './reader.ts';
import { tokens } from './tokens.ts';

/** `page`: grants what a page's worker grants to begin with, reads the network, and never acknowledges. `socket`: grants everything, and reads nothing. */
export type Stall = 'page' | 'socket';

export interface StalledFigures {
  readonly transport: TransportName;
  readonly stall: Stall;
  readonly readers: number;
  /** Bytes of the relay's process for each connection that reads nothing and is owed nothing. */
  readonly idleBytes: number;
  /** Bytes more for each once it is behind by the whole answer. */
  readonly stalledRss: number;
  readonly stalledHeap: number;
  /** Of them with the transport, as the relay counts, and of the reader with the most. */
  readonly unsentBytes: number;
  /** Readers whose text was exact after they went on. */
  readonly exact: number;
}

const MAX = {
  maxMessagesPerSecond: 10_000,
  maxConnectionsPerPrincipal: 10_000,
  maxConnections: 20_000,
};

/** What readers that stop cost the relay, by `count` of them behind by an answer of `size` tokens (60,000: ten minutes at 100 a second). */
export async function measureStalled(transport: TransportName, stall: Stall, count: number, size: number): Promise<StalledFigures> {
  const relay = await startChild({ relay: MAX });
  try {
    const credit = stall === 'page' ? firstCredit : { connection: ALL, channel: ALL };
    // Warm: the first connections and the first answer bring code and pools with them.
    for (const reader of await openReaders(20, transport, relay.url, ALL)) reader.close();
    await relay.create('warm', size);
    await relay.ended('warm');
    const empty = await relay.sample();
    await relay.create('unread', size);
    await relay.ended('unread');
    const one = await relay.sample();
    const readers = await openReaders(count, transport, relay.url, credit.connection);
    const idle = await relay.sample();
    const channel = await relay.create('read', size);
    for (const reader of readers) {
      subscribeTo(reader, channel, credit.channel);
      if (stall === 'socket') reader.pause();
    }
    await relay.ended('read');
    const stalled = await relay.sample();
    const each = (of: (sample: RelaySample) => number): number => (of(stalled) - of(idle) - (of(one) - of(empty))) / count;
    const truth = tokens(size);
    let exact = 0;
    for (const reader of readers) {
      reader.resume();
      reader.send({ type: 'credit', connectionLimit: ALL, grants: [{ subscription: 1, limit: ALL, appliedSeq: 0 }] });
      const text = await restOf(reader, transport, relay.url, channel);
      if (text === truth) exact += 1;
      reader.close();
    }
    return {
      transport,
      stall,
      readers: count,
      idleBytes: (idle.rss - one.rss) / count,
      stalledRss: each(({ rss }) => rss),
      stalledHeap: each(({ heapUsed, external }) => heapUsed + external),
      unsentBytes: stalled.unsent / count,
      exact,
    };
  } finally {
    await relay.close();
  }
}

/** The text to its end: where the connection has ended meanwhile (an SSE response lasts a minute), of another one, from the cursor. */
async function restOf(reader: RawReader, transport: TransportName, url: string, channel: string): Promise<string> {
  const { inbox } = reader;
  await inbox.until(() => inbox.isDone(1)).catch(() => {});
  if (inbox.isDone(1)) return inbox.text(1);
  const again = await openReader(transport, url, ALL);
  const epoch = inbox.of('subscribed')[0]?.epoch;
  again.send({ type: 'subscribe', subscription: 1, channel, epoch, afterSeq: inbox.seq(1), credit: ALL });
  await again.inbox.until(() => again.inbox.isDone(1));
  again.close();
  return again.inbox.of('subscribed')[0]?.answer === 'reset' ? again.inbox.text(1) : inbox.text(1) + again.inbox.text(1);
}

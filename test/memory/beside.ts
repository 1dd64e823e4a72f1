import { type ChildRelay, startChild } from './child.ts';
import { ALL, firstCredit, openReader, openReaders, type RawReader, subscribeTo, type TransportName } from './reader.ts';

export interface Slowdown {
  /** Delays of what reaches the healthy reader, ms; medians of the runs. */
  readonly alone: Figures;
  /** Beside as many connections that read nothing. */
  readonly idle: Figures;
  readonly stopped: Figures;
  /** Fewest connections there were at the end of a run beside those that had stopped, the healthy one included. */
  readonly connections: number;
}

export interface Figures extends Delays {
  /** Processor time of the relay for one answer. */
  readonly cpuMs: number;
}

interface Delays {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

interface Run extends Figures {
  readonly connections: number;
}

const TOKENS = 10_000;
const RATE = 2_000;

/**
 * A healthy reader of an answer alone, beside `count` idle connections, and beside these once they have stopped at another answer's
 * beginning and at this one's; in turns on one relay. For each run it connects anew, since the oldest SSE responses of one principal are ended one after the other.
 */
export async function slowdown(transport: TransportName, count: number, rounds: number, ports: number): Promise<Slowdown> {
  const relay = await startChild({
    ports,
    relay: { maxConnectionsPerPrincipal: 20_000, maxMessagesPerSecond: 20_000, maxConnections: 20_000 },
  });
  try {
    let last = 0;
    const run = (stalled: readonly RawReader[] = []): Promise<Run> => {
      last += 1;
      return readHealthy(relay, transport, `h${last}`, stalled);
    };
    await run();
    const alone: Run[] = [];
    const idle: Run[] = [];
    const stopped: Run[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await run());
      const readers = await openReaders(count, transport, relay.url, firstCredit.connection);
      idle.push(await run());
      await stop(relay, readers, `stopped${round}`);
      stopped.push(await run(readers));
      for (const reader of readers) reader.close();
      await left(relay);
    }
    const of = (runs: readonly Run[]): Figures => ({
      p50: median(runs.map(({ p50 }) => p50)),
      p95: median(runs.map(({ p95 }) => p95)),
      p99: median(runs.map(({ p99 }) => p99)),
      cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    });
    return {
      alone: of(alone),
      idle: of(idle),
      stopped: of(stopped),
      connections: Math.min(...stopped.map(({ connections }) => connections)),
    };
  } finally {
    await relay.close();
  }
}

/** Lets them read the beginning of an answer, and no more. */
async function stop(relay: ChildRelay, readers: readonly RawReader[], id: string): Promise<void> {
  const channel = await relay.create(id, 60_000);
  for (const reader of readers) subscribeTo(reader, channel, 1);
  await relay.ended(id);
  await Promise.all(readers.map(({ inbox }) => inbox.until(() => inbox.seq(1) > 0).catch(() => {})));
}

/** Those that have stopped subscribe to the answer, too, and have no credit for it: each flush of it finds them due. */
async function readHealthy(relay: ChildRelay, transport: TransportName, id: string, stalled: readonly RawReader[]): Promise<Run> {
  const reader = await openReader(transport, relay.url, ALL);
  const { inbox } = reader;
  const channel = await relay.create(id, TOKENS, RATE, true);
  for (const other of stalled) other.send({ type: 'subscribe', subscription: 2, channel, afterSeq: 0, credit: 0 });
  subscribeTo(reader, channel, ALL);
  await inbox.first('subscribed');
  // An SSE response may have ended meanwhile: of many of one principal the oldest are.
  await Promise.all(stalled.map((other) => other.inbox.until(() => other.inbox.of('subscribed').length > 1).catch(() => {})));
  const before = await relay.sample(1);
  const begun = performance.now();
  await relay.go(id);
  const delays: number[] = [];
  let seen = 1;
  await inbox.until(() => {
    const seq = inbox.seq(1);
    // Token n is made n / rate seconds after the beginning.
    if (seq > seen && seq <= TOKENS) delays.push(performance.now() - begun - ((seq - 2) * 1000) / RATE);
    seen = seq;
    return inbox.isDone(1);
  });
  const { cpuMs, connections } = await relay.sample(1);
  reader.close();
  delays.sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.floor(delays.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), cpuMs: cpuMs - before.cpuMs, connections };
}

async function left(relay: ChildRelay): Promise<void> {
  while ((await relay.sample(1)).connections > 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? Number.NaN;
}

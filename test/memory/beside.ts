import { startChild } from './child.ts';
import { ALL, firstCredit, openReader, openReaders, subscribeTo } from './reader.ts';

export interface Slowdown {
  /** Median delay of what reaches the healthy reader, ms. */
  readonly without: number;
  readonly beside: number;
  /** Processor time of the relay for one answer, ms. */
  readonly cpuWithout: number;
  readonly cpuBeside: number;
}

const TOKENS = 10_000;
const RATE = 2_000;

/** A healthy reader of an answer alone, and beside `count` that stopped at another one's beginning, in turns on one relay. */
export async function slowdown(count: number, rounds: number): Promise<Slowdown> {
  const relay = await startChild({ relay: { maxConnectionsPerPrincipal: 20_000, maxMessagesPerSecond: 20_000 } });
  try {
    const healthy = await openReader('websocket', relay.url, ALL);
    let subscription = 0;
    const run = async (): Promise<{ delayMs: number; cpuMs: number }> => {
      subscription += 1;
      const own = subscription;
      const before = await relay.sample(1);
      const begun = performance.now();
      const channel = await relay.create(`h${own}`, TOKENS, RATE);
      healthy.send({ type: 'subscribe', subscription: own, channel, afterSeq: 0, credit: ALL });
      const delays: number[] = [];
      let seen = 0;
      await healthy.inbox.until(() => {
        const seq = healthy.inbox.seq(own);
        // Token n is made n / rate seconds after the beginning.
        if (seq > seen && seq <= TOKENS) delays.push(performance.now() - begun - ((seq - 2) * 1000) / RATE);
        seen = seq;
        return healthy.inbox.isDone(own);
      });
      healthy.inbox.frames.length = 0;
      return { delayMs: median(delays), cpuMs: (await relay.sample(1)).cpuMs - before.cpuMs };
    };
    await run();
    const alone: { delayMs: number; cpuMs: number }[] = [];
    const crowded: { delayMs: number; cpuMs: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await run());
      const stalled = await openReaders(count, 'websocket', relay.url, firstCredit.connection);
      // Of the answers the healthy one reads too: they are due with each flush, and have no credit left.
      const channel = await relay.create(`stalled${round}`, 60_000);
      for (const reader of stalled) subscribeTo(reader, channel, 1);
      for (const reader of stalled)
        reader.send({ type: 'subscribe', subscription: 2, channel: `stream:h${subscription + 1}`, afterSeq: 0, credit: 1 });
      await relay.ended(`stalled${round}`);
      crowded.push(await run());
      for (const reader of stalled) reader.close();
    }
    const of = (runs: typeof alone, pick: (one: (typeof alone)[number]) => number): number => median(runs.map(pick));
    return {
      without: of(alone, ({ delayMs }) => delayMs),
      beside: of(crowded, ({ delayMs }) => delayMs),
      cpuWithout: of(alone, ({ cpuMs }) => cpuMs),
      cpuBeside: of(crowded, ({ cpuMs }) => cpuMs),
    };
  } finally {
    await relay.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? Number.NaN;
}

import { seeded } from '../../seeded.ts';

/** Tokens `from` up to, not including, `to` of a stream arrive together. */
export interface Chunk {
  readonly atMs: number;
  readonly stream: number;
  readonly from: number;
  readonly to: number;
}

export interface Arrival {
  readonly streams: number;
  /** Tokens per second of each stream. */
  readonly rate: number;
  readonly durationMs: number;
  readonly seed: number;
}

/** Between two chunks of a stream, on average; each gap is between 0.4 and 1.6 of it. */
export const gapMs = 25;
/** One gap in fifty is longer by 100 to 250 ms: what the provider made meanwhile then comes in one burst. */
const stall = { share: 0.02, fromMs: 100, spreadMs: 150 } as const;

/** When what arrives, in order: an open loop, the same for the same seed. */
export function createSchedule({ streams, rate, durationMs, seed }: Arrival): Chunk[] {
  const chunks: Chunk[] = [];
  for (let stream = 0; stream < streams; stream += 1) {
    const random = seeded(seed * 7919 + stream);
    let sent = 0;
    for (let atMs = random() * gapMs; ; ) {
      const last = atMs >= durationMs;
      const to = Math.floor((rate * Math.min(atMs, durationMs)) / 1000);
      if (to > sent) chunks.push({ atMs: Math.min(atMs, durationMs), stream, from: sent, to });
      sent = Math.max(sent, to);
      if (last) break;
      atMs += gapMs * (0.4 + 1.2 * random());
      if (random() < stall.share) atMs += stall.fromMs + stall.spreadMs * random();
    }
  }
  return chunks.sort((a, b) => a.atMs - b.atMs || a.stream - b.stream);
}

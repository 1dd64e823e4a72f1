import { nowMs } from '../clock.ts';
import { seeded } from '../seeded.ts';
import { arrival } from './scenario.ts';
import { tokens } from './text.ts';

export interface Arrivals {
  /** Per stream, when each batch is due, ms; relative to the beginning until `begin` is called. */
  readonly dueAt: readonly Float64Array[];
  readonly appendedAt: readonly Float64Array[];
  /** Calls `publish` for each batch when it is due, or as soon after as the process can. */
  begin(publish: (stream: number, index: number, tokens: readonly string[]) => void): void;
}

/** The longest the source works without letting sockets and timers have their turn, ms. */
const sliceMs = 20;

/** The same arrivals for every subject: an open loop, which does not wait for a slow one. */
export function createArrivals(streams: number, durationMs: number): Arrivals {
  const random = seeded(arrival.seed);
  const intervalMs = 1000 / arrival.batchesPerSecond;
  const count = Math.ceil(durationMs / intervalMs);
  const due: { at: number; stream: number; index: number; tokens: readonly string[] }[] = [];
  const dueAt: Float64Array[] = [];
  for (let stream = 0; stream < streams; stream += 1) {
    const phase = random() * intervalMs;
    const times = Float64Array.from({ length: count }, (_, index) => phase + (index + random() / 2) * intervalMs);
    times.forEach((at, index) => {
      due.push({ at, stream, index, tokens: tokens(arrival.tokensPerBatch, random) });
    });
    dueAt.push(times);
  }
  due.sort((a, b) => a.at - b.at);
  const appendedAt = dueAt.map(() => new Float64Array(count).fill(Number.NaN));
  return {
    dueAt,
    appendedAt,
    begin(publish) {
      const startedAt = nowMs();
      for (const times of dueAt) for (const [index, at] of times.entries()) times[index] = startedAt + at;
      let next = 0;
      const emit = (): void => {
        const from = nowMs();
        for (let batch = due[next]; batch !== undefined; batch = due[next]) {
          const now = nowMs();
          if (startedAt + batch.at > from || now - from > sliceMs) {
            setTimeout(emit, Math.max(0, startedAt + batch.at - now));
            return;
          }
          next += 1;
          (appendedAt[batch.stream] as Float64Array)[batch.index] = now;
          publish(batch.stream, batch.index, batch.tokens);
        }
      };
      emit();
    },
  };
}

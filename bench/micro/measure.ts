import { median } from '../quantile.ts';

/** How long something takes when it is repeated. */
export interface Measure {
  /** Median of the batches, µs per operation. */
  readonly microseconds: number;
  /** Least and most of the batches. */
  readonly least: number;
  readonly most: number;
  readonly batches: number;
}

/** Runs `work` in batches of about `batchMs`, after one to warm up. */
export function measure(work: () => void, { batches, batchMs }: { readonly batches: number; readonly batchMs: number }): Measure {
  let repeat = 1;
  for (;;) {
    const startedAt = performance.now();
    for (let index = 0; index < repeat; index += 1) work();
    const took = performance.now() - startedAt;
    if (took >= batchMs) break;
    repeat = Math.ceil(repeat * Math.min(10, (1.2 * batchMs) / Math.max(took, 0.01)));
  }
  const samples = Array.from({ length: batches }, () => {
    const startedAt = performance.now();
    for (let index = 0; index < repeat; index += 1) work();
    return ((performance.now() - startedAt) * 1000) / repeat;
  });
  return { microseconds: median(samples), least: Math.min(...samples), most: Math.max(...samples), batches };
}

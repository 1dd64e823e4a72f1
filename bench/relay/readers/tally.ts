import { nowMs } from '../../clock.ts';

/** What all readers of one process have received. */
export interface Tally {
  bytes: number;
  sampledBytes: number;
  sampledMessages: number;
  sampledBatches: number;
}

/** Where a sampled subscriber notes when each batch was complete. */
export class Sample {
  readonly receivedAt: readonly Float64Array[];
  readonly #complete: Int32Array;
  readonly #tally: Tally;

  constructor(tally: Tally, streams: number) {
    this.#tally = tally;
    this.#complete = new Int32Array(streams);
    this.receivedAt = Array.from({ length: streams }, () => new Float64Array(4096).fill(Number.NaN));
  }

  /** Batches of a stream received so far. */
  complete(stream: number): number {
    return this.#complete[stream] as number;
  }

  /** The stream's batches below `count` have been received. */
  received(stream: number, count: number): void {
    const before = this.complete(stream);
    const now = nowMs();
    for (let index = before; index < count; index += 1) (this.receivedAt[stream] as Float64Array)[index] = now;
    this.#complete[stream] = count;
    this.#tally.sampledBatches += count - before;
  }
}

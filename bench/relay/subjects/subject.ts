import type { Endpoint } from '../messages.ts';
import type { Cell } from '../scenario.ts';

/** One way to bring what arrives to every subscriber. */
export interface Subject {
  readonly endpoint: Endpoint;
  /** Batch number `index` (from 0) of a stream has arrived. */
  publish(stream: number, index: number, tokens: readonly string[]): void;
}

export type StartSubject = (cell: Cell) => Promise<Subject>;

/** What all baselines send of a batch, as compact as JSON can be: stream, number, tokens. */
export function compactBatch(stream: number, index: number, tokens: readonly string[]): unknown[] {
  return [stream, index, tokens];
}

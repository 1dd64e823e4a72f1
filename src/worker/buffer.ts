import { isTerminal, type LogEntry, mergeEntries, type StreamStatus } from '../wire/index.ts';
import type { Cost } from './grants.ts';
import type { StreamChange } from './messages.ts';

/** What a patch takes out of a buffer. */
export interface Taken {
  readonly change: StreamChange;
  readonly costs: readonly Cost[];
  /** Last `seq` the page has once it has applied the change. */
  readonly seq: number;
}

/**
 * What of one stream has arrived and is not on its way to the page. Bounded by the credit granted for it;
 * adjacent deltas are merged, on leaving and whenever the entries beyond `maxBytes` have doubled.
 */
export class StreamBuffer {
  readonly #key: number;
  readonly #maxBytes: number;
  #entries: LogEntry[] = [];
  #costs: Cost[] = [];
  #bytes = 0;
  #mergeAt = 64;
  #receivedAt = 0;
  #oldestAt = 0;
  #reset: { readonly snapshotSeq: number } | undefined;
  #gone = false;
  #status: StreamStatus | undefined;
  #begun: boolean;
  #urgent = false;

  /** `resumed`: the page has seen the stream's beginning already. */
  constructor(key: number, maxBytes: number, resumed: boolean) {
    this.#key = key;
    this.#maxBytes = maxBytes;
    this.#begun = resumed;
  }

  get empty(): boolean {
    return this.#entries.length === 0 && this.#reset === undefined && !this.#gone;
  }

  /** Full, or with the stream's first output or its end in it: a patch is due at once (docs/PROTOCOL.md, ST4). */
  get urgent(): boolean {
    return this.#urgent;
  }

  /** When the oldest entry arrived, ms since the Unix epoch. */
  get oldestAt(): number {
    return this.#oldestAt;
  }

  push(entries: readonly LogEntry[], bytes: number, cost: Cost | undefined, nowMs: number): void {
    if (this.empty) this.#oldestAt = nowMs;
    this.#receivedAt = nowMs;
    for (const entry of entries) {
      this.#entries.push(entry);
      if (isTerminal(entry.event)) {
        this.#status = entry.event.type === 'finish' ? 'done' : entry.event.type === 'error' ? 'failed' : 'stopped';
        this.#urgent = true;
      } else if (!this.#begun && entry.event.type !== 'start') {
        this.#begun = true;
        this.#urgent = true;
      }
    }
    if (cost !== undefined) this.#costs.push(cost);
    this.#bytes += bytes;
    if (this.#bytes < this.#maxBytes) return;
    this.#urgent = true;
    if (this.#entries.length < this.#mergeAt) return;
    this.#entries = mergeEntries(this.#entries);
    this.#mergeAt = Math.max(64, 2 * this.#entries.length);
  }

  /** The page is to drop what it has. Returns what the dropped entries cost. */
  reset(snapshotSeq: number, nowMs: number): readonly Cost[] {
    const costs = this.clear();
    this.#reset = { snapshotSeq };
    this.#oldestAt = nowMs;
    this.#receivedAt = nowMs;
    this.#begun = false;
    return costs;
  }

  /** The relay has no such stream. */
  end(nowMs: number): void {
    if (this.empty) this.#oldestAt = nowMs;
    this.#gone = true;
    this.#urgent = true;
  }

  /** Drops everything. Returns what it cost. */
  clear(): readonly Cost[] {
    const costs = this.#costs;
    this.#entries = [];
    this.#costs = [];
    this.#bytes = 0;
    this.#mergeAt = 64;
    this.#status = undefined;
    this.#urgent = false;
    return costs;
  }

  /** Everything, as one change. Call only when not empty. */
  take(epoch: string): Taken {
    const entries = mergeEntries(this.#entries);
    const change: StreamChange = {
      key: this.#key,
      epoch,
      entries,
      receivedAt: this.#receivedAt,
      ...(this.#reset === undefined ? {} : { reset: this.#reset }),
      ...(this.#gone ? { gone: true } : {}),
      ...(this.#status === undefined ? {} : { status: this.#status }),
    };
    this.#reset = undefined;
    this.#gone = false;
    const costs = this.clear();
    return { change, costs, seq: entries.at(-1)?.seq ?? 0 };
  }
}

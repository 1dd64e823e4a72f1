import { isTerminal, type LogEntry, mergeEntries, StreamError, type StreamEvent, wireLimits } from '../../src/wire/index.ts';
import { beyond, type LogBounds, resolveBounds } from './bounds.ts';
import { Entries } from './entries.ts';
import type { LogStorage, StreamLog } from './log.ts';

export interface MemoryStorageOptions {
  /** How long a closed log stays readable, ms. @default 300000 */
  readonly graceMs?: number;
  /** Closed logs kept at most. @default 1000 */
  readonly maxClosed?: number;
  /** Bytes of closed logs kept at most. @default 67108864 */
  readonly maxClosedBytes?: number;
  /** Bytes one log may reach. @default 33554432 */
  readonly maxLogBytes?: number;
  /** Bytes of newest events kept one by one; older ones are compacted. @default 524288 */
  readonly keepBytes?: number;
}

export const memoryStorageDefaults: Required<MemoryStorageOptions> = {
  graceMs: 300_000,
  maxClosed: 1_000,
  maxClosedBytes: 67_108_864,
  maxLogBytes: 33_554_432,
  keepBytes: 524_288,
};

/** Logs in memory: gone with the process. @throws {StreamError} `bad_option` */
export function createMemoryStorage(options: MemoryStorageOptions = {}, now: () => number = Date.now): LogStorage {
  return new MemoryStorage(resolveBounds('createMemoryStorage', memoryStorageDefaults, options), now);
}

class MemoryStorage implements LogStorage {
  readonly maxLogBytes: number;
  readonly failure: undefined;
  readonly overflowing = false;
  readonly stats: undefined;
  readonly #bounds: LogBounds;
  readonly #now: () => number;
  readonly #logs = new Map<string, MemoryLog>();

  constructor(bounds: LogBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
    this.maxLogBytes = bounds.maxLogBytes;
  }

  get size(): number {
    return this.#logs.size;
  }

  get bytes(): number {
    let bytes = 0;
    for (const log of this.#logs.values()) bytes += log.bytes;
    return bytes;
  }

  create(channel: string, principal: string, note = ''): StreamLog {
    if (this.#logs.has(channel)) throw new StreamError('stream_conflict', `The channel ${channel} exists already.`);
    const log = new MemoryLog({ channel, principal, note }, this.#bounds.keepBytes, this.#now);
    this.#logs.set(channel, log);
    return log;
  }

  get(channel: string): StreamLog | undefined {
    return this.#logs.get(channel);
  }

  annotate(channel: string, note: string): void {
    const log = this.#logs.get(channel);
    if (log !== undefined) log.note = note;
  }

  delete(channel: string): void {
    this.#logs.delete(channel);
  }

  interrupted(): readonly StreamLog[] {
    return [];
  }

  commit(): void {}

  evict(nowMs: number): string[] {
    const closed = [...this.#logs.values()].filter((log) => log.closed).sort((a, b) => a.closedAt - b.closedAt);
    const total = { count: closed.length, bytes: closed.reduce((sum, log) => sum + log.bytes, 0) };
    const dropped = [...beyond(closed, total, this.#bounds, nowMs)].map(({ channel }) => channel);
    for (const channel of dropped) this.#logs.delete(channel);
    return dropped;
  }

  close(): void {
    this.#logs.clear();
  }
}

/** Rough cost of an entry besides its text: object, event, numbers. */
const ENTRY_OVERHEAD = 160;

class MemoryLog implements StreamLog {
  readonly channel: string;
  readonly principal: string;
  note: string;
  readonly epoch: string = crypto.randomUUID().slice(0, 13);
  closed = false;
  closedAt = 0;
  readonly #now: () => number;
  readonly #keepBytes: number;
  /** The first `#compacted` of them are merged already. */
  readonly #entries = new Entries();
  #compacted = 0;

  constructor(of: { channel: string; principal: string; note: string }, keepBytes: number, now: () => number) {
    this.channel = of.channel;
    this.principal = of.principal;
    this.note = of.note;
    this.#keepBytes = keepBytes;
    this.#now = now;
  }

  get head(): number {
    return this.#entries.head;
  }

  get bytes(): number {
    return this.#entries.content + this.#entries.length * ENTRY_OVERHEAD;
  }

  append(events: readonly StreamEvent[], at: number): readonly LogEntry[] {
    const appended: LogEntry[] = [];
    for (const event of events) {
      if (this.closed) throw new StreamError('internal', `The log of ${this.channel} is closed; nothing can be appended.`);
      const seq = this.head + 1;
      const entry = { fromSeq: seq, seq, at, event };
      this.#entries.push(entry);
      appended.push(entry);
      if (isTerminal(event)) {
        this.closed = true;
        this.closedAt = this.#now();
      }
    }
    this.#compact();
    return appended;
  }

  serves(afterSeq: number): boolean {
    return afterSeq === 0 || this.#entries.endsAt(afterSeq);
  }

  read(afterSeq: number, maxBytes: number, uptoSeq: number = this.head): LogEntry[] {
    return mergeEntries(this.#entries.after(afterSeq, maxBytes, uptoSeq), wireLimits.maxMergedDelta);
  }

  pendingBytes(afterSeq: number): number {
    return this.#entries.content - this.#entries.contentBefore(this.#entries.indexAfter(afterSeq));
  }

  /** Merges the older half of what is kept one by one, once it costs twice the bound: amortised O(1) an event. */
  #compact(): void {
    const loose = this.#entries.length - this.#compacted;
    const looseBytes = this.#entries.content - this.#entries.contentBefore(this.#compacted) + loose * ENTRY_OVERHEAD;
    if (looseBytes < 2 * this.#keepBytes || loose < 64) return;
    this.#compacted += this.#entries.compact(this.#compacted, this.#compacted + (loose >>> 1));
  }
}

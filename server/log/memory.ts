import { isTerminal, type LogEntry, mergeEntries, type StreamEvent, StreamError, wireLimits } from '../../src/wire/index.ts';
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
  const resolved = { ...memoryStorageDefaults, ...options };
  for (const [name, value] of Object.entries(resolved)) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new StreamError(
      'bad_option',
      `createMemoryStorage: ${name} is ${value}; it must be an integer of at least 0. Leave it out for the default.`,
    );
  }
  return new MemoryStorage(resolved, now);
}

class MemoryStorage implements LogStorage {
  readonly maxLogBytes: number;
  readonly #options: Required<MemoryStorageOptions>;
  readonly #now: () => number;
  readonly #logs = new Map<string, MemoryLog>();

  constructor(options: Required<MemoryStorageOptions>, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.maxLogBytes = options.maxLogBytes;
  }

  get size(): number {
    return this.#logs.size;
  }

  get bytes(): number {
    let bytes = 0;
    for (const log of this.#logs.values()) bytes += log.bytes;
    return bytes;
  }

  create(channel: string, principal: string): StreamLog {
    if (this.#logs.has(channel)) throw new StreamError('stream_conflict', `The channel ${channel} exists already.`);
    const log = new MemoryLog(channel, principal, this.#options.keepBytes, this.#now);
    this.#logs.set(channel, log);
    return log;
  }

  get(channel: string): StreamLog | undefined {
    return this.#logs.get(channel);
  }

  delete(channel: string): void {
    this.#logs.delete(channel);
  }

  evict(nowMs: number): string[] {
    const closed = [...this.#logs.values()].filter((log) => log.closed).sort((a, b) => a.closedAt - b.closedAt);
    let count = closed.length;
    let bytes = closed.reduce((sum, log) => sum + log.bytes, 0);
    const dropped: string[] = [];
    for (const log of closed) {
      const within =
        count <= this.#options.maxClosed && bytes <= this.#options.maxClosedBytes && nowMs - log.closedAt < this.#options.graceMs;
      if (within) break;
      this.#logs.delete(log.channel);
      dropped.push(log.channel);
      count -= 1;
      bytes -= log.bytes;
    }
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
  readonly epoch: string = crypto.randomUUID().slice(0, 13);
  closed = false;
  closedAt = 0;
  readonly #now: () => number;
  readonly #keepBytes: number;
  /** Ascending by `seq`; the first `#compacted` of them are merged already. */
  #entries: LogEntry[] = [];
  /** Content bytes up to and including the entry of the same index. */
  #ends: number[] = [];
  #compacted = 0;

  constructor(channel: string, principal: string, keepBytes: number, now: () => number) {
    this.channel = channel;
    this.principal = principal;
    this.#keepBytes = keepBytes;
    this.#now = now;
  }

  get head(): number {
    return this.#entries.at(-1)?.seq ?? 0;
  }

  get bytes(): number {
    return (this.#ends.at(-1) ?? 0) + this.#entries.length * ENTRY_OVERHEAD;
  }

  append(events: readonly StreamEvent[], at: number): readonly LogEntry[] {
    const appended: LogEntry[] = [];
    for (const event of events) {
      if (this.closed) throw new StreamError('internal', `The log of ${this.channel} is closed; nothing can be appended.`);
      const seq = this.head + 1;
      const entry = { fromSeq: seq, seq, at, event };
      this.#entries.push(entry);
      this.#ends.push((this.#ends.at(-1) ?? 0) + contentBytes(event));
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
    return afterSeq === 0 || this.#entries[this.#indexAfter(afterSeq) - 1]?.seq === afterSeq;
  }

  read(afterSeq: number, maxBytes: number, uptoSeq: number = this.head): LogEntry[] {
    const start = this.#indexAfter(afterSeq);
    const budget = this.#contentBefore(start) + maxBytes;
    let end = start;
    for (let entry = this.#entries[end]; entry !== undefined && entry.seq <= uptoSeq; entry = this.#entries[end]) {
      if (end > start && (this.#ends[end] ?? 0) > budget) break;
      end += 1;
    }
    return mergeEntries(this.#entries.slice(start, end), wireLimits.maxMergedDelta);
  }

  pendingBytes(afterSeq: number): number {
    return (this.#ends.at(-1) ?? 0) - this.#contentBefore(this.#indexAfter(afterSeq));
  }

  /** Index of the first entry with a larger `seq`. */
  #indexAfter(afterSeq: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.seq ?? 0) <= afterSeq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #contentBefore(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }

  /** Merges the older half of what is kept one by one, once it costs twice the bound: amortised O(1) an event. */
  #compact(): void {
    const loose = this.#entries.length - this.#compacted;
    const looseBytes = (this.#ends.at(-1) ?? 0) - this.#contentBefore(this.#compacted) + loose * ENTRY_OVERHEAD;
    if (looseBytes < 2 * this.#keepBytes || loose < 64) return;
    const cut = this.#compacted + (loose >>> 1);
    const merged = mergeEntries(this.#entries.slice(this.#compacted, cut), wireLimits.maxMergedDelta);
    const ends: number[] = [];
    let bytes = this.#contentBefore(this.#compacted);
    for (const { event } of merged) {
      bytes += contentBytes(event);
      ends.push(bytes);
    }
    this.#entries = [...this.#entries.slice(0, this.#compacted), ...merged, ...this.#entries.slice(cut)];
    this.#ends = [...this.#ends.slice(0, this.#compacted), ...ends, ...this.#ends.slice(cut)];
    this.#compacted += merged.length;
  }
}

/** Additive over merging: the content of a merged delta is the sum of its pieces. */
function contentBytes(event: StreamEvent): number {
  switch (event.type) {
    case 'text':
    case 'reasoning':
    case 'tool-args':
      return event.delta.length;
    case 'tool-result':
      return JSON.stringify(event.result).length;
    case 'data':
      return JSON.stringify(event.value).length;
    case 'file':
      return (event.bytes?.byteLength ?? 0) + (event.url?.length ?? 0);
    case 'source':
      return event.url.length + (event.title?.length ?? 0) + (event.quote?.length ?? 0);
    default:
      return 32;
  }
}

import { encodeBatch, isTerminal, type LogEntry, mergeEntries, type StreamEvent, wireLimits } from '../../src/wire/index.ts';
import type { StreamLog } from '../log/log.ts';

/** Encoded once, sent to many (docs/PROTOCOL.md, FR5). */
export interface EncodedBatch {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Fewer than the range has events where some were merged. */
  readonly entries: number;
  readonly bytes: Uint8Array;
  /** Whether it holds the terminal event. */
  readonly last: boolean;
}

/** What a channel needs to know of a reader. */
export interface Reader {
  /** Last `seq` sent to it. */
  cursor: number;
}

/** Encoded batches kept for readers a little behind the head, in bytes a channel. */
const RECENT_BYTES = 65_536;

/**
 * One log with its readers. Appending is separate from encoding: what was appended since the last flush is
 * merged and encoded once, and only if somebody reads.
 */
export class Channel<R extends Reader = Reader> {
  readonly log: StreamLog;
  readonly readers: Set<R> = new Set<R>();
  /** When a reader was last seen to leave, by the relay's clock of waiting. */
  leftAt: number = Number.NEGATIVE_INFINITY;
  #pending: LogEntry[] = [];
  #flushed = 0;
  #recent: EncodedBatch[] = [];
  #recentBytes = 0;

  constructor(log: StreamLog) {
    this.log = log;
    this.#flushed = log.head;
  }

  /** Last `seq` readers may be sent: shared batches end here. */
  get flushed(): number {
    return this.#flushed;
  }

  /** Whether it holds nothing its log does not. */
  get idle(): boolean {
    return this.log.closed && this.readers.size === 0 && this.#pending.length === 0;
  }

  leave(reader: R, nowMs: number): void {
    if (this.readers.delete(reader)) this.leftAt = nowMs;
  }

  append(events: readonly StreamEvent[], at: number): void {
    for (const entry of this.log.append(events, at)) this.#pending.push(entry);
  }

  /** Encodes what was appended since the last flush. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    this.#flushed = this.log.head;
    if (this.readers.size === 0) {
      this.#recent = [];
      this.#recentBytes = 0;
      return;
    }
    for (const batch of encodeEntries(mergeEntries(pending, wireLimits.maxMergedDelta))) {
      this.#recent.push(batch);
      this.#recentBytes += batch.bytes.byteLength;
    }
    while (this.#recentBytes > RECENT_BYTES && this.#recent.length > 1) this.#recentBytes -= this.#recent.shift()?.bytes.byteLength ?? 0;
  }

  /**
   * The batch that follows a cursor, shared where the cursor stands on a shared boundary, else read from the log
   * up to the last shared one. `undefined` at the head; `compacted` where the log no longer keeps the cursor's place.
   */
  next(cursor: number): EncodedBatch | 'compacted' | undefined {
    if (cursor >= this.#flushed) return undefined;
    for (let index = this.#recent.length - 1; index >= 0; index -= 1) {
      const batch = this.#recent[index];
      if (batch === undefined || batch.fromSeq <= cursor) break;
      if (batch.fromSeq === cursor + 1) return batch;
    }
    if (!this.log.serves(cursor)) return 'compacted';
    return encodeEntries(this.log.read(cursor, wireLimits.targetBatchBytes, this.#flushed))[0];
  }
}

/** Cuts entries into batches near the target size: content is what makes them large, so it is what is counted. */
function encodeEntries(entries: readonly LogEntry[]): EncodedBatch[] {
  const batches: EncodedBatch[] = [];
  let start = 0;
  let size = 0;
  entries.forEach((entry, index) => {
    size += 'delta' in entry.event ? entry.event.delta.length : 64;
    const next = entries[index + 1];
    if (next !== undefined && size < wireLimits.targetBatchBytes) return;
    batches.push(encodeRun(entries.slice(start, index + 1)));
    start = index + 1;
    size = 0;
  });
  return batches;
}

function encodeRun(run: readonly LogEntry[]): EncodedBatch {
  const first = run[0] as LogEntry; // callers pass at least one entry
  const last = run[run.length - 1] as LogEntry;
  return { fromSeq: first.fromSeq, toSeq: last.seq, entries: run.length, bytes: encodeBatch(run), last: isTerminal(last.event) };
}

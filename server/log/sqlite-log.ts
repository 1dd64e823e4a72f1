import { isTerminal, type LogEntry, mergeEntries, StreamError, type StreamEvent, wireLimits } from '../../src/wire/index.ts';
import { type Chunks, ENTRY_BYTES } from './chunks.ts';
import { Entries } from './entries.ts';
import type { StreamLog } from './log.ts';
import type { LogRow } from './tables.ts';

/** What of a log is in chunks. */
export interface Settled {
  /** Last `seq`. */
  readonly seq: number;
  /** Content bytes. */
  readonly content: number;
  /** Encoded bytes. */
  readonly bytes: number;
}

/** What a log asks of its storage. */
export interface SqliteLogHost {
  readonly chunks: Chunks;
  now(): number;
  /** The log has grown by these entries. */
  grown(log: SqliteLog, entries: readonly LogEntry[]): void;
}

/** A log with its settled part in chunks on the disk, and its tail in memory until that is worth a chunk. */
export class SqliteLog implements StreamLog {
  readonly id: number;
  readonly channel: string;
  readonly principal: string;
  note: string;
  readonly epoch: string;
  closedAt: number | undefined;
  settled: Settled;
  /** What follows the settled part. */
  tail: Entries = new Entries();
  /** Last `seq` a commit has stored, in a chunk or in the journal. */
  committed: number;
  /** Row of the journal from which on it holds something of the tail. */
  journalFrom: number | undefined;
  /** Chunks that are not compacted yet, oldest first. */
  loose: { readonly fromSeq: number; readonly toSeq: number; readonly bytes: number }[] = [];
  readonly #host: SqliteLogHost;

  constructor(row: LogRow, host: SqliteLogHost) {
    this.id = row.id;
    this.channel = row.channel;
    this.principal = row.principal;
    this.note = row.note;
    this.epoch = row.epoch;
    this.closedAt = row.closed_at ?? undefined;
    this.settled = { seq: row.head, content: row.content, bytes: row.bytes };
    this.committed = row.head;
    this.#host = host;
  }

  get head(): number {
    return this.tail.length === 0 ? this.settled.seq : this.tail.head;
  }

  get closed(): boolean {
    return this.closedAt !== undefined;
  }

  get bytes(): number {
    return this.settled.bytes + this.tailBytes;
  }

  /** About what the tail will take as a chunk. */
  get tailBytes(): number {
    return this.tail.content + this.tail.length * ENTRY_BYTES;
  }

  /** What no commit has stored yet. */
  get uncommitted(): LogEntry[] {
    return this.tail.slice(this.tail.indexAfter(this.committed));
  }

  append(events: readonly StreamEvent[], at: number): readonly LogEntry[] {
    const appended: LogEntry[] = [];
    for (const event of events) {
      if (this.closed) throw new StreamError('internal', `The log of ${this.channel} is closed; nothing can be appended.`);
      const seq = this.head + 1;
      const entry = { fromSeq: seq, seq, at, event };
      this.tail.push(entry);
      appended.push(entry);
      if (isTerminal(event)) this.closedAt = this.#host.now();
    }
    this.#host.grown(this, appended);
    return appended;
  }

  serves(afterSeq: number): boolean {
    if (afterSeq === 0 || afterSeq === this.settled.seq) return true;
    if (afterSeq > this.settled.seq) return this.tail.endsAt(afterSeq);
    return this.#host.chunks.holding(this.id, afterSeq).entries.endsAt(afterSeq);
  }

  read(afterSeq: number, maxBytes: number, uptoSeq: number = this.head): LogEntry[] {
    const read: LogEntry[] = [];
    let left = maxBytes;
    let cursor = afterSeq;
    while (cursor < uptoSeq && cursor < this.head && (left > 0 || read.length === 0)) {
      const run = cursor < this.settled.seq ? this.#host.chunks.holding(this.id, cursor + 1).entries : this.tail;
      const start = run.indexAfter(cursor);
      const taken = run.after(cursor, left, uptoSeq);
      const last = taken.at(-1);
      if (last === undefined) break;
      for (const entry of taken) read.push(entry);
      left -= run.contentBefore(start + taken.length) - run.contentBefore(start);
      cursor = last.seq;
      if (cursor !== run.head) break;
    }
    return mergeEntries(read, wireLimits.maxMergedDelta);
  }

  pendingBytes(afterSeq: number): number {
    return this.settled.content + this.tail.content - this.#contentUpTo(afterSeq);
  }

  #contentUpTo(seq: number): number {
    if (seq === 0) return 0;
    if (seq >= this.settled.seq) return this.settled.content + this.tail.contentBefore(this.tail.indexAfter(seq));
    const { contentBefore, entries } = this.#host.chunks.holding(this.id, seq);
    return contentBefore + entries.contentBefore(entries.indexAfter(seq));
  }
}

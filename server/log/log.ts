import type { LogEntry, StreamEvent } from '../../src/wire/index.ts';

/**
 * The append-only log of one channel. Events are numbered from 1 without holes. A reader holds a cursor
 * (the last `seq` it has) and reads on from there; nothing in the log knows its readers.
 */
export interface StreamLog {
  readonly channel: string;
  /** Incarnation of the log: another one, another epoch. */
  readonly epoch: string;
  /** Principal the log belongs to. */
  readonly principal: string;
  /** Last `seq`, 0 while empty. */
  readonly head: number;
  /** Whether the terminal event has been appended. */
  readonly closed: boolean;
  /** Bytes the log holds, roughly what it costs in memory or on disk. */
  readonly bytes: number;
  /**
   * Numbers and keeps the events, in order. `at` is milliseconds since the start event.
   * @throws {StreamError} `internal` after a terminal event
   */
  append(events: readonly StreamEvent[], at: number): readonly LogEntry[];
  /** Whether a cursor can be served exactly: it stands on a boundary the log still keeps. 0 always can. */
  serves(afterSeq: number): boolean;
  /**
   * Entries after the cursor and up to `uptoSeq` (a boundary), adjacent deltas merged, until about `maxBytes`
   * (at least one entry, where there is one). From cursor 0 this reads the whole fold: compaction merges old
   * entries and drops none.
   */
  read(afterSeq: number, maxBytes: number, uptoSeq?: number): LogEntry[];
  /** Approximate bytes `read` would return in all from this cursor. */
  pendingBytes(afterSeq: number): number;
}

/** Keeps logs, within bounds. */
export interface LogStorage {
  /** A new, empty log. @throws {StreamError} `stream_conflict` if the channel exists */
  create(channel: string, principal: string): StreamLog;
  get(channel: string): StreamLog | undefined;
  delete(channel: string): void;
  /** Drops what is beyond the bounds (age, count and bytes of closed logs, oldest first). Returns the channels dropped. */
  evict(nowMs: number): string[];
  /** A log that grows beyond this must be ended: the relay closes its stream with `stream_too_large`. */
  readonly maxLogBytes: number;
  readonly size: number;
  readonly bytes: number;
  close(): void;
}

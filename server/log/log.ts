import type { LogEntry, StreamError, StreamEvent } from '../../src/wire/index.ts';

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
  /** What its creator wanted kept beside it. */
  readonly note: string;
  /** Last `seq`, 0 while empty. */
  readonly head: number;
  /** Whether the terminal event has been appended. */
  readonly closed: boolean;
  /** Bytes the log holds, roughly what it costs in memory or on disk. */
  readonly bytes: number;
  /**
   * Numbers and keeps the events, in order. `at` is milliseconds since the start event. Never waits for a disk, and does not fail with it.
   * @throws {StreamError} `internal` after a terminal event
   */
  append(events: readonly StreamEvent[], at: number): readonly LogEntry[];
  /** Whether a cursor can be served exactly: it stands on a boundary the log still keeps. 0 always can. */
  serves(afterSeq: number): boolean;
  /**
   * Entries after the cursor and up to `uptoSeq` (a boundary), adjacent deltas merged, until about `maxBytes`
   * (at least one entry, where there is one). From cursor 0, read on and on, this is the whole fold: compaction merges
   * old entries and drops none.
   * @throws {StreamError} `storage_damaged`, `storage_failed`
   */
  read(afterSeq: number, maxBytes: number, uptoSeq?: number): LogEntry[];
  /** Approximate bytes `read` would return in all from this cursor. */
  pendingBytes(afterSeq: number): number;
}

/** Keeps logs, within bounds. */
export interface LogStorage {
  /**
   * A new, empty log, as safe as the storage can make it when this returns. `note` is kept beside it.
   * @throws {StreamError} `stream_conflict` if the channel exists; where nothing can be stored, why
   */
  create(channel: string, principal: string, note?: string): StreamLog;
  /** The log of a running stream is always the same object. @throws {StreamError} `storage_damaged`, `storage_failed` */
  get(channel: string): StreamLog | undefined;
  /** Replaces the note of a running log, at once. Does not fail with the disk. */
  annotate(channel: string, note: string): void;
  delete(channel: string): void;
  /** Logs that had no terminal event when the process that fed them ended, in epochs of their own. Somebody has to end them. */
  interrupted(): readonly StreamLog[];
  /** When it returns, all that was appended survives the end of the process, or `failure` says why not. */
  commit(): void;
  /** Drops what is beyond the bounds (age, count and bytes of closed logs, oldest first). Returns the channels dropped. */
  evict(nowMs: number): string[];
  /** Why nothing can be stored at the moment. What was appended since stays readable, and is stored when it can be again. */
  readonly failure: StreamError | undefined;
  /** Whether more waits to be stored than may: running logs must be ended. */
  readonly overflowing: boolean;
  /** A log that grows beyond this must be ended: the relay closes its stream with `stream_too_large`. */
  readonly maxLogBytes: number;
  readonly size: number;
  readonly bytes: number;
  /** `undefined` where nothing is ever written. */
  readonly stats: StorageStats | undefined;
  close(): void;
}

/** Figures of a storage that writes, since it was opened. */
export interface StorageStats {
  readonly commits: number;
  readonly commitMsSum: number;
  readonly commitMsMax: number;
  readonly committedEvents: number;
  readonly committedBytes: number;
  /** Commits that failed. */
  readonly failures: number;
  /** What a crash now would lose. */
  readonly uncommittedEvents: number;
  readonly uncommittedBytes: number;
}

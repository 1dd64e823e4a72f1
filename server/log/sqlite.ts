// Longer than most files here: what one transaction does, and what follows from it in memory, is told in one place.
import { type LogEntry, mergeEntries, StreamError, wireLimits } from '../../src/wire/index.ts';
import { beyond, resolveBounds } from './bounds.ts';
import { type Checkpointer, createCheckpointer } from './checkpoint.ts';
import { type Chunk, Chunks, ENTRY_BYTES, encodeChunks, encodeSummed } from './chunks.ts';
import { type Database, openDatabase } from './database.ts';
import { contentBytes, Entries } from './entries.ts';
import { openError, storageError } from './failure.ts';
import type { LogStorage, StorageStats, StreamLog } from './log.ts';
import { SqliteLog, type SqliteLogHost } from './sqlite-log.ts';
import { type ClosedRow, Tables } from './tables.ts';

export interface SqliteStorageOptions {
  /** Folder of the files, for one process at a time. Made where it is missing. */
  readonly directory: string;
  /** How long a closed log stays readable, ms. @default 604800000 (a week) */
  readonly graceMs?: number;
  /** Closed logs kept at most. @default 1000000 */
  readonly maxClosed?: number;
  /** Bytes of closed logs kept at most. @default 4294967296 (4 GiB) */
  readonly maxClosedBytes?: number;
  /** Bytes one log may reach. @default 33554432 */
  readonly maxLogBytes?: number;
  /** Bytes of a running log's newest events kept one by one; older ones are compacted. @default 524288 */
  readonly keepBytes?: number;
  /** Longest wait of an event for its commit, ms: what a crash may cost. @default 50 */
  readonly commitMs?: number;
  /** Events that wait at most; the next commits at once. @default 2000 */
  readonly commitEvents?: number;
  /** Bytes that wait at most, roughly, and but for one event; the next commits at once. @default 262144 */
  readonly commitBytes?: number;
  /** While nothing can be stored: bytes kept in memory, after which running streams end. @default 67108864 */
  readonly maxUnsavedBytes?: number;
}

/** A timer that is longer fires at once. */
const MAX_COMMIT_MS = 2 ** 31 - 1;

type Resolved = Required<Omit<SqliteStorageOptions, 'directory'>>;

export const sqliteStorageDefaults: Resolved = {
  graceMs: 604_800_000,
  maxClosed: 1_000_000,
  maxClosedBytes: 4_294_967_296,
  maxLogBytes: 33_554_432,
  keepBytes: 524_288,
  commitMs: 50,
  commitEvents: 2_000,
  commitBytes: 262_144,
  maxUnsavedBytes: 67_108_864,
};

/**
 * Logs in a folder on the disk. Events are appended in memory and committed in groups; a commit survives the end of the process.
 * What was running when the process ended is `interrupted` when the folder is opened again.
 * @throws {StreamError} `bad_option`, `storage_unwritable`, `storage_locked`, `storage_damaged`, `storage_version`, `storage_full`, `storage_failed`
 */
export function createSqliteStorage(options: SqliteStorageOptions, now: () => number = Date.now): LogStorage {
  const { directory, ...rest } = options;
  if (typeof directory !== 'string' || directory === '')
    throw new StreamError('bad_option', 'createSqliteStorage: directory is missing; it names the folder to keep streams in.');
  const resolved = resolveBounds<Resolved>('createSqliteStorage', sqliteStorageDefaults, rest, {
    commitMs: 1,
    commitEvents: 1,
    commitBytes: 1,
  });
  if (resolved.commitMs > MAX_COMMIT_MS)
    throw new StreamError('bad_option', `createSqliteStorage: commitMs is ${resolved.commitMs}; it must be ${MAX_COMMIT_MS} at most.`);
  if (resolved.commitBytes > resolved.maxUnsavedBytes) {
    throw new StreamError(
      'bad_option',
      `createSqliteStorage: commitBytes is ${resolved.commitBytes}, more than maxUnsavedBytes, ${resolved.maxUnsavedBytes}. Lower it, or raise the other.`,
    );
  }
  const database = openDatabase(directory);
  try {
    return new SqliteStorage(database, resolved, now);
  } catch (cause) {
    database.close();
    throw openError(cause instanceof StreamError ? cause.cause : cause, database.file);
  }
}

/** A tail becomes a chunk at this size, or earlier where only little is kept one by one. */
const CHUNK_BYTES = 32_768;
/** Rows of the journal after which a log that hardly grows is settled, so that the journal can be trimmed. */
const JOURNAL_ROWS = 20_000;
const TRIM_EVERY_COMMITS = 64;
const RETRY_MS = 1_000;
/** Dropped at once at most, so that nobody waits for it. */
const EVICT_LOGS = 200;

class SqliteStorage implements LogStorage, SqliteLogHost {
  readonly maxLogBytes: number;
  readonly chunks: Chunks;
  failure: StreamError | undefined;
  readonly now: () => number;
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #checkpointer: Checkpointer;
  readonly #options: Resolved;
  readonly #chunkBytes: number;
  /** Logs whose end is not stored yet. */
  readonly #running = new Map<string, SqliteLog>();
  readonly #interrupted: readonly SqliteLog[];
  #closed: { count: number; bytes: number };
  /** Logs that have something to commit. */
  #grown = new Set<SqliteLog>();
  #pendingEvents = 0;
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastJournal = 0;
  #isClosed = false;
  #figures = { commits: 0, commitMsSum: 0, commitMsMax: 0, committedEvents: 0, committedBytes: 0, failures: 0 };

  constructor(database: Database, options: Resolved, now: () => number) {
    this.#database = database;
    this.#tables = new Tables(database.sqlite);
    this.chunks = new Chunks(this.#tables, database);
    this.now = now;
    this.#options = options;
    this.maxLogBytes = options.maxLogBytes;
    this.#chunkBytes = Math.min(CHUNK_BYTES, Math.max(1_024, options.keepBytes >>> 1));
    this.#closed = { ...database.query(() => this.#tables.closedTotal()) };
    this.#interrupted = database.transaction(() => this.#recover());
    for (const log of this.#interrupted) this.#running.set(log.channel, log);
    this.#checkpointer = createCheckpointer(database.file, () => database.sqlite.exec('PRAGMA wal_autocheckpoint = 1000'));
  }

  get size(): number {
    return this.#closed.count + this.#running.size;
  }

  get bytes(): number {
    let bytes = this.#closed.bytes;
    for (const log of this.#running.values()) bytes += log.bytes;
    return bytes;
  }

  get overflowing(): boolean {
    return this.failure !== undefined && this.#pendingBytes > this.#options.maxUnsavedBytes;
  }

  get stats(): StorageStats {
    return { ...this.#figures, uncommittedEvents: this.#pendingEvents, uncommittedBytes: this.#pendingBytes };
  }

  create(channel: string, principal: string, note = ''): StreamLog {
    if (this.get(channel) !== undefined) throw new StreamError('stream_conflict', `The channel ${channel} exists already.`);
    if (this.failure !== undefined) throw this.failure;
    const named = { channel, principal, note, epoch: newEpoch() };
    try {
      const id = this.#database.transaction(() => this.#tables.insertLog(named));
      const log = new SqliteLog({ ...named, id, closed_at: null, head: 0, content: 0, bytes: 0 }, this);
      this.#running.set(channel, log);
      return log;
    } catch (cause) {
      throw this.#failed(cause);
    }
  }

  get(channel: string): StreamLog | undefined {
    const running = this.#running.get(channel);
    if (running !== undefined) return running;
    const row = this.#database.query(() => this.#tables.log(channel));
    return row === undefined ? undefined : new SqliteLog(row, this);
  }

  annotate(channel: string, note: string): void {
    const log = this.#running.get(channel);
    if (log === undefined) return;
    log.note = note;
    try {
      this.#database.transaction(() => this.#tables.noteLog(log.id, note));
    } catch (cause) {
      this.#failed(cause);
    }
  }

  delete(channel: string): void {
    const log = this.get(channel);
    if (!(log instanceof SqliteLog)) return;
    this.#database.transaction(() => this.#tables.deleteLog(log.id));
    this.#dropped(log, !this.#running.delete(channel));
  }

  interrupted(): readonly StreamLog[] {
    return this.#interrupted;
  }

  grown(log: SqliteLog, entries: readonly LogEntry[]): void {
    this.#grown.add(log);
    this.#pendingEvents += entries.length;
    for (const { event } of entries) this.#pendingBytes += contentBytes(event) + ENTRY_BYTES;
    const full = this.#pendingEvents >= this.#options.commitEvents || this.#pendingBytes >= this.#options.commitBytes;
    // What failed is tried again by the clock, not by every event.
    if (full && this.failure === undefined) this.commit();
    else this.#timer ??= setTimeout(() => this.commit(), this.failure === undefined ? this.#options.commitMs : RETRY_MS);
  }

  commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isClosed || (this.#grown.size === 0 && this.failure === undefined)) return;
    const startedAt = performance.now();
    let stored: (() => void)[];
    try {
      stored = this.#database.transaction(() => {
        if (this.failure !== undefined) this.#tables.probe();
        if (this.#figures.commits % TRIM_EVERY_COMMITS === 0) this.#trimJournal();
        return [...this.#grown].map((log) => (this.#isDue(log) ? this.#settle(log) : this.#note(log)));
      });
    } catch (cause) {
      this.#failed(cause);
      return;
    }
    for (const apply of stored) apply();
    this.failure = undefined;
    this.#grown.clear();
    this.#count(performance.now() - startedAt);
    this.#checkpointer.committed();
  }

  evict(nowMs: number): string[] {
    try {
      this.commit();
      const dropped = this.#database.query(() => {
        const due: ClosedRow[] = [];
        for (const row of beyond(this.#tables.closedLogs(), this.#closed, this.#options, nowMs)) if (due.push(row) === EVICT_LOGS) break;
        return due;
      });
      if (dropped.length > 0) {
        this.#database.transaction(() => {
          for (const { id } of dropped) this.#tables.deleteLog(id);
        });
        for (const log of dropped) this.#dropped(log, true);
      }
      if (this.#database.query(() => this.#tables.shrink()) || dropped.length > 0) this.#checkpointer.committed();
      return dropped.map(({ channel }) => channel);
    } catch (cause) {
      this.#failed(cause);
      return [];
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.commit();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#checkpointer.close();
    this.#database.close();
  }

  /** Whether it is time for chunks: at the log's end, for a whole chunk, or because the journal has become long. */
  #isDue(log: SqliteLog): boolean {
    return log.closed || log.tailBytes >= this.#chunkBytes || this.#lastJournal - (log.journalFrom ?? this.#lastJournal) > JOURNAL_ROWS;
  }

  /** Everything unsettled as chunks. To be applied once the transaction is through. */
  #settle(log: SqliteLog): () => void {
    const { head } = log;
    const rows = encodeChunks(log.tail.slice(0), log.settled.content, this.#chunkBytes);
    for (const row of rows) this.#tables.insertChunk(log.id, row);
    const written = rows.map(({ from_seq, to_seq, batch }) => ({ fromSeq: from_seq, toSeq: to_seq, bytes: batch.byteLength }));
    const { loose, savedBytes } = this.#compact(log.id, [...log.loose, ...written]);
    const content = log.settled.content + log.tail.content;
    const bytes = log.settled.bytes + sum(written) - savedBytes;
    const { closedAt } = log;
    if (closedAt !== undefined) this.#tables.closeLog(log.id, { closedAt, head, content, bytes });
    return () => {
      log.settled = { seq: head, content, bytes };
      log.tail = new Entries();
      log.committed = head;
      log.journalFrom = undefined;
      log.loose = loose;
      if (closedAt === undefined) return;
      this.#running.delete(log.channel);
      this.#closed.count += 1;
      this.#closed.bytes += bytes;
    };
  }

  /** What is new, as a row of the journal. */
  #note(log: SqliteLog): () => void {
    const { head, uncommitted } = log;
    if (uncommitted.length === 0) return () => {};
    const { batch, crc } = encodeSummed(uncommitted);
    const id = this.#tables.insertJournal(log.id, batch, crc);
    return () => {
      log.committed = head;
      log.journalFrom ??= id;
      this.#lastJournal = id;
    };
  }

  /** Merges the older half of what is kept one by one, once it is twice the bound. */
  #compact(log: number, loose: SqliteLog['loose']): { readonly loose: SqliteLog['loose']; readonly savedBytes: number } {
    if (sum(loose) < 2 * this.#options.keepBytes || loose.length < 2) return { loose, savedBytes: 0 };
    const old = loose.slice(0, loose.length >>> 1);
    const chunks = this.#readable(log, old);
    const [first] = chunks;
    const last = chunks.at(-1);
    // What cannot be read is left as it is: one log's damage must not keep the others from being stored.
    if (first === undefined || last === undefined) return { loose: loose.slice(old.length), savedBytes: 0 };
    const entries = chunks.flatMap((chunk) => chunk.entries.slice(0));
    const rows = encodeChunks(mergeEntries(entries, wireLimits.maxMergedDelta), first.contentBefore, this.#chunkBytes);
    this.#tables.deleteChunks(log, first.fromSeq, last.toSeq);
    for (const row of rows) this.#tables.insertChunk(log, row);
    // Whatever becomes of the transaction, what is read next is what is stored then.
    this.chunks.forget(log);
    return { loose: loose.slice(old.length), savedBytes: sum(old) - rows.reduce((bytes, { batch }) => bytes + batch.byteLength, 0) };
  }

  /** All of these chunks, or none where one is damaged. */
  #readable(log: number, runs: SqliteLog['loose']): Chunk[] {
    try {
      return runs.map(({ fromSeq }) => this.chunks.holding(log, fromSeq));
    } catch (cause) {
      if (cause instanceof StreamError && cause.code === 'storage_damaged') return [];
      throw cause;
    }
  }

  /** Drops what is settled from the journal. A log that hardly grows is settled, lest it keep all that came after. */
  #trimJournal(): void {
    let floor = this.#lastJournal + 1;
    for (const log of this.#running.values()) {
      if (log.journalFrom === undefined) continue;
      floor = Math.min(floor, log.journalFrom);
      if (log.journalFrom < this.#lastJournal - JOURNAL_ROWS) this.#grown.add(log);
    }
    this.#tables.trimJournal(floor);
  }

  /** Logs that were running when the last process ended: what the journal has of them as chunks, in a new epoch each. */
  #recover(): SqliteLog[] {
    const logs = new Map<number, SqliteLog>();
    for (const row of this.#tables.openLogs()) {
      const last = this.#tables.chunk(row.id, Number.MAX_SAFE_INTEGER);
      const epoch = newEpoch();
      this.#tables.renewLog(row.id, epoch);
      const head = last?.to_seq ?? 0;
      // Near enough, and known even of a chunk that cannot be read.
      const content = last === undefined ? 0 : last.content_before + last.batch.byteLength;
      logs.set(row.id, new SqliteLog({ ...row, epoch, head, content, bytes: this.#tables.chunkBytes(row.id) }, this));
    }
    for (const { log: id, batch, crc } of this.#tables.journal()) {
      const log = logs.get(id);
      if (log !== undefined) for (const entry of this.#journalled(batch, crc)) if (entry.fromSeq === log.head + 1) log.tail.push(entry);
    }
    for (const log of logs.values()) if (log.tail.length > 0) this.#settle(log)();
    this.#tables.trimJournal(Number.MAX_SAFE_INTEGER);
    return [...logs.values()];
  }

  /** A damaged row is the end of what its log has: nothing that follows it fits. */
  #journalled(batch: Uint8Array, crc: number | null): readonly LogEntry[] {
    try {
      return this.chunks.decode(batch, crc);
    } catch {
      return [];
    }
  }

  #dropped(log: { readonly id: number; readonly bytes: number }, closed: boolean): void {
    this.chunks.forget(log.id);
    if (!closed) return;
    this.#closed.count -= 1;
    this.#closed.bytes -= log.bytes;
  }

  #failed(cause: unknown): StreamError {
    this.#figures.failures += 1;
    this.failure = storageError(cause);
    this.#timer ??= setTimeout(() => this.commit(), RETRY_MS);
    return this.failure;
  }

  #count(ms: number): void {
    const figures = this.#figures;
    figures.commits += 1;
    figures.commitMsSum += ms;
    figures.commitMsMax = Math.max(figures.commitMsMax, ms);
    figures.committedEvents += this.#pendingEvents;
    figures.committedBytes += this.#pendingBytes;
    this.#pendingEvents = 0;
    this.#pendingBytes = 0;
  }
}

function newEpoch(): string {
  return crypto.randomUUID().slice(0, 13);
}

function sum(runs: readonly { readonly bytes: number }[]): number {
  return runs.reduce((bytes, run) => bytes + run.bytes, 0);
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** A row of `logs`. */
export interface LogRow {
  readonly id: number;
  readonly channel: string;
  readonly principal: string;
  readonly note: string;
  readonly epoch: string;
  /** `null` while it runs; the figures behind it count only then. */
  readonly closed_at: number | null;
  readonly head: number;
  readonly content: number;
  readonly bytes: number;
}

/** What retention needs of one. */
export interface ClosedRow {
  readonly id: number;
  readonly channel: string;
  readonly closedAt: number;
  readonly bytes: number;
}

export interface ChunkRow {
  readonly from_seq: number;
  readonly to_seq: number;
  readonly content_before: number;
  readonly batch: Uint8Array;
  readonly crc: number | null;
}

export interface JournalRow {
  readonly id: number;
  readonly log: number;
  readonly batch: Uint8Array;
  readonly crc: number | null;
}

/** All SQL but the schema. Methods throw what SQLite throws. */
export class Tables {
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(sqlite: DatabaseSync) {
    this.#sqlite = sqlite;
  }

  insertLog(row: Pick<LogRow, 'channel' | 'principal' | 'note' | 'epoch'>): number {
    const sql = 'INSERT INTO logs (channel, principal, note, epoch) VALUES (?, ?, ?, ?)';
    return Number(this.#sql(sql).run(row.channel, row.principal, row.note, row.epoch).lastInsertRowid);
  }

  log(channel: string): LogRow | undefined {
    return this.#sql('SELECT * FROM logs WHERE channel = ?').get(channel) as LogRow | undefined;
  }

  openLogs(): LogRow[] {
    return this.#sql('SELECT * FROM logs WHERE closed_at IS NULL ORDER BY id').all() as unknown as LogRow[];
  }

  /** Oldest first. */
  closedLogs(): Iterable<ClosedRow> {
    const sql = 'SELECT id, channel, closed_at AS closedAt, bytes FROM logs WHERE closed_at IS NOT NULL ORDER BY closed_at, id';
    return this.#sql(sql).iterate() as Iterable<unknown> as Iterable<ClosedRow>;
  }

  closedTotal(): { readonly count: number; readonly bytes: number } {
    const sql = 'SELECT count(*) AS count, ifnull(sum(bytes), 0) AS bytes FROM logs WHERE closed_at IS NOT NULL';
    return this.#sql(sql).get() as { count: number; bytes: number };
  }

  renewLog(id: number, epoch: string): void {
    this.#sql('UPDATE logs SET epoch = ? WHERE id = ?').run(epoch, id);
  }

  noteLog(id: number, note: string): void {
    this.#sql('UPDATE logs SET note = ? WHERE id = ?').run(note, id);
  }

  closeLog(id: number, figures: { closedAt: number; head: number; content: number; bytes: number }): void {
    const sql = 'UPDATE logs SET closed_at = ?, head = ?, content = ?, bytes = ? WHERE id = ?';
    this.#sql(sql).run(figures.closedAt, figures.head, figures.content, figures.bytes, id);
  }

  deleteLog(id: number): void {
    this.#sql('DELETE FROM chunks WHERE log = ?').run(id);
    this.#sql('DELETE FROM logs WHERE id = ?').run(id);
  }

  insertChunk(log: number, { from_seq, to_seq, content_before, batch, crc }: ChunkRow): void {
    const sql = 'INSERT INTO chunks (log, from_seq, to_seq, content_before, batch, crc) VALUES (?, ?, ?, ?, ?, ?)';
    this.#sql(sql).run(log, from_seq, to_seq, content_before, batch, crc);
  }

  /** The chunk that holds `seq`, or the last one before it. */
  chunk(log: number, seq: number): ChunkRow | undefined {
    return this.#sql('SELECT * FROM chunks WHERE log = ? AND from_seq <= ? ORDER BY from_seq DESC LIMIT 1').get(log, seq) as
      | ChunkRow
      | undefined;
  }

  chunkBytes(log: number): number {
    return Number(this.#sql('SELECT ifnull(sum(length(batch)), 0) AS bytes FROM chunks WHERE log = ?').get(log)?.['bytes']);
  }

  deleteChunks(log: number, fromSeq: number, toSeq: number): void {
    this.#sql('DELETE FROM chunks WHERE log = ? AND from_seq BETWEEN ? AND ?').run(log, fromSeq, toSeq);
  }

  insertJournal(log: number, batch: Uint8Array, crc: number): number {
    return Number(this.#sql('INSERT INTO journal (log, batch, crc) VALUES (?, ?, ?)').run(log, batch, crc).lastInsertRowid);
  }

  journal(): Iterable<JournalRow> {
    return this.#sql('SELECT * FROM journal ORDER BY id').iterate() as Iterable<unknown> as Iterable<JournalRow>;
  }

  trimJournal(beforeId: number): void {
    this.#sql('DELETE FROM journal WHERE id < ?').run(beforeId);
  }

  /** Writes, and leaves nothing behind: fails where nothing can be written. */
  probe(): void {
    this.#sql('DELETE FROM journal WHERE id = ?').run(this.insertJournal(0, new Uint8Array(0), 0));
  }

  /** Gives some free pages back to the file system, where a quarter of the file is free. Whether it did. */
  shrink(): boolean {
    const number = (pragma: string): number => Number(this.#sql(`PRAGMA ${pragma}`).get()?.[pragma]);
    if (number('freelist_count') * 4 <= number('page_count')) return false;
    this.#sqlite.exec('PRAGMA incremental_vacuum(256)');
    return true;
  }

  #sql(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

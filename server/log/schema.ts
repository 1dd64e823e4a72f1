import type { DatabaseSync } from 'node:sqlite';

/** `SLCE`, in the header of every file of ours (SQLite's `application_id`). */
export const APPLICATION_ID = 0x534c4345;

/**
 * How the file came to look as it does: entry n makes version n + 1 of version n. Never changed once released, only added to.
 *
 * A running log is in `chunks` up to some `seq`, and beyond it in `journal`: one commit adds one short row of the journal for each
 * log that grew, all in the same place of the file. Chunks are written when they are large enough, or when the log ends.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE logs (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     channel TEXT NOT NULL UNIQUE,
     principal TEXT NOT NULL,
     note TEXT NOT NULL,
     epoch TEXT NOT NULL,
     closed_at INTEGER,
     head INTEGER NOT NULL DEFAULT 0,
     content INTEGER NOT NULL DEFAULT 0,
     bytes INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE chunks (
     log INTEGER NOT NULL,
     from_seq INTEGER NOT NULL,
     to_seq INTEGER NOT NULL,
     content_before INTEGER NOT NULL,
     batch BLOB NOT NULL,
     PRIMARY KEY (log, from_seq)
   ) STRICT;
   CREATE TABLE journal (
     id INTEGER PRIMARY KEY,
     log INTEGER NOT NULL,
     batch BLOB NOT NULL
   ) STRICT;`,
  // Damage inside a batch is found by its sum; retention finds the oldest without sorting.
  `ALTER TABLE chunks ADD COLUMN crc INTEGER;
   ALTER TABLE journal ADD COLUMN crc INTEGER;
   CREATE INDEX closed_logs ON logs (closed_at, id) WHERE closed_at IS NOT NULL;`,
];

/** Brings an open file to the newest version, as one transaction. @throws what SQLite throws; the file is then as it was */
export function migrate(sqlite: DatabaseSync, version: number): void {
  if (version === migrations.length) return;
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(version)) sqlite.exec(step);
    sqlite.exec(`PRAGMA user_version = ${migrations.length}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
  } catch (cause) {
    sqlite.exec('ROLLBACK');
    throw cause;
  }
}

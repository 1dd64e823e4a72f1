import { closeSync, mkdirSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StreamError } from '../../src/wire/index.ts';
import { openError, storageError } from './failure.ts';
import { APPLICATION_ID, migrate, migrations } from './schema.ts';

/** Names inside the folder. SQLite adds `-wal` and `-shm` to the first. */
const DATABASE_FILE = 'sluice.db';
const LOCK_FILE = 'sluice.lock';

const NOT_STARTED = 'The relay did not start, and nothing was changed.';
/** A commit waits this long for a checkpoint that empties the write-ahead log, or for another program. */
const BUSY_TIMEOUT_MS = 250;

/** A folder's database, held by this process alone. */
export interface Database {
  readonly file: string;
  readonly sqlite: DatabaseSync;
  /** All or nothing. @throws {StreamError} of the storage */
  transaction<T>(work: () => T): T;
  /** @throws {StreamError} of the storage */
  query<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the folder's database, and makes both where they are missing. Write-ahead log, `synchronous = NORMAL`: a commit is in the hands of
 * the operating system when it returns, so it survives the end of the process; a loss of power may cost what was committed since the
 * last checkpoint, about a second, and never damages the file.
 * @throws {StreamError} `storage_unwritable`, `storage_locked`, `storage_damaged`, `storage_version`, `storage_full`, `storage_failed`
 */
export function openDatabase(directory: string): Database {
  const file = resolve(directory, DATABASE_FILE);
  const sqlite3 = loadSqlite();
  const opened: DatabaseSync[] = [];
  const open = (path: string): DatabaseSync => {
    const database = new sqlite3.DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    opened.push(database);
    return database;
  };
  const close = (): void => {
    for (const database of opened.splice(0).reverse()) if (database.isOpen) database.close();
  };
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // A lock of the operating system, which ends with the process however it ends.
    open(resolve(directory, LOCK_FILE)).exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    // Answers are nobody else's to read, whatever the folder allows; SQLite's own files take after this one.
    closeSync(openSync(file, 'a', 0o600));
    const sqlite = open(file);
    const version = versionOf(sqlite, file);
    if (version === 0) sqlite.exec('PRAGMA auto_vacuum = INCREMENTAL');
    sqlite.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY`);
    const mode = sqlite.prepare('PRAGMA journal_mode = WAL').get();
    if (mode?.['journal_mode'] !== 'wal') {
      throw new StreamError(
        'storage_unwritable',
        `${file}: the file system cannot share memory, as a write-ahead log needs. ${NOT_STARTED} Choose a folder on a local disk.`,
      );
    }
    migrate(sqlite, version);
    return { file, sqlite, close, ...guarded(sqlite) };
  } catch (cause) {
    close();
    throw openError(cause, file);
  }
}

function guarded(sqlite: DatabaseSync): Pick<Database, 'transaction' | 'query'> {
  const query = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw storageError(cause);
    }
  };
  return {
    query,
    transaction: (work) =>
      query(() => {
        sqlite.exec('BEGIN IMMEDIATE');
        try {
          const result = work();
          sqlite.exec('COMMIT');
          return result;
        } catch (cause) {
          // SQLite itself rolls back on some errors, a full disk among them.
          if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
          throw cause;
        }
      }),
  };
}

/** Version of the schema, 0 for a new file. Writes nothing. */
function versionOf(sqlite: DatabaseSync, file: string): number {
  const number = (pragma: string): number => Number(sqlite.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
  if (number('page_count') === 0) return 0;
  const version = number('user_version');
  if (number('application_id') !== APPLICATION_ID) {
    throw new StreamError('storage_damaged', `${file}: this is a database of something else. ${NOT_STARTED} Choose another folder.`);
  }
  if (version > migrations.length) {
    throw new StreamError(
      'storage_version',
      `${file}: the file has version ${version}, and this Sluice knows versions up to ${migrations.length}. ${NOT_STARTED} Update Sluice, or choose another folder.`,
    );
  }
  return version;
}

/** Only when a database is opened: who keeps streams in memory pays nothing, and some older Node warns that it is experimental. */
function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = (() => {}) as typeof process.emitWarning;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type CheckpointOptions, createCheckpointer } from '../../../server/log/checkpoint.ts';
import { temporaryDirectory } from '../../support/directory.ts';

/** A megabyte in the write-ahead log, and sizes of both files. */
function written(): { file: string; database: DatabaseSync; sizes(): { database: number; log: number } } {
  const file = join(temporaryDirectory(), 'a.db');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a)');
  for (let index = 0; index < 100; index += 1) database.prepare('INSERT INTO t VALUES (zeroblob(10000))').run();
  onTestFinished(() => database.close());
  return { file, database, sizes: () => ({ database: statSync(file).size, log: statSync(`${file}-wal`).size }) };
}

function start(file: string, instead: () => void, options: CheckpointOptions): void {
  const checkpointer = createCheckpointer(file, instead, { intervalMs: 1, ...options });
  onTestFinished(() => checkpointer.close());
  checkpointer.committed();
}

test('moves what was committed into the database, while others may write', async () => {
  const { file, database, sizes } = written();
  const instead = vi.fn();
  start(file, instead, {});
  await vi.waitFor(() => expect(sizes().database).toBeGreaterThan(1_000_000), { timeout: 20_000 });
  expect(sizes().log).toBeGreaterThan(1_000_000);
  database.exec('INSERT INTO t VALUES (1)');
  expect(instead).not.toHaveBeenCalled();
});

test('empties a write-ahead log that has become too long', async () => {
  const { file, sizes } = written();
  start(file, () => {}, { maxBytes: 500_000 });
  await vi.waitFor(() => expect(sizes().log).toBe(0), { timeout: 20_000 });
  expect(sizes().database).toBeGreaterThan(1_000_000);
});

test('says when it cannot work, once, and never makes a file', async () => {
  const directory = temporaryDirectory();
  const instead = vi.fn();
  start(join(directory, 'missing.db'), instead, {});
  await vi.waitFor(() => expect(instead).toHaveBeenCalledOnce(), { timeout: 20_000 });
  expect(() => statSync(join(directory, 'missing.db'))).toThrow('ENOENT');
});

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSqliteStorage, type LogStorage, type SqliteStorageOptions, type StreamLog } from '../../../server/log/index.ts';
import { migrations } from '../../../server/log/schema.ts';
import { emptyFold, encodeBatch, foldEntries, foldedText, type StreamEvent } from '../../../src/wire/index.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { canMount, type Disk, fewPages, smallFileSystem } from './disk.ts';
import { readStored } from './stored.ts';

const text = (delta: string): StreamEvent => ({ type: 'text', part: 't0', delta });
const finish: StreamEvent = { type: 'finish', reason: 'stop' };

function open(directory: string, options: Omit<SqliteStorageOptions, 'directory'> = {}): LogStorage {
  const storage = createSqliteStorage({ directory, ...options });
  onTestFinished(() => storage.close());
  return storage;
}

/** A folder with two finished answers in it. */
function filled(directory: string = temporaryDirectory()): string {
  const storage = createSqliteStorage({ directory });
  for (const id of ['a', 'b']) storage.create(`stream:${id}`, 'p').append([text(`${id} `.repeat(3_000)), finish], 0);
  storage.close();
  return directory;
}

function textOf(log: StreamLog | undefined): string | undefined {
  if (log === undefined) return undefined;
  return foldedText(foldEntries(emptyFold(), log.read(0, Number.POSITIVE_INFINITY)));
}

const answers = { a: 'a '.repeat(3_000), b: 'b '.repeat(3_000) };

/** Every file and its bytes. */
function contents(directory: string): Record<string, string> {
  return Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'base64')]));
}

function expectRefusal(directory: string, code: string, ...said: string[]): void {
  let refusal: unknown;
  try {
    createSqliteStorage({ directory }).close();
  } catch (cause) {
    refusal = cause;
  }
  expect(refusal).toMatchObject({ name: 'StreamError', code });
  for (const part of [directory, 'did not start', ...said]) expect(String(refusal)).toContain(part);
}

describe('a full disk', () => {
  const kinds: Record<string, () => Disk> = {
    'few pages': fewPages,
    'a small file system': () => (canMount() ? smallFileSystem() : fewPages()),
  };

  test.for(Object.entries(kinds))(
    '[RL12] (%s) leaves running logs in memory, refuses new ones, and stores all when there is room again',
    ([, make]) => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const disk = make();
      const storage = open(disk.directory);
      storage.create('stream:done', 'p').append([text('kept '.repeat(1_000)), finish], 0);
      const log = storage.create('stream:running', 'p');
      log.append([text('before ')], 0);
      storage.commit();
      disk.fill();
      for (let index = 0; index < 100; index += 1) log.append([text(`${'during'.repeat(200)} `)], index);
      storage.commit();
      expect(storage.failure).toMatchObject({ code: 'storage_full', retryable: true });
      expect(storage.failure?.message).not.toContain(disk.directory);
      expect(storage.overflowing).toBe(false);
      const expected = `before ${`${'during'.repeat(200)} `.repeat(100)}`;
      expect(textOf(log)).toBe(expected);
      expect(textOf(storage.get('stream:done'))).toBe('kept '.repeat(1_000));
      expect(() => storage.create('stream:new', 'p')).toThrow(expect.objectContaining({ code: 'storage_full' }));
      expect(storage.evict(0)).toEqual([]);
      vi.advanceTimersByTime(5_000);
      expect(storage.failure?.code).toBe('storage_full');
      log.append([finish], 200);
      disk.free();
      vi.advanceTimersByTime(5_000);
      expect(storage.failure).toBeUndefined();
      expect(storage.stats).toMatchObject({ uncommittedEvents: 0, uncommittedBytes: 0 });
      storage.create('stream:new', 'p').append([finish], 0);
      storage.close();
      const again = open(disk.directory);
      expect(again.interrupted()).toEqual([]);
      expect(textOf(again.get('stream:running'))).toBe(expected);
      expect(textOf(again.get('stream:done'))).toBe('kept '.repeat(1_000));
      expect(again.get('stream:new')?.closed).toBe(true);
    },
  );

  test('says when more waits than may', () => {
    const disk = fewPages();
    const storage = open(disk.directory, { commitBytes: 1_000, maxUnsavedBytes: 50_000 });
    const log = storage.create('stream:a', 'p');
    disk.fill();
    for (let index = 0; index < 40; index += 1) log.append([text('x'.repeat(1_000))], index);
    expect([storage.failure?.code, storage.overflowing]).toEqual(['storage_full', false]);
    for (let index = 0; index < 20; index += 1) log.append([text('x'.repeat(1_000))], index);
    expect(storage.overflowing).toBe(true);
    disk.free();
    storage.commit();
    expect([storage.failure, storage.overflowing]).toEqual([undefined, false]);
  });

  test('when the folder is opened is said, and what is stored stays', () => {
    const directory = filled();
    writeFileSync(join(directory, 'note'), '');
    vi.spyOn(process, 'getBuiltinModule').mockImplementation((() => ({
      DatabaseSync: class extends DatabaseSync {
        override exec(sql: string): void {
          if (sql.startsWith('BEGIN IMMEDIATE')) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
          super.exec(sql);
        }
      },
    })) as typeof process.getBuiltinModule);
    onTestFinished(() => void vi.restoreAllMocks());
    expectRefusal(directory, 'storage_full', 'Free some space');
    vi.restoreAllMocks();
    expect(textOf(open(directory).get('stream:a'))).toBe(answers.a);
  });
});

describe('a folder that cannot be used', () => {
  test('is storage_locked while another process, or this one, has it open', () => {
    const directory = filled();
    const first = open(directory);
    expectRefusal(directory, 'storage_locked', 'End the other process');
    expect(textOf(first.get('stream:a'))).toBe(answers.a);
    first.close();
    expect(textOf(open(directory).get('stream:b'))).toBe(answers.b);
  });

  test('is storage_unwritable where it is a file, or below one', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), 'x');
    for (const path of ['file', 'file/below']) expectRefusal(join(directory, path), 'storage_unwritable', 'may write to');
  });

  test('is storage_unwritable where it is read-only, and nothing is lost', () => {
    const directory = temporaryDirectory();
    const data = join(directory, 'data');
    const setReadOnly = readOnly(directory);
    filled(data);
    const before = contents(data);
    setReadOnly(true);
    expectRefusal(data, 'storage_unwritable', 'may write to');
    expectRefusal(join(directory, 'new'), 'storage_unwritable');
    setReadOnly(false);
    expect(contents(data)).toEqual(before);
    expect(textOf(open(data).get('stream:a'))).toBe(answers.a);
  });
});

/** Root may write whatever the mode says, so it mounts the folder read-only; others take the right to write away. */
function readOnly(directory: string): (on: boolean) => void {
  if (process.getuid?.() !== 0 || !canMount()) {
    mkdirSync(join(directory, 'data'));
    return (on) => {
      for (const path of [directory, join(directory, 'data')]) chmodSync(path, on ? 0o555 : 0o755);
      for (const name of readdirSync(join(directory, 'data'))) chmodSync(join(directory, 'data', name), on ? 0o444 : 0o644);
    };
  }
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory]);
  onTestFinished(() => void execFileSync('umount', ['-l', directory]));
  return (on) => void execFileSync('mount', ['-o', on ? 'remount,ro' : 'remount,rw', directory]);
}

describe('a file that cannot be trusted', () => {
  test('is storage_damaged where it is none of ours, and is left as it is', () => {
    const garbage = temporaryDirectory();
    writeFileSync(join(garbage, 'sluice.db'), 'this is not a database '.repeat(500));
    const foreign = temporaryDirectory();
    const other = new DatabaseSync(join(foreign, 'sluice.db'));
    other.exec('CREATE TABLE theirs (a)');
    other.close();
    for (const directory of [garbage, foreign]) {
      const before = readFileSync(join(directory, 'sluice.db'));
      expectRefusal(directory, 'storage_damaged');
      expect(readFileSync(join(directory, 'sluice.db'))).toEqual(before);
    }
  });

  test('one answer that was changed is storage_damaged, the others are served', () => {
    const directory = filled();
    const database = new DatabaseSync(join(directory, 'sluice.db'));
    const row = database.prepare('SELECT rowid, batch FROM chunks WHERE log = 1').get() as { rowid: number; batch: Uint8Array };
    row.batch[row.batch.length >>> 1] = 0x21;
    database.prepare('UPDATE chunks SET batch = ? WHERE rowid = ?').run(row.batch, row.rowid);
    database.prepare('DELETE FROM chunks WHERE log = 2').run();
    database.close();
    const storage = open(directory);
    storage.create('stream:c', 'p').append([text('c'), finish], 0);
    storage.commit();
    for (const id of ['a', 'b']) {
      const log = storage.get(`stream:${id}`);
      expect(() => log?.read(0, 1_000)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
      expect(() => log?.serves(1)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
    }
    expect(textOf(storage.get('stream:c'))).toBe('c');
    expect(storage.failure).toBeUndefined();
  });

  test('a running answer that was changed on the disk keeps no other from being stored, whatever it grows to', () => {
    const directory = join(temporaryDirectory(), 'data');
    const storage = open(directory, { keepBytes: 4_096, commitBytes: 1_000 });
    const log = storage.create('stream:a', 'p');
    for (let index = 0; index < 5; index += 1) log.append([text('x'.repeat(1_000))], index);
    const database = new DatabaseSync(join(directory, 'sluice.db'));
    expect(database.prepare("UPDATE chunks SET batch = x'21' WHERE from_seq = 1").run().changes).toBe(1);
    database.close();
    for (let index = 0; index < 40; index += 1) log.append([text('y'.repeat(1_000))], index);
    storage.create('stream:b', 'p').append([text('b'), finish], 0);
    log.append([finish], 50);
    storage.commit();
    expect(storage.failure).toBeUndefined();
    expect(storage.stats).toMatchObject({ uncommittedEvents: 0, failures: 0 });
    storage.close();
    const again = open(directory);
    expect(again.interrupted()).toEqual([]);
    expect(textOf(again.get('stream:b'))).toBe('b');
    expect(again.get('stream:a')?.read(40, 1_000_000).length).toBeGreaterThan(0);
    expect(() => again.get('stream:a')?.read(0, 1_000)).toThrow(expect.objectContaining({ code: 'storage_damaged' }));
  });

  test('whichever page is overwritten: the truth is served, or an error, never another text', { timeout: 60_000 }, () => {
    const original = temporaryDirectory();
    const storage = createSqliteStorage({ directory: original });
    const truth = new Map<string, string>();
    for (let id = 0; id < 30; id += 1) {
      truth.set(`stream:${id}`, `${id} `.repeat(4_000));
      storage.create(`stream:${id}`, 'p').append([text(`${id} `.repeat(4_000)), finish], 0);
    }
    storage.close();
    const pages = readFileSync(join(original, 'sluice.db')).byteLength / 4_096;
    const outcomes = { served: 0, damaged: 0, refused: 0 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: pages - 1 }), fc.uint8Array({ minLength: 64, maxLength: 4_096 }), (page, noise) => {
        const directory = temporaryDirectory();
        cpSync(original, directory, { recursive: true });
        const bytes = readFileSync(join(directory, 'sluice.db'));
        bytes.set(noise, page * 4_096);
        writeFileSync(join(directory, 'sluice.db'), bytes);
        let damaged: LogStorage;
        try {
          damaged = createSqliteStorage({ directory });
        } catch (cause) {
          outcomes.refused += 1;
          expect(cause).toMatchObject({ name: 'StreamError', code: expect.stringMatching(/^storage_(damaged|version|unwritable)$/) });
          expect(readFileSync(join(directory, 'sluice.db'))).toEqual(bytes);
          return;
        }
        for (const [channel, whole] of truth) {
          try {
            const kept = textOf(damaged.get(channel));
            if (kept !== undefined) expect(kept).toBe(whole);
            outcomes.served += 1;
          } catch (cause) {
            expect(cause).toMatchObject({ name: 'StreamError', code: expect.stringMatching(/^storage_/) });
            outcomes.damaged += 1;
          }
        }
        damaged.close();
      }),
      { seed: 20_261_122, numRuns: 200 },
    );
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(0);
  });
});

describe('a file of another version', () => {
  function versionOne(): string {
    const directory = temporaryDirectory();
    const old = new DatabaseSync(join(directory, 'sluice.db'));
    old.exec(`${migrations[0]}; PRAGMA user_version = 1; PRAGMA application_id = ${0x534c4345}`);
    old.exec(
      `INSERT INTO logs (channel, principal, note, epoch, closed_at, head, content, bytes) VALUES ('stream:a', 'ada', 'n', 'e1', 5, 2, 36, 60)`,
    );
    old.exec(`INSERT INTO logs (channel, principal, note, epoch) VALUES ('stream:b', 'bob', 'n', 'e2')`);
    const batch = encodeBatch([
      { fromSeq: 1, seq: 1, at: 0, event: text('old ') },
      { fromSeq: 2, seq: 2, at: 1, event: finish },
    ]);
    old.prepare('INSERT INTO chunks (log, from_seq, to_seq, content_before, batch) VALUES (1, 1, 2, 0, ?)').run(batch);
    old
      .prepare('INSERT INTO journal (log, batch) VALUES (2, ?)')
      .run(encodeBatch([{ fromSeq: 1, seq: 1, at: 0, event: text('running ') }]));
    old.close();
    return directory;
  }

  test('an older one is brought up, with all it holds', () => {
    const directory = versionOne();
    const storage = open(directory);
    expect(storage.get('stream:a')).toMatchObject({ principal: 'ada', epoch: 'e1', head: 2, closed: true });
    expect(textOf(storage.get('stream:a'))).toBe('old ');
    expect(storage.interrupted().map(textOf)).toEqual(['running ']);
    storage.create('stream:c', 'p').append([text('new'), finish], 0);
    storage.close();
    const database = new DatabaseSync(join(directory, 'sluice.db'));
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length });
    database.close();
    expect(textOf(open(directory).get('stream:c'))).toBe('new');
  });

  test('an older one that cannot be brought up stays as it was', () => {
    const directory = versionOne();
    const database = new DatabaseSync(join(directory, 'sluice.db'));
    database.exec('CREATE TABLE closed_logs (a)');
    database.close();
    expectRefusal(directory, 'storage_failed');
    const after = new DatabaseSync(join(directory, 'sluice.db'));
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    expect(after.prepare('SELECT * FROM chunks').all()).toEqual([expect.not.objectContaining({ crc: null })]);
    after.close();
    expect(readStored(directory).get('stream:a')?.text).toBe('old ');
  });

  test('a newer one is refused, and left as it is', () => {
    const directory = filled();
    const database = new DatabaseSync(join(directory, 'sluice.db'));
    database.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    database.close();
    const before = readFileSync(join(directory, 'sluice.db'));
    expectRefusal(directory, 'storage_version', `version ${migrations.length + 1}`, 'Update Sluice');
    expect(readFileSync(join(directory, 'sluice.db'))).toEqual(before);
  });
});

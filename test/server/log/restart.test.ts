import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSqliteStorage, type LogStorage, type SqliteStorageOptions, type StreamLog } from '../../../server/log/index.ts';
import { emptyFold, foldEntries, foldedText, type StreamEvent } from '../../../src/wire/index.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { copyFiles } from './stored.ts';

const text = (delta: string): StreamEvent => ({ type: 'text', part: 't0', delta });
const finish: StreamEvent = { type: 'finish', reason: 'stop' };

function open(directory: string, options: Omit<SqliteStorageOptions, 'directory'> = {}, now?: () => number): LogStorage {
  const storage = createSqliteStorage({ directory, ...options }, now);
  onTestFinished(() => storage.close());
  return storage;
}

function textOf(log: StreamLog | undefined): string {
  const fold = emptyFold();
  if (log === undefined) return '';
  for (let read = log.read(0, 10_000); read.length > 0; read = log.read(fold.seq, 10_000)) foldEntries(fold, read);
  return foldedText(fold);
}

describe('opened again', () => {
  test('[RL11] a closed log is as it was: epoch, owner, note, and every boundary', () => {
    const directory = temporaryDirectory();
    const first = open(directory);
    const log = first.create('stream:a', 'ada', 'note');
    log.append([text('a'), text('b'), { type: 'data', name: 'd', value: 1 }, text('c'), finish], 7);
    const whole = log.read(0, 1_000);
    first.close();
    const again = open(directory);
    const kept = again.get('stream:a');
    expect(kept).toMatchObject({ epoch: log.epoch, principal: 'ada', note: 'note', head: 5, closed: true });
    expect(kept?.read(0, 1_000)).toEqual(whole);
    expect([1, 2, 3, 4, 5, 6].map((seq) => kept?.serves(seq))).toEqual([true, true, true, true, true, false]);
    expect(kept?.read(1, 1_000)[0]).toMatchObject({ fromSeq: 2, seq: 2, event: text('b') });
    expect(again.interrupted()).toEqual([]);
    expect(again.size).toBe(1);
    expect(() => kept?.append([text('more')], 9)).toThrow(expect.objectContaining({ code: 'internal' }));
    expect(() => again.create('stream:a', 'eve')).toThrow(expect.objectContaining({ code: 'stream_conflict' }));
  });

  test('[RL11] a log that ran is interrupted: another epoch, all that was committed, and somebody can end it', () => {
    const [directory, copy] = [temporaryDirectory(), temporaryDirectory()];
    const running = open(directory);
    const log = running.create('stream:a', 'ada', 'note');
    log.append([text('committed ')], 0);
    running.commit();
    log.append([text('not committed')], 1);
    copyFiles(directory, copy);

    const again = open(copy);
    const [interrupted] = again.interrupted();
    expect(interrupted).toMatchObject({ channel: 'stream:a', principal: 'ada', note: 'note', head: 1, closed: false });
    expect(interrupted?.epoch).not.toBe(log.epoch);
    expect(again.get('stream:a')).toBe(interrupted);
    interrupted?.append([finish], 2);
    again.close();
    const third = open(copy);
    expect(third.interrupted()).toEqual([]);
    expect(third.get('stream:a')).toMatchObject({ epoch: interrupted?.epoch, head: 2, closed: true });
    expect(textOf(third.get('stream:a'))).toBe('committed ');
  });

  test('[SQ8] [RL11] what was compacted stays compacted: cursors inside are not served, the fold is whole', () => {
    const directory = temporaryDirectory();
    const first = open(directory, { keepBytes: 10_000 });
    const log = first.create('stream:a', 'p');
    let whole = '';
    for (let index = 0; index < 5_000; index += 1) {
      whole += `${index} `;
      log.append([text(`${index} `)], index);
    }
    log.append([finish], 5_000);
    first.close();
    const kept = open(directory).get('stream:a');
    expect([0, 7, 4_990, 5_001].map((seq) => kept?.serves(seq))).toEqual([true, false, true, true]);
    expect(textOf(kept)).toBe(whole);
  });

  test('nobody else may read the files', () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    const storage = open(directory);
    storage.create('stream:a', 'ada').append([text('secret'), finish], 0);
    storage.commit();
    for (const name of ['sluice.db', 'sluice.db-wal', 'sluice.db-shm']) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
    const made = join(directory, 'made');
    open(made);
    expect(statSync(made).mode & 0o077).toBe(0);
  });

  test('a log that was only just created is there, empty', () => {
    const [directory, copy] = [temporaryDirectory(), temporaryDirectory()];
    open(directory).create('stream:a', 'ada');
    copyFiles(directory, copy);
    expect(open(copy).interrupted()).toEqual([expect.objectContaining({ channel: 'stream:a', head: 0 })]);
  });

  test('whatever is appended to which log, a crash after a commit loses nothing of it, and invents nothing', { timeout: 60_000 }, () => {
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ do: fc.constant('text' as const), log: fc.nat(3), delta: fc.string({ minLength: 1, maxLength: 300 }) }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), log: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), log: fc.nat(3) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), fc.integer({ min: 100, max: 4_000 }), (steps, keepBytes) => {
        const [directory, copy] = [temporaryDirectory(), temporaryDirectory()];
        const storage = createSqliteStorage({ directory, keepBytes, commitBytes: 2_000 });
        const logs = [0, 1, 2, 3].map((id) => storage.create(`stream:${id}`, 'p'));
        const appended = ['', '', '', ''];
        let committed = [...appended];
        for (const { do: what, log: index, ...given } of steps) {
          const log = logs[index];
          if (what === 'text' && log?.closed === false) {
            log.append([text('delta' in given ? given.delta : '')], 0);
            appended[index] += 'delta' in given ? given.delta : '';
          } else if (what === 'end' && log?.closed === false) log.append([finish], 0);
          else if (what === 'commit') storage.commit();
          if (storage.stats?.uncommittedEvents === 0) committed = [...appended];
          expect(storage.stats?.uncommittedBytes).toBeLessThan(2_000);
        }
        logs.forEach((log, index) => {
          expect(textOf(log)).toBe(appended[index]);
        });
        copyFiles(directory, copy);
        storage.close();
        const again = createSqliteStorage({ directory: copy });
        logs.forEach((_, index) => {
          const kept = textOf(again.get(`stream:${index}`));
          expect(kept.startsWith(committed[index] ?? '')).toBe(true);
          expect(appended[index]?.startsWith(kept)).toBe(true);
        });
        again.close();
      }),
      { seed: 20_261_122, numRuns: 100 },
    );
  });
});

describe('a group', () => {
  test('is committed by count, by bytes, by age, and holds no more', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const storage = open(temporaryDirectory(), { commitEvents: 10, commitBytes: 1_000, commitMs: 50 });
    const log = storage.create('stream:a', 'p');
    for (let index = 0; index < 9; index += 1) log.append([text('x')], 0);
    expect(storage.stats).toMatchObject({ commits: 0, uncommittedEvents: 9 });
    log.append([text('x')], 0);
    expect(storage.stats).toMatchObject({ commits: 1, committedEvents: 10, uncommittedEvents: 0, uncommittedBytes: 0 });
    log.append([text('x'.repeat(1_000))], 0);
    expect(storage.stats).toMatchObject({ commits: 2, uncommittedEvents: 0 });
    log.append([text('x')], 0);
    vi.advanceTimersByTime(49);
    expect(storage.stats).toMatchObject({ commits: 2, uncommittedEvents: 1 });
    vi.advanceTimersByTime(1);
    expect(storage.stats).toMatchObject({ commits: 3, uncommittedEvents: 0, failures: 0 });
    vi.advanceTimersByTime(1_000);
    expect(storage.stats?.commits).toBe(3);
  });

  test('reaches the database itself soon, without anybody waiting for it', async () => {
    const directory = temporaryDirectory();
    const storage = open(directory);
    storage.create('stream:a', 'p').append([text('x'.repeat(100_000)), finish], 0);
    storage.commit();
    const fileBytes = (): number => statSync(join(directory, 'sluice.db')).size;
    expect(fileBytes()).toBeLessThan(100_000);
    await vi.waitFor(() => expect(fileBytes()).toBeGreaterThan(100_000), { timeout: 20_000 });
  });

  test.for([
    ['directory', { directory: '' }],
    ['commitMs', { commitMs: 0 }],
    ['commitMs', { commitMs: 2 ** 31 }],
    ['commitEvents', { commitEvents: 1.5 }],
    ['graceMs', { graceMs: -1 }],
    ['maxUnsavedBytes', { maxUnsavedBytes: 1_000 }],
    ['there is no option kepBytes', { kepBytes: 1 }],
  ] as const)('an impossible bound (%s) is refused with its name', ([name, options]) => {
    const directory = temporaryDirectory();
    expect(() => createSqliteStorage({ directory, ...options })).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(name) }),
    );
  });
});

describe('history', () => {
  test('[RL6] is dropped by age and by bytes after a restart, too, oldest first', () => {
    let now = 1_000;
    const directory = temporaryDirectory();
    const first = open(directory, {}, () => now);
    for (const id of ['a', 'b', 'c']) {
      now += 1_000;
      first.create(`stream:${id}`, 'p').append([text(id.repeat(5_000)), finish], 0);
    }
    first.close();
    const byAge = open(directory, { graceMs: 2_500 }, () => now);
    expect(byAge.bytes).toBeGreaterThan(15_000);
    expect(byAge.evict(4_500)).toEqual(['stream:a']);
    expect(byAge.get('stream:a')).toBeUndefined();
    byAge.close();
    const byBytes = open(directory, { maxClosedBytes: 6_000 }, () => now);
    expect(byBytes.evict(now)).toEqual(['stream:b']);
    expect(textOf(byBytes.get('stream:c'))).toBe('c'.repeat(5_000));
    expect(byBytes.bytes).toBeLessThan(6_000);
    expect(byBytes.evict(now)).toEqual([]);
  });

  test('costs no memory: neither many answers nor one long one', { timeout: 60_000 }, () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = (): number => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const directory = temporaryDirectory();
    const first = createSqliteStorage({ directory });
    const chunk = text('lorem ipsum '.repeat(20));
    for (let id = 0; id < 2_000; id += 1) first.create(`stream:${id}`, 'p').append([...Array<StreamEvent>(60).fill(chunk), finish], 0);
    const long = first.create('stream:long', 'p');
    for (let index = 0; index < 100_000; index += 1) long.append([chunk], index);
    long.append([finish], 0);
    first.close();

    const before = used();
    const storage = open(directory);
    expect(storage.size).toBe(2_001);
    expect(storage.bytes).toBeGreaterThan(50_000_000);
    let [characters, largest, peak] = [0, 0, 0];
    const kept = storage.get('stream:long');
    for (let cursor = 0, pieces = 0; cursor < (kept?.head ?? 0); pieces += 1) {
      const read = kept?.read(cursor, 65_536) ?? [];
      const size = read.reduce((sum, { event }) => sum + (event.type === 'text' ? event.delta.length : 0), 0);
      characters += size;
      largest = Math.max(largest, size);
      cursor = read.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
      if (pieces % 50 === 0) peak = Math.max(peak, used() - before);
    }
    for (let id = 0; id < 2_000; id += 1) expect(storage.get(`stream:${id}`)?.read(0, 100_000).length).toBeGreaterThan(0);
    expect(characters).toBe(100_000 * 240);
    expect(largest).toBeLessThan(65_536 + 8_192);
    expect(Math.max(peak, used() - before)).toBeLessThan(8_000_000);
  });

  test('the file gives space back when much is dropped', () => {
    let now = 0;
    const directory = temporaryDirectory();
    const fileBytes = (): number => statSync(join(directory, 'sluice.db')).size;
    const first = open(directory, {}, () => now);
    for (let id = 0; id < 50; id += 1) first.create(`stream:${id}`, 'p').append([text('x'.repeat(100_000)), finish], 0);
    first.close();
    const full = fileBytes();
    const storage = open(directory, { graceMs: 10 }, () => now);
    now = 100;
    expect(storage.evict(now)).toHaveLength(50);
    expect([storage.size, storage.bytes]).toEqual([0, 0]);
    for (let tick = 0; tick < 10; tick += 1) storage.evict(now);
    storage.close();
    expect(full).toBeGreaterThan(5_000_000);
    expect(fileBytes()).toBeLessThan(full / 10);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStorage, createSqliteStorage, type LogStorage } from '../../server/index.ts';
import type { StreamEvent } from '../../src/wire/index.ts';
import type { StorageName } from './trial.ts';

export interface StorageFigures {
  readonly storage: StorageName;
  /** All rates are per second of processor time. Events, appended one by one to 64 logs in turn, commits included. */
  readonly appendsPerSecond: number;
  /** Finished answers of 2,000 tokens, created, appended and closed. */
  readonly answersPerSecond: number;
  /** Text read back in pieces of 16 KiB, merged, MB/s. */
  readonly replayMBs: number;
  /** Opening it again, with all those answers in it; `undefined` in memory. */
  readonly openMs: number | undefined;
}

const token: StreamEvent = { type: 'text', part: 't0', delta: 'token ' };
const finish: StreamEvent = { type: 'finish', reason: 'stop' };
const ANSWERS = 1_000;

/** What a storage does when nothing else has to be done. */
export function measureStorage(storage: StorageName): StorageFigures {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const open = (): LogStorage =>
    storage === 'sqlite' ? createSqliteStorage({ directory }) : createMemoryStorage({ maxClosed: 10 * ANSWERS, maxClosedBytes: 1e10 });
  const kept = open();
  const logs = Array.from({ length: 64 }, (_, index) => kept.create(`stream:running${index}`, 'p'));
  const appends = 640_000;
  const appendMs = timed(() => {
    for (let index = 0; index < appends; index += 1) logs[index % 64]?.append([token], 0);
    kept.commit();
  });
  const answer = [...Array<StreamEvent>(2_000).fill(token), finish];
  const answersMs = timed(() => {
    for (let index = 0; index < ANSWERS; index += 1) {
      kept.create(`stream:${index}`, 'p').append(answer, 0);
      kept.commit();
    }
  });
  let text = 0;
  const replayMs = timed(() => {
    for (let index = 0; index < ANSWERS; index += 1) {
      const log = kept.get(`stream:${index}`);
      for (let cursor = 0; log !== undefined && cursor < log.head; ) {
        const read = log.read(cursor, 16_384);
        for (const { event } of read) if (event.type === 'text') text += event.delta.length;
        cursor = read.at(-1)?.seq ?? log.head;
      }
    }
  });
  kept.close();
  const openMs = storage === 'sqlite' ? timed(() => open().close()) : undefined;
  rmSync(directory, { recursive: true });
  return {
    storage,
    appendsPerSecond: (1_000 * appends) / appendMs,
    answersPerSecond: (1_000 * ANSWERS) / answersMs,
    replayMBs: text / 1_000 / replayMs,
    openMs,
  };
}

/** Processor time, ms: other programs on the machine do not count. */
function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

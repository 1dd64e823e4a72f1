import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Moves what was committed from the write-ahead log into the database, which waits for the disk, where nobody has to wait for it. */
export interface Checkpointer {
  /** Something was committed: within `intervalMs` it is on the disk itself. */
  committed(): void;
  close(): void;
}

/** As text, since a thread needs a module of its own, and this package is bundled. */
const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  process.removeAllListeners('warning');
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(new URL(workerData.url), { timeout: 1000 });
  parentPort.on('message', (message) => {
    if (message === 'close') {
      database.close();
      parentPort.close();
      return;
    }
    // One that fails, on a full disk for example, loses nothing: the next takes all.
    try {
      const { log } = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
      const { page_size } = database.prepare('PRAGMA page_size').get();
      if (log * page_size > workerData.maxBytes) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {}
    parentPort.postMessage('done');
  });
`;

export interface CheckpointOptions {
  /** @default 1000 */
  readonly intervalMs?: number;
  /**
   * Size of the write-ahead log that is too much. Commits that never pause keep it growing; it is then emptied at once, for which
   * a commit waits. @default 67108864
   */
  readonly maxBytes?: number;
}

/** `instead` is called where no thread can be had. */
export function createCheckpointer(
  file: string,
  instead: () => void,
  { intervalMs = 1_000, maxBytes = 67_108_864 }: CheckpointOptions = {},
): Checkpointer {
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  /** Closed, or no thread can be had. */
  let over = false;

  const start = (): Worker => {
    // Never makes the file: it may be gone by now.
    const thread = new Worker(THREAD, { eval: true, workerData: { url: `${pathToFileURL(file)}?mode=rw`, maxBytes } });
    thread.on('message', () => {
      running = false;
    });
    thread.on('error', () => {
      if (!over) instead();
      over = true;
    });
    thread.unref();
    return thread;
  };
  const run = (): void => {
    timer = undefined;
    if (running) return;
    running = true;
    worker ??= start();
    worker.postMessage('checkpoint');
  };

  return {
    committed() {
      if (!over) timer ??= setTimeout(run, intervalMs).unref();
    },
    close() {
      over = true;
      clearTimeout(timer);
      worker?.postMessage('close');
    },
  };
}

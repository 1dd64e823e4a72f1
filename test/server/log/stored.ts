import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decode } from '@msgpack/msgpack';

/** The files as they are at this moment, as a crash would leave them. */
export function copyFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ['sluice.db', 'sluice.db-wal']) if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
}

export interface Stored {
  readonly epoch: string;
  readonly closed: boolean;
  readonly head: number;
  readonly text: string;
}

/** What the files hold of each channel, read without anything of ours: another MessagePack library, and plain SQL. */
export function readStored(directory: string): Map<string, Stored> {
  const database = new DatabaseSync(join(directory, 'sluice.db'));
  const logs = database.prepare('SELECT id, channel, epoch, closed_at FROM logs').all() as {
    id: number;
    channel: string;
    epoch: string;
    closed_at: number | null;
  }[];
  const stored = new Map<string, Stored>();
  for (const { id, channel, epoch, closed_at } of logs) {
    const batches = database
      .prepare('SELECT batch FROM (SELECT from_seq AS place, batch FROM chunks WHERE log = ?1 ORDER BY 1)')
      .all(id)
      .concat(database.prepare('SELECT batch FROM journal WHERE log = ? ORDER BY id').all(id));
    let [head, text] = [0, ''];
    for (const { batch } of batches as { batch: Uint8Array }[]) {
      const [from, to, entries] = decode(batch) as [number, number, unknown[][]];
      if (from !== head + 1) continue;
      head = to;
      for (const [, , type, , delta] of entries) if (type === 1) text += delta;
    }
    stored.set(channel, { epoch, closed: closed_at !== null, head, text });
  }
  database.close();
  return stored;
}

import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished, vi } from 'vitest';
import { temporaryDirectory } from '../../support/directory.ts';

/** A disk that can be full. */
export interface Disk {
  readonly directory: string;
  /** Leaves no room, and makes room again. */
  fill(): void;
  free(): void;
}

/** A file system of one megabyte. Takes root, and a kernel that lets it. */
export function smallFileSystem(): Disk {
  const mount = temporaryDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
  onTestFinished(() => void execFileSync('umount', ['-l', mount]));
  const filler = join(mount, 'filler');
  return {
    directory: join(mount, 'data'),
    fill() {
      for (let size = 1_048_576; size >= 512; size /= 2) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
        } catch {
          // Full for pieces of this size.
        }
      }
    },
    free: () => rmSync(filler),
  };
}

/** Where nothing can be mounted: SQLite's own limit says the same as a full disk. */
export function fewPages(): Disk {
  const databases: DatabaseSync[] = [];
  vi.spyOn(process, 'getBuiltinModule').mockImplementation((() => ({
    DatabaseSync: class extends DatabaseSync {
      constructor(...parts: ConstructorParameters<typeof DatabaseSync>) {
        super(...parts);
        databases.push(this);
      }
    },
  })) as typeof process.getBuiltinModule);
  onTestFinished(() => void vi.restoreAllMocks());
  const limit = (pages: string): void => {
    for (const database of databases) if (database.isOpen) database.exec(`PRAGMA max_page_count = ${pages}`);
  };
  return { directory: join(temporaryDirectory(), 'data'), fill: () => limit('1'), free: () => limit('1000000') };
}

/** Whether this process may mount a file system. */
export function canMount(): boolean {
  const directory = temporaryDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], { stdio: 'ignore' });
    execFileSync('umount', [directory]);
    return true;
  } catch {
    return false;
  }
}

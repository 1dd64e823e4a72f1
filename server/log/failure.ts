import { type ErrorCode, StreamError } from '../../src/wire/index.ts';

/** What SQLite, or the file system, reports when a folder is opened: for the operator, with the file and what to do. */
export function openError(cause: unknown, file: string): StreamError {
  if (cause instanceof StreamError) return cause;
  const code = codeOf(cause);
  return new StreamError(
    code,
    `${file}: ${meaning[code]} (${said(cause)}). The relay did not start, and what is stored stays as it is. ${remedy[code]}`,
    { cause },
  );
}

/** The same while the relay runs: without names of files, since it may reach a browser; what SQLite said is its `cause`. */
export function storageError(cause: unknown): StreamError {
  if (cause instanceof StreamError) return cause;
  const code = codeOf(cause);
  return new StreamError(
    code,
    `The relay cannot store or read streams: ${meaning[code]}. Those that run go on, and new ones are refused until it can again.`,
    { cause },
  );
}

function said(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

type StorageCode = Extract<ErrorCode, `storage_${string}`>;

/** Primary result codes of SQLite. */
const results: Readonly<Record<number, StorageCode>> = {
  3: 'storage_unwritable',
  5: 'storage_locked',
  6: 'storage_locked',
  8: 'storage_unwritable',
  11: 'storage_damaged',
  13: 'storage_full',
  14: 'storage_unwritable',
  26: 'storage_damaged',
};

const system: Readonly<Record<string, StorageCode>> = {
  ENOSPC: 'storage_full',
  EDQUOT: 'storage_full',
  EACCES: 'storage_unwritable',
  EPERM: 'storage_unwritable',
  EROFS: 'storage_unwritable',
  ENOTDIR: 'storage_unwritable',
  EEXIST: 'storage_unwritable',
  ENOENT: 'storage_unwritable',
};

function codeOf(cause: unknown): StorageCode {
  if (typeof cause !== 'object' || cause === null) return 'storage_failed';
  const { errcode, code } = cause as { readonly errcode?: unknown; readonly code?: unknown };
  if (typeof errcode === 'number') return results[errcode & 0xff] ?? 'storage_failed';
  return typeof code === 'string' ? (system[code] ?? 'storage_failed') : 'storage_failed';
}

const meaning: Readonly<Record<StorageCode, string>> = {
  storage_full: 'the disk is full',
  storage_failed: 'the storage of streams cannot be used at the moment',
  storage_unwritable: 'it cannot be created or written',
  storage_locked: 'another process uses it',
  storage_damaged: 'the file is damaged, or is not one of ours',
  storage_version: 'the file is of a newer version',
};

const remedy: Readonly<Record<StorageCode, string>> = {
  storage_full: 'Free some space, or keep less (graceMs, maxClosedBytes).',
  storage_failed: 'Look at the disk and at the logs of the system.',
  storage_unwritable: 'Give the relay a folder it may write to.',
  storage_locked: 'End the other process, or choose another folder.',
  storage_damaged: 'It was left as it is: move it aside to start anew, or put a backup in its place.',
  storage_version: 'Update Sluice, or choose another folder.',
};

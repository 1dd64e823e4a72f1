import { emptyFold, foldEntries, type StreamFold } from '../../src/wire/index.ts';
import type { StreamLog } from '../log/log.ts';

/** Folded at a time. */
const FOLD_BYTES = 262_144;

/** State of a stream, as of now. O(answer). @throws {StreamError} where the storage cannot be read */
export function foldLog(log: StreamLog): StreamFold {
  const fold = emptyFold();
  for (let read = log.read(0, FOLD_BYTES); read.length > 0; read = log.read(fold.seq, FOLD_BYTES)) foldEntries(fold, read);
  return fold;
}

import { crc32 } from 'node:zlib';
import { concatBytes, decodeServerMessage, encodeBatch, encodeBatchesHeader, type LogEntry, StreamError } from '../../src/wire/index.ts';
import type { Database } from './database.ts';
import { contentBytes, Entries } from './entries.ts';
import type { ChunkRow, Tables } from './tables.ts';

/** A stored run of entries, decoded. */
export interface Chunk {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Content bytes of the log before it. */
  readonly contentBefore: number;
  readonly entries: Entries;
}

/** What an entry costs besides its content, roughly, once encoded. */
export const ENTRY_BYTES = 16;

/** Decoded chunks kept: enough that a reader reads each only once, and never much memory. */
const CACHED = 8;

/** The stored part of logs. A chunk is a batch as on the wire (docs/PROTOCOL.md, FR4), and its sum. */
export class Chunks {
  readonly #tables: Tables;
  readonly #query: Database['query'];
  /** Least lately used first. */
  #cache: { readonly log: number; readonly chunk: Chunk }[] = [];

  constructor(tables: Tables, { query }: Pick<Database, 'query'>) {
    this.#tables = tables;
    this.#query = query;
  }

  /** The chunk that holds `seq`. @throws {StreamError} `storage_damaged`, also where there is none; `storage_failed` */
  holding(log: number, seq: number): Chunk {
    const index = this.#cache.findLastIndex((one) => one.log === log && one.chunk.fromSeq <= seq && seq <= one.chunk.toSeq);
    const cached = this.#cache[index];
    if (cached !== undefined) {
      this.#cache.push(...this.#cache.splice(index, 1));
      return cached.chunk;
    }
    const row = this.#query(() => this.#tables.chunk(log, seq));
    if (row === undefined || row.to_seq < seq) throw damaged(`events from ${seq} of a stream are missing`);
    const entries = new Entries(this.decode(row.batch, row.crc));
    if (entries.head !== row.to_seq) throw damaged(`events up to ${row.to_seq} of a stream are missing`);
    const chunk = { fromSeq: row.from_seq, toSeq: row.to_seq, contentBefore: row.content_before, entries };
    this.#cache.push({ log, chunk });
    if (this.#cache.length > CACHED) this.#cache.shift();
    return chunk;
  }

  forget(log: number): void {
    this.#cache = this.#cache.filter((one) => one.log !== log);
  }

  /** @throws {StreamError} `storage_damaged` */
  decode(batch: Uint8Array, crc: number | null): readonly LogEntry[] {
    // Files of the first version have no sums.
    if (crc !== null && crc !== crc32(batch)) throw damaged('a stream was changed since it was stored');
    try {
      const [frame] = decodeServerMessage(concatBytes([encodeBatchesHeader(1, 1), batch]));
      if (frame?.type === 'batches' && frame.batches[0] !== undefined) return frame.batches[0].entries;
    } catch {
      // Said below.
    }
    throw damaged('a stream cannot be decoded');
  }
}

/** Entries as rows of about `targetBytes`. */
export function encodeChunks(entries: readonly LogEntry[], contentBefore: number, targetBytes: number): ChunkRow[] {
  const rows: ChunkRow[] = [];
  let run: LogEntry[] = [];
  let content = 0;
  let before = contentBefore;
  const close = (): void => {
    const first = run[0];
    const last = run.at(-1);
    if (first === undefined || last === undefined) return;
    rows.push({ from_seq: first.fromSeq, to_seq: last.seq, content_before: before, ...encodeSummed(run) });
    before += content;
    content = 0;
    run = [];
  };
  for (const entry of entries) {
    run.push(entry);
    content += contentBytes(entry.event);
    if (content + run.length * ENTRY_BYTES >= targetBytes) close();
  }
  close();
  return rows;
}

export function encodeSummed(entries: readonly LogEntry[]): { readonly batch: Uint8Array; readonly crc: number } {
  const batch = encodeBatch(entries);
  return { batch, crc: crc32(batch) };
}

function damaged(what: string): StreamError {
  return new StreamError('storage_damaged', `The relay’s storage is damaged: ${what}. This stream cannot be read; others are served.`);
}

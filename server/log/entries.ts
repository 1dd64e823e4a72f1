import { type LogEntry, mergeEntries, type StreamEvent, wireLimits } from '../../src/wire/index.ts';

/** Consecutive entries of one log, ascending by `seq`, their content counted, so that a range is found in O(log n). */
export class Entries {
  #entries: LogEntry[] = [];
  /** Content bytes up to and including the entry of the same index. */
  #ends: number[] = [];

  constructor(entries: readonly LogEntry[] = []) {
    for (const entry of entries) this.push(entry);
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Last `seq`, 0 where there is none. */
  get head(): number {
    return this.#entries.at(-1)?.seq ?? 0;
  }

  /** Content bytes of all. */
  get content(): number {
    return this.#ends.at(-1) ?? 0;
  }

  push(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#ends.push(this.content + contentBytes(entry.event));
  }

  slice(start: number, end?: number): LogEntry[] {
    return this.#entries.slice(start, end);
  }

  /** Whether an entry ends exactly at `seq`. */
  endsAt(seq: number): boolean {
    return this.#entries[this.indexAfter(seq) - 1]?.seq === seq;
  }

  /** Index of the first entry with a larger `seq`. */
  indexAfter(seq: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  contentBefore(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }

  /** What follows the cursor, up to `uptoSeq`, until about `maxBytes` of content; at least one entry, where there is one. */
  after(afterSeq: number, maxBytes: number, uptoSeq: number): LogEntry[] {
    const start = this.indexAfter(afterSeq);
    const budget = this.contentBefore(start) + maxBytes;
    let end = start;
    for (let entry = this.#entries[end]; entry !== undefined && entry.seq <= uptoSeq; entry = this.#entries[end]) {
      if (end > start && (this.#ends[end] ?? 0) > budget) break;
      end += 1;
    }
    return this.#entries.slice(start, end);
  }

  /** Merges the entries in `[start, end)`. Returns how many they are now. */
  compact(start: number, end: number): number {
    const merged = mergeEntries(this.#entries.slice(start, end), wireLimits.maxMergedDelta);
    const ends: number[] = [];
    let bytes = this.contentBefore(start);
    for (const { event } of merged) {
      bytes += contentBytes(event);
      ends.push(bytes);
    }
    this.#entries = [...this.#entries.slice(0, start), ...merged, ...this.#entries.slice(end)];
    this.#ends = [...this.#ends.slice(0, start), ...ends, ...this.#ends.slice(end)];
    return merged.length;
  }
}

/** Additive over merging: the content of a merged delta is the sum of its pieces. */
export function contentBytes(event: StreamEvent): number {
  switch (event.type) {
    case 'text':
    case 'reasoning':
    case 'tool-args':
      return event.delta.length;
    case 'tool-result':
      return JSON.stringify(event.result).length;
    case 'data':
      return JSON.stringify(event.value).length;
    case 'file':
      return (event.bytes?.byteLength ?? 0) + (event.url?.length ?? 0);
    case 'source':
      return event.url.length + (event.title?.length ?? 0) + (event.quote?.length ?? 0);
    default:
      return 32;
  }
}

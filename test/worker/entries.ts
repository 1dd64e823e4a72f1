import type { Batch, LogEntry, StreamEvent } from '../../src/wire/index.ts';

/** One text entry covering `fromSeq`–`seq`; its text names the `seq`s, so that loss and doubling show. */
export function text(fromSeq: number, seq: number = fromSeq, part = 't0'): LogEntry {
  const delta = Array.from({ length: seq - fromSeq + 1 }, (_, index) => `${fromSeq + index} `).join('');
  return { fromSeq, seq, at: 0, event: { type: 'text', part, delta } };
}

export function entry(seq: number, event: StreamEvent): LogEntry {
  return { fromSeq: seq, seq, at: 0, event };
}

export function batch(entries: readonly LogEntry[], bytes = 100): Batch {
  return { fromSeq: entries[0]?.fromSeq ?? 1, toSeq: entries.at(-1)?.seq ?? 1, entries, bytes };
}

import { Packr } from 'msgpackr';
import { StreamError } from './errors.ts';
import { eventTypes, type LogEntry } from './events.ts';

const packr = new Packr({ useRecords: false, encodeUndefinedAsNil: true, moreTypes: false });

/** Encodes consecutive entries as one batch. The bytes do not depend on the subscriber. @throws on an empty list */
export function encodeBatch(entries: readonly LogEntry[]): Uint8Array {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) throw new StreamError('internal', 'A batch needs at least one entry.');
  return packr.pack([first.fromSeq, last.seq, entries.map(packEntry)]);
}

/** `[span, at, type, …fields]`: `span` is the number of `seq`s covered, so that a batch needs no `seq` per entry. */
function packEntry({ fromSeq, seq, at, event }: LogEntry): unknown[] {
  const head = [seq - fromSeq + 1, at, eventTypes.indexOf(event.type)];
  switch (event.type) {
    case 'start':
      return [...head, event.provider, event.model, event.createdAt];
    case 'text':
    case 'reasoning':
    case 'tool-args':
      return [...head, event.part, event.delta];
    case 'tool-call':
      return [...head, event.part, event.name, event.executedBy === 'provider'];
    case 'tool-result':
      return [...head, event.part, event.result, event.isError === true];
    case 'source':
      return [...head, event.part, event.url, event.title ?? null, event.quote ?? null];
    case 'file':
      return [...head, event.part, event.mediaType, event.url ?? null, event.bytes ?? null];
    case 'usage':
      return [...head, event.inputTokens, event.outputTokens, event.reasoningTokens ?? null, event.cachedInputTokens ?? null];
    case 'data':
      return [...head, event.name, event.value];
    case 'finish':
      return [...head, event.reason];
    case 'error':
      return [...head, event.code, event.message, event.retryable, event.retryAfterMs ?? null];
    case 'stopped':
      return [...head, event.by];
  }
}

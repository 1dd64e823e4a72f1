import type { ErrorEvent, Json, LogEntry, UsageEvent } from './events.ts';

/** What a stream amounts to: the fold of its events up to `seq`. */
export interface StreamFold {
  seq: number;
  status: StreamStatus;
  provider: string;
  model: string;
  createdAt: number;
  /** In order of first appearance. */
  parts: FoldedPart[];
  usage: Omit<UsageEvent, 'type'> | undefined;
  /** Reason of a `finish`. */
  finishReason: string | undefined;
  error: Omit<ErrorEvent, 'type'> | undefined;
}

/** `pending` until the first event other than `start`. */
export type StreamStatus = 'pending' | 'streaming' | 'done' | 'failed' | 'stopped';

export type FoldedPart =
  | { type: 'text'; part: string; text: string }
  | { type: 'reasoning'; part: string; text: string }
  | { type: 'tool'; part: string; name: string; executedBy: 'provider' | 'client'; args: string; result?: Json; isError?: boolean }
  | { type: 'source'; part: string; url: string; title?: string; quote?: string }
  | { type: 'file'; part: string; mediaType: string; url?: string; bytes?: Uint8Array }
  | { type: 'data'; part: string; name: string; value: Json };

export function emptyFold(): StreamFold {
  return {
    seq: 0,
    status: 'pending',
    provider: '',
    model: '',
    createdAt: 0,
    parts: [],
    usage: undefined,
    finishReason: undefined,
    error: undefined,
  };
}

/** The stream's text: its `text` parts concatenated, nothing else. */
export function foldedText(fold: StreamFold): string {
  let text = '';
  for (const part of fold.parts) if (part.type === 'text') text += part.text;
  return text;
}

/** Folds the next entries in, in place. O(entries). Entries at or below `fold.seq` are ignored. */
export function foldEntries(fold: StreamFold, entries: Iterable<LogEntry>): StreamFold {
  for (const entry of entries) {
    if (entry.seq <= fold.seq) continue;
    fold.seq = entry.seq;
    foldEvent(fold, entry);
  }
  return fold;
}

function foldEvent(fold: StreamFold, { seq, event }: LogEntry): void {
  if (event.type !== 'start' && fold.status === 'pending') fold.status = 'streaming';
  switch (event.type) {
    case 'start':
      fold.provider = event.provider;
      fold.model = event.model;
      fold.createdAt = event.createdAt;
      break;
    case 'text':
    case 'reasoning': {
      const open = findPart(fold, event.part);
      if (open?.type === event.type) open.text += event.delta;
      else fold.parts.push({ type: event.type, part: event.part, text: event.delta });
      break;
    }
    case 'tool-call':
      fold.parts.push({ type: 'tool', part: event.part, name: event.name, executedBy: event.executedBy, args: '' });
      break;
    case 'tool-args': {
      const call = findPart(fold, event.part);
      if (call?.type === 'tool') call.args += event.delta;
      break;
    }
    case 'tool-result': {
      const call = findPart(fold, event.part);
      if (call?.type !== 'tool') break;
      call.result = event.result;
      if (event.isError === true) call.isError = true;
      break;
    }
    case 'source':
    case 'file':
      fold.parts.push(event);
      break;
    case 'data':
      fold.parts.push({ type: 'data', part: `${event.name}@${seq}`, name: event.name, value: event.value });
      break;
    case 'usage': {
      const { type: _, ...usage } = event;
      fold.usage = usage;
      break;
    }
    case 'finish':
      fold.status = 'done';
      fold.finishReason = event.reason;
      break;
    case 'error': {
      const { type: _, ...error } = event;
      fold.status = 'failed';
      fold.error = error;
      break;
    }
    case 'stopped':
      fold.status = 'stopped';
      break;
  }
}

/** From the end: nearly always the last part. */
function findPart(fold: StreamFold, part: string): FoldedPart | undefined {
  for (let index = fold.parts.length - 1; index >= 0; index -= 1) {
    const found = fold.parts[index];
    if (found?.part === part) return found;
  }
  return undefined;
}

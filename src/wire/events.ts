/**
 * The events a stream is made of.
 *
 * A producer (a provider adapter, or an application's own async iterable) yields `StreamEvent`s.
 * The log numbers them: a `LogEntry` is an event with its place. Exactly one terminal event
 * (`finish`, `error`, `stopped`) ends a stream; nothing follows it.
 */
export type StreamEvent =
  | StartEvent
  | TextEvent
  | ReasoningEvent
  | ToolCallEvent
  | ToolArgsEvent
  | ToolResultEvent
  | SourceEvent
  | FileEvent
  | UsageEvent
  | DataEvent
  | FinishEvent
  | ErrorEvent
  | StoppedEvent;

export type StreamEventType = StreamEvent['type'];

/** Any value JSON can carry. `undefined`, functions, dates and class instances are not JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** First event of every stream. The log adds it when the producer does not send one. */
export interface StartEvent {
  readonly type: 'start';
  /** Name of the provider, e.g. `openai`; `source` when an application produces the events itself. */
  readonly provider: string;
  /** Model as the provider reports it, or as requested where it reports none. */
  readonly model: string;
  /** Milliseconds since the Unix epoch at which the stream was created. */
  readonly createdAt: number;
}

/** A piece of the answer. The stream's text is the concatenation of these deltas and nothing else. */
export interface TextEvent {
  readonly type: 'text';
  /** Identity of the run of text this delta extends; unique within the stream across all kinds of part. */
  readonly part: string;
  /** Never empty; never begins or ends inside a surrogate pair. */
  readonly delta: string;
}

/** A piece of the model's reasoning (thinking, or a summary of it), where the provider shares it. */
export interface ReasoningEvent {
  readonly type: 'reasoning';
  readonly part: string;
  readonly delta: string;
}

/** The model calls a tool. Arguments follow as `tool-args` with the same `part`. */
export interface ToolCallEvent {
  readonly type: 'tool-call';
  /** The call's id as the provider gave it (or a generated one, where it gives none). */
  readonly part: string;
  readonly name: string;
  /** `provider`: a server tool such as web search; its result comes in this stream. `client`: the application runs it. */
  readonly executedBy: 'provider' | 'client';
}

/** A piece of a call's arguments: raw JSON text, complete only when the call's last delta has arrived. */
export interface ToolArgsEvent {
  readonly type: 'tool-args';
  /** The `part` of the `tool-call`. */
  readonly part: string;
  readonly delta: string;
}

/** What a tool answered. Comes at most once per call. */
export interface ToolResultEvent {
  readonly type: 'tool-result';
  /** The `part` of the `tool-call`. */
  readonly part: string;
  readonly result: Json;
  /** Present and `true` only when the tool failed. */
  readonly isError?: boolean;
}

/** A source the answer rests on (a citation, a search result the model used). */
export interface SourceEvent {
  readonly type: 'source';
  readonly part: string;
  /** As the provider sent it; check its scheme before making a link of it. */
  readonly url: string;
  readonly title?: string;
  /** The cited passage. */
  readonly quote?: string;
}

/** A file in the answer, such as a generated image: either `url` or `bytes`. */
export interface FileEvent {
  readonly type: 'file';
  readonly part: string;
  /** RFC 6838 media type, e.g. `image/png`. */
  readonly mediaType: string;
  readonly url?: string;
  readonly bytes?: Uint8Array;
}

/** Token counts so far. Later events replace earlier ones; they do not add up. */
export interface UsageEvent {
  readonly type: 'usage';
  /** All input tokens, cached ones included. */
  readonly inputTokens: number;
  /** All output tokens, reasoning included. */
  readonly outputTokens: number;
  readonly reasoningTokens?: number;
  readonly cachedInputTokens?: number;
}

/** Application data in its place among the other events. */
export interface DataEvent {
  readonly type: 'data';
  readonly name: string;
  readonly value: Json;
}

/** Terminal: the model ended the answer. */
export interface FinishEvent {
  readonly type: 'finish';
  readonly reason: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';
}

/** Terminal: the answer broke off. What had arrived before stays valid. */
export interface ErrorEvent {
  readonly type: 'error';
  /** A code of the table in `errors.ts`. */
  readonly code: string;
  /** For people; never carries credentials or a provider's raw error body. */
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Milliseconds to wait before a retry, where the provider said so. */
  readonly retryAfterMs?: number;
}

/** Terminal: somebody stopped the generation. */
export interface StoppedEvent {
  readonly type: 'stopped';
  readonly by: 'user' | 'server';
}

/**
 * One event in its place in a log, or several adjacent deltas of one part merged into one.
 * Covers every `seq` from `fromSeq` to `seq`; unmerged, the two are equal.
 */
export interface LogEntry {
  /** First `seq` covered, ≥ 1. */
  readonly fromSeq: number;
  /** Last `seq` covered, ≥ `fromSeq`. */
  readonly seq: number;
  /** Milliseconds since the `start` event, integer ≥ 0; of the first event when merged. */
  readonly at: number;
  readonly event: StreamEvent;
}

/** Number of each event type inside a batch entry (docs/PROTOCOL.md, FR rules). */
export const eventTypes: readonly StreamEventType[] = [
  'start',
  'text',
  'reasoning',
  'tool-call',
  'tool-args',
  'tool-result',
  'source',
  'file',
  'usage',
  'data',
  'finish',
  'error',
  'stopped',
];

/** Whether the event ends its stream. */
export function isTerminal(event: StreamEvent): event is FinishEvent | ErrorEvent | StoppedEvent {
  return event.type === 'finish' || event.type === 'error' || event.type === 'stopped';
}

/**
 * Merges adjacent deltas of the same type and part, in order. Reading only: the log keeps every boundary.
 * `maxDeltaLength` bounds a merged delta in UTF-16 code units (a single longer delta stays as it is).
 */
export function mergeEntries(entries: readonly LogEntry[], maxDeltaLength: number = Number.POSITIVE_INFINITY): LogEntry[] {
  const merged: LogEntry[] = [];
  let run: { first: LogEntry; last: LogEntry; deltas: string[]; length: number } | undefined;
  const close = (): void => {
    if (run === undefined) return;
    merged.push(run.first === run.last ? run.first : joinRun(run.first, run.last, run.deltas));
    run = undefined;
  };
  for (const entry of entries) {
    const { event } = entry;
    if (event.type !== 'text' && event.type !== 'reasoning' && event.type !== 'tool-args') {
      close();
      merged.push(entry);
      continue;
    }
    const open = run?.first.event;
    if (run === undefined || open?.type !== event.type || open.part !== event.part || run.length + event.delta.length > maxDeltaLength) {
      close();
      run = { first: entry, last: entry, deltas: [event.delta], length: event.delta.length };
    } else {
      run.last = entry;
      run.deltas.push(event.delta);
      run.length += event.delta.length;
    }
  }
  close();
  return merged;
}

function joinRun(first: LogEntry, last: LogEntry, deltas: readonly string[]): LogEntry {
  const { event } = first;
  if (event.type !== 'text' && event.type !== 'reasoning' && event.type !== 'tool-args') return first;
  return { fromSeq: first.fromSeq, seq: last.seq, at: first.at, event: { type: event.type, part: event.part, delta: deltas.join('') } };
}

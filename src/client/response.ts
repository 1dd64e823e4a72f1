import { EventSourceParserStream } from 'eventsource-parser/stream';
import { StreamError } from '../wire/errors.ts';
import type { StreamEvent } from '../wire/events.ts';
import { problem } from './requests.ts';
import type { LocalSource } from './types.ts';

/** Longest line or event of a response, in UTF-16 code units. */
const MAX_LINE = 8 * 1024 * 1024;

/** A local source as one reader of text and events. `cancel` ends the source, without waiting for it. */
export interface SourceReader {
  /** @throws {StreamError} */
  next(): Promise<{ readonly done: boolean; readonly value?: string | StreamEvent }>;
  cancel(): void;
}

export function readSource(source: LocalSource): SourceReader {
  if (source instanceof Response) return readResponse(source);
  if (isReadable(source)) return readStream(decoded(source), 'source_failed');
  const iterator = source[Symbol.asyncIterator]();
  return {
    next: async () => {
      try {
        const step = await iterator.next();
        return step.done === true ? { done: true } : { done: false, value: step.value };
      } catch (cause) {
        return failed('source_failed')(cause);
      }
    },
    cancel: () => void (async () => iterator.return?.())().catch(() => {}),
  };
}

/** By content type, as `LocalSource` documents it. An error status fails the first read. */
function readResponse(response: Response): SourceReader {
  if (!response.ok) {
    return {
      next: async () => {
        throw await problem(response, statusCode(response.status));
      },
      cancel: () => void response.body?.cancel().catch(() => {}),
    };
  }
  if (response.body === null) return { next: async () => ({ done: true }), cancel: () => {} };
  const text = response.body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'text/event-stream') {
    const messages = text.pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_LINE }));
    return readStream(messages.pipeThrough(mapped(({ data }) => (data === '[DONE]' ? [] : [parse(data)]))), 'upstream_truncated');
  }
  if (type === 'application/x-ndjson') return readStream(text.pipeThrough(lines()), 'upstream_truncated');
  return readStream(text, 'upstream_truncated');
}

function readStream(stream: ReadableStream<string | StreamEvent>, code: 'source_failed' | 'upstream_truncated'): SourceReader {
  const reader = stream.getReader();
  return {
    next: async () => {
      const step = await reader.read().catch(failed(code));
      return step.done ? { done: true } : { done: false, value: step.value };
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

/** Bytes between text and events are UTF-8, cut anywhere. */
function decoded(stream: ReadableStream<string | StreamEvent | Uint8Array>): ReadableStream<string | StreamEvent> {
  const decoder = new TextDecoder();
  return stream.pipeThrough(
    new TransformStream<string | StreamEvent | Uint8Array, string | StreamEvent>({
      transform: (chunk, controller) => controller.enqueue(chunk instanceof Uint8Array ? decoder.decode(chunk, { stream: true }) : chunk),
      flush: (controller) => controller.enqueue(decoder.decode()),
    }),
  );
}

function lines(): TransformStream<string, StreamEvent> {
  let open = '';
  return mapped(
    (chunk) => {
      const parts = (open + chunk).split('\n');
      open = parts.pop() ?? '';
      if (open.length > MAX_LINE)
        throw new StreamError('upstream_malformed', `A line of the response is longer than ${MAX_LINE}. The stream ends here.`);
      return parts.filter((line) => line.trim() !== '').map(parse);
    },
    () => (open.trim() === '' ? [] : [parse(open)]),
  );
}

function mapped<From>(map: (chunk: From) => StreamEvent[], end: () => StreamEvent[] = () => []): TransformStream<From, StreamEvent> {
  return new TransformStream({
    transform: (chunk, controller) => {
      for (const event of map(chunk)) controller.enqueue(event);
    },
    flush: (controller) => {
      for (const event of end()) controller.enqueue(event);
    },
  });
}

/** Its shape is checked where all local events are. */
function parse(json: string): StreamEvent {
  try {
    return JSON.parse(json) as StreamEvent;
  } catch (cause) {
    throw new StreamError(
      'upstream_malformed',
      'The response has an event that is not JSON. The stream ends here; what it had sent stays.',
      { cause },
    );
  }
}

function failed(code: 'source_failed' | 'upstream_truncated'): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof StreamError) throw cause;
    const why = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
    throw new StreamError(code, `The source broke off${why}. What it had sent stays.`, { cause });
  };
}

function statusCode(status: number): 'upstream_unauthorized' | 'upstream_rate_limited' | 'upstream_failed' | 'upstream_rejected' {
  if (status === 401 || status === 403) return 'upstream_unauthorized';
  if (status === 429) return 'upstream_rate_limited';
  return status >= 500 ? 'upstream_failed' : 'upstream_rejected';
}

function isReadable(source: LocalSource): source is ReadableStream<string | StreamEvent | Uint8Array> {
  return typeof (source as Partial<ReadableStream>).getReader === 'function';
}

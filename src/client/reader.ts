import { StreamError } from '../wire/errors.ts';
import type { StreamEvent } from '../wire/events.ts';
import type { LocalSource } from './types.ts';

/** A local source as one reader of text and events. `cancel` ends the source, without waiting for it. */
export interface SourceReader {
  /** @throws {StreamError} */
  next(): Promise<{ readonly done: boolean; readonly value?: string | StreamEvent }>;
  cancel(): void;
}

/** @throws what the source throws when it is opened, e.g. because another reader holds it */
export function readSource(source: LocalSource): SourceReader {
  if (typeof Response !== 'undefined' && source instanceof Response) return readResponse(source);
  if (isReadable(source)) return readStream(decoded(source), 'source_failed');
  const iterator = (source as AsyncIterable<string | StreamEvent>)[Symbol.asyncIterator]();
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

/** Parsers of responses are loaded with the first one. */
function readResponse(response: Response): SourceReader {
  if (response.bodyUsed || response.body?.locked === true) throw new TypeError('The body is used already.');
  let reader: SourceReader | undefined;
  return {
    next: async () => {
      reader ??= (await import('./response.ts')).readResponse(response);
      return await reader.next();
    },
    cancel: () => (reader === undefined ? void response.body?.cancel().catch(() => {}) : reader.cancel()),
  };
}

export function readStream(stream: ReadableStream<string | StreamEvent>, code: 'source_failed' | 'upstream_truncated'): SourceReader {
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

function failed(code: 'source_failed' | 'upstream_truncated'): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof StreamError) throw cause;
    const why = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
    throw new StreamError(code, `The source broke off${why}. What it had sent stays.`, { cause });
  };
}

function isReadable(source: LocalSource): source is ReadableStream<string | StreamEvent | Uint8Array> {
  return typeof (source as Partial<ReadableStream>).getReader === 'function';
}

import { type StartEvent, type StreamError, type StreamEvent, StreamShape, toStreamError } from '../../src/wire/index.ts';

/** Where a producer's events go, already as the log wants them. */
export interface Sink {
  append(event: StreamEvent): void;
}

/**
 * Reads a source to its end and makes a proper stream of whatever it yields (docs/PROTOCOL.md, SQ1–SQ4): `start` first,
 * deltas whole and not empty, text parts that do not interleave, exactly one terminal event. Never rejects.
 * After `signal` aborts nothing more is appended: whoever aborts ends the stream.
 */
export async function produce(source: AsyncIterable<StreamEvent>, start: StartEvent, sink: Sink, signal: AbortSignal): Promise<void> {
  const shape = new StreamShape(start);
  const push = (event: StreamEvent): void => {
    // The log counts time from its own beginning.
    for (const shaped of shape.push(event)) sink.append(shaped.type === 'start' ? { ...shaped, createdAt: start.createdAt } : shaped);
  };
  let iterator: AsyncIterator<StreamEvent> | undefined;
  const leave = (): void => void (async () => iterator?.return?.())().catch(() => {});
  signal.addEventListener('abort', leave, { once: true });
  try {
    iterator = source[Symbol.asyncIterator]();
    while (!signal.aborted && !shape.ended) {
      const step = await iterator.next();
      if (signal.aborted) return;
      push(step.done === true ? { type: 'finish', reason: 'stop' } : step.value);
      if (step.done === true) return;
    }
    if (shape.ended) leave();
  } catch (cause) {
    if (!signal.aborted) push(errorEvent(toStreamError(cause, 'source_failed')));
    leave();
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** An error as the terminal event of a stream. */
function errorEvent(error: StreamError): StreamEvent & { type: 'error' } {
  const { code, message, retryable, retryAfterMs } = error;
  return retryAfterMs === undefined
    ? { type: 'error', code, message, retryable }
    : { type: 'error', code, message, retryable, retryAfterMs };
}

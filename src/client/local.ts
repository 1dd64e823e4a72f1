import { StreamError, toStreamError } from '../wire/errors.ts';
import type { StreamEvent } from '../wire/events.ts';
import { StreamShape } from '../wire/shape.ts';
import { readSource } from './reader.ts';
import type { LocalSource } from './types.ts';

/** The one reading of a local source (ST7). Its events pass through the receiver like those of the relay. */
export interface LocalReading {
  /** A receiver has started: it is fed what the page has not folded in, which ends with `appliedSeq`. */
  resume(appliedSeq: number): void;
  /** The page has folded in everything up to `seq`: the source may be read on. */
  applied(seq: number): void;
  /** Ends the stream with `stopped`, and the source. */
  stop(): void;
  /** Ends the source. */
  cancel(): void;
}

/** Events read from the source and not yet folded in, at most (one item of the source may overshoot it by what it is made of). */
const MAX_UNAPPLIED = 256;

export function readLocal(source: LocalSource, feed: (fromSeq: number, events: readonly StreamEvent[]) => void): LocalReading {
  const shape = new StreamShape({ type: 'start', provider: 'local', model: '', createdAt: Date.now() });
  /** What the page has not folded in; the first of them is `applied + 1`. */
  let unapplied: StreamEvent[] = [];
  let applied = 0;
  let cancelled = false;
  let wake = (): void => {};

  const confirm = (seq: number): void => {
    if (seq <= applied) return;
    unapplied = unapplied.slice(seq - applied);
    applied = seq;
    if (unapplied.length < MAX_UNAPPLIED) wake();
  };
  const push = (item: string | StreamEvent): void => {
    if (cancelled) return;
    const events = shape.push(typeof item === 'string' ? { type: 'text', part: 'text', delta: item } : item);
    if (events.length === 0) return;
    const fromSeq = applied + unapplied.length + 1;
    unapplied.push(...events);
    try {
      feed(fromSeq, events);
    } catch (cause) {
      // What cannot cross to the worker must not be fed to the next one either.
      unapplied.length -= events.length;
      throw cause;
    }
  };
  const fail = (cause: unknown): void => {
    const { code, message, retryable, retryAfterMs } = toStreamError(cause, 'source_failed');
    push({ type: 'error', code, message, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  };
  const open = (): ReturnType<typeof readSource> | undefined => {
    try {
      return readSource(source);
    } catch (cause) {
      fail(new StreamError('source_failed', 'The source cannot be read: it was read before, or is locked by another reader.', { cause }));
      return undefined;
    }
  };
  const reader = open();

  const run = async (): Promise<void> => {
    try {
      while (reader !== undefined && !shape.ended && !cancelled) {
        if (unapplied.length >= MAX_UNAPPLIED) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const { done, value } = await reader.next();
        if (done) push({ type: 'finish', reason: 'stop' });
        else if (value !== undefined) push(value);
      }
    } catch (cause) {
      if (isAborted(cause)) push({ type: 'stopped', by: 'user' });
      else fail(cause);
    }
    reader?.cancel();
  };
  void run();

  return {
    resume(appliedSeq) {
      confirm(appliedSeq);
      if (unapplied.length > 0) feed(applied + 1, unapplied);
    },
    applied: confirm,
    stop() {
      push({ type: 'stopped', by: 'user' });
      reader?.cancel();
      wake();
    },
    cancel() {
      cancelled = true;
      reader?.cancel();
      wake();
    },
  };
}

/** Whether whoever made the source has ended it, by the signal of a `fetch` or of an SDK: that is no failure. */
function isAborted(cause: unknown): boolean {
  // A reader wraps what it is told.
  return [cause, (cause as Partial<Error> | undefined)?.cause].some((each) => each instanceof Error && each.name === 'AbortError');
}

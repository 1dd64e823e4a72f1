import { isTerminal, type Json, StreamError, type StreamEvent, SurrogateGuard, toStreamError, wireLimits } from '../../src/wire/index.ts';

/** Where a producer's events go, already as the log wants them. */
export interface Sink {
  append(event: StreamEvent): void;
}

/**
 * Reads a source to its end and makes a proper stream of whatever it yields (docs/PROTOCOL.md, SQ1–SQ4): `start` first,
 * deltas whole and not empty, text parts that do not interleave, exactly one terminal event. Never rejects.
 * After `signal` aborts nothing more is appended: whoever aborts ends the stream.
 */
export async function produce(
  source: AsyncIterable<StreamEvent>,
  start: StreamEvent & { type: 'start' },
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const shape = new Shape(start, sink);
  const iterator = source[Symbol.asyncIterator]();
  const leave = (): void => void Promise.resolve(iterator.return?.()).catch(() => {});
  signal.addEventListener('abort', leave, { once: true });
  try {
    while (!signal.aborted && !shape.ended) {
      const step = await iterator.next();
      if (signal.aborted) return;
      if (step.done === true) return shape.end({ type: 'finish', reason: 'stop' });
      shape.push(step.value);
    }
    if (shape.ended) leave();
  } catch (cause) {
    if (!signal.aborted) shape.end(errorEvent(toStreamError(cause, 'source_failed')));
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

class Shape {
  ended = false;
  readonly #sink: Sink;
  readonly #start: StreamEvent & { type: 'start' };
  readonly #guards = new Map<string, { type: 'text' | 'reasoning' | 'tool-args'; guard: SurrogateGuard }>();
  /** Text part the source names, and the name it has in the log. */
  #textPart: string | undefined;
  #textName = '';
  readonly #textNames = new Map<string, number>();
  #started = false;

  constructor(start: StreamEvent & { type: 'start' }, sink: Sink) {
    this.#start = start;
    this.#sink = sink;
  }

  push(event: StreamEvent): void {
    if (this.ended) return;
    check(event);
    if (isTerminal(event)) {
      this.end(event);
      return;
    }
    if (event.type === 'start') {
      if (!this.#started) this.#begin({ ...event, createdAt: this.#start.createdAt });
      return;
    }
    if (!this.#started) this.#begin(this.#start);
    switch (event.type) {
      case 'text':
      case 'reasoning':
      case 'tool-args': {
        const part = event.type === 'text' ? this.#nameText(event.part) : event.part;
        const delta = this.#guard(event.type, part).push(event.delta);
        if (delta !== '') this.#sink.append({ type: event.type, part, delta });
        return;
      }
      default:
        this.#sink.append(event);
    }
  }

  end(terminal: StreamEvent): void {
    if (this.ended) return;
    if (!this.#started) this.#begin(this.#start);
    for (const part of [...this.#guards.keys()]) this.#release(part);
    this.ended = true;
    this.#sink.append(terminal);
  }

  #begin(start: StreamEvent): void {
    this.#started = true;
    this.#sink.append(start);
  }

  #guard(type: 'text' | 'reasoning' | 'tool-args', part: string): SurrogateGuard {
    const known = this.#guards.get(part);
    if (known !== undefined) return known.guard;
    const guard = new SurrogateGuard();
    this.#guards.set(part, { type, guard });
    return guard;
  }

  /** The part ends: a half pair that never got its other becomes U+FFFD, in its place. */
  #release(part: string): void {
    const held = this.#guards.get(part);
    if (held === undefined) return;
    this.#guards.delete(part);
    const rest = held.guard.end();
    if (rest !== '') this.#sink.append({ type: held.type, part, delta: rest });
  }

  #nameText(part: string): string {
    if (part === this.#textPart) return this.#textName;
    if (this.#textPart !== undefined) this.#release(this.#textName);
    const uses = this.#textNames.get(part) ?? 0;
    this.#textNames.set(part, uses + 1);
    this.#textPart = part;
    this.#textName = uses === 0 ? part : `${part}~${uses + 1}`;
    return this.#textName;
  }
}

/** What an application's own source yields is checked like any input. @throws {StreamError} `source_failed` */
function check(event: StreamEvent): void {
  if (typeof event !== 'object' || event === null || typeof event.type !== 'string') throw invalid('it is not an event object');
  switch (event.type) {
    case 'text':
    case 'reasoning':
    case 'tool-args':
      if (typeof event.part !== 'string' || typeof event.delta !== 'string')
        throw invalid(`a ${event.type} event needs the strings part and delta`);
      return;
    case 'tool-call':
      if (typeof event.part !== 'string' || typeof event.name !== 'string')
        throw invalid('a tool-call event needs the strings part and name');
      return;
    case 'tool-result':
      if (typeof event.part !== 'string' || !isJson(event.result, wireLimits.maxJsonDepth))
        throw invalid('a tool-result event needs the string part and a JSON result');
      return;
    case 'source':
      if (typeof event.part !== 'string' || typeof event.url !== 'string') throw invalid('a source event needs the strings part and url');
      return;
    case 'file':
      if (typeof event.part !== 'string' || typeof event.mediaType !== 'string')
        throw invalid('a file event needs the strings part and mediaType');
      return;
    case 'usage':
      if (!isCount(event.inputTokens) || !isCount(event.outputTokens))
        throw invalid('a usage event needs the counts inputTokens and outputTokens');
      return;
    case 'data':
      if (typeof event.name !== 'string' || !isJson(event.value, wireLimits.maxJsonDepth))
        throw invalid('a data event needs the string name and a JSON value');
      return;
    case 'start':
      if (typeof event.provider !== 'string' || typeof event.model !== 'string')
        throw invalid('a start event needs the strings provider and model');
      return;
    case 'finish':
      if (!['stop', 'length', 'tool-calls', 'content-filter', 'other'].includes(event.reason))
        throw invalid('a finish event needs a known reason');
      return;
    case 'error':
      if (typeof event.code !== 'string' || typeof event.message !== 'string')
        throw invalid('an error event needs the strings code and message');
      return;
    case 'stopped':
      return;
    default:
      throw invalid('it has an event of unknown type');
  }
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isJson(value: unknown, depth: number): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((item) => item === undefined || isJson(item, depth - 1));
}

function invalid(what: string): StreamError {
  return new StreamError(
    'source_failed',
    `The stream’s source broke its contract: ${what}. The stream ends here; what it had sent before stays.`,
  );
}

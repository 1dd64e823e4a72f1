import { StreamError } from './errors.ts';
import { isTerminal, type Json, type StartEvent, type StreamEvent } from './events.ts';
import { wireLimits } from './limits.ts';
import { SurrogateGuard } from './surrogates.ts';

type DeltaType = 'text' | 'reasoning' | 'tool-args';

/**
 * Makes a proper stream of whatever a producer sends (docs/PROTOCOL.md, SQ1–SQ4): `start` first, deltas whole and not
 * empty, text parts that do not interleave, exactly one terminal event and nothing after it.
 */
export class StreamShape {
  #started = false;
  #ended = false;
  readonly #start: StartEvent;
  /** By the name a part has in the stream. */
  readonly #guards = new Map<string, { readonly type: DeltaType; readonly guard: SurrogateGuard }>();
  /** The text part that grows, as the producer names it, and as the stream does. */
  #textPart: string | undefined;
  #textName = '';
  readonly #textRuns = new Map<string, number>();

  /** `start` stands in where the producer sends none. */
  constructor(start: StartEvent) {
    this.#start = wellFormed(start);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * What the event amounts to: often itself, sometimes nothing, sometimes more.
   * @throws {StreamError} `source_failed` where it is no event; the stream should then end with this error
   */
  push(given: StreamEvent): StreamEvent[] {
    if (this.#ended) return [];
    check(given);
    const event = 'delta' in given ? given : wellFormed(given);
    const events: StreamEvent[] = [];
    if (!this.#started) {
      this.#started = true;
      events.push(event.type === 'start' ? event : this.#start);
    }
    if (event.type === 'start') return events;
    if (event.type === 'text' || event.type === 'reasoning' || event.type === 'tool-args') this.#delta(event, events);
    else {
      if (isTerminal(event)) {
        for (const part of [...this.#guards.keys()]) this.#release(part, events);
        this.#ended = true;
      }
      events.push(event);
    }
    return events;
  }

  #delta(event: StreamEvent & { readonly type: DeltaType }, events: StreamEvent[]): void {
    if (event.type === 'text' && event.part !== this.#textPart) this.#nextText(event.part, events);
    const part = event.type === 'text' ? this.#textName : event.part.toWellFormed();
    let open = this.#guards.get(part);
    if (open === undefined) {
      open = { type: event.type, guard: new SurrogateGuard() };
      this.#guards.set(part, open);
    }
    const delta = open.guard.push(event.delta);
    if (delta !== '') events.push({ type: event.type, part, delta });
  }

  #nextText(part: string, events: StreamEvent[]): void {
    this.#release(this.#textName, events);
    const runs = (this.#textRuns.get(part) ?? 0) + 1;
    this.#textRuns.set(part, runs);
    this.#textPart = part;
    this.#textName = (runs === 1 ? part : `${part}~${runs}`).toWellFormed();
  }

  /** The part ends: half a pair that never got its other half becomes U+FFFD, in its place. */
  #release(part: string, events: StreamEvent[]): void {
    const open = this.#guards.get(part);
    if (open === undefined) return;
    this.#guards.delete(part);
    const delta = open.guard.end();
    if (delta !== '') events.push({ type: open.type, part, delta });
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
      if (typeof event.part !== 'string' || typeof event.url !== 'string' || !isText(event.title) || !isText(event.quote))
        throw invalid('a source event needs the strings part and url, and may have the strings title and quote');
      return;
    case 'file':
      if (typeof event.part !== 'string' || typeof event.mediaType !== 'string' || !isText(event.url))
        throw invalid('a file event needs the strings part and mediaType, and may have the string url');
      if (event.bytes !== undefined && !(event.bytes instanceof Uint8Array)) throw invalid('the bytes of a file event are a Uint8Array');
      return;
    case 'usage':
      if (![event.inputTokens, event.outputTokens, event.reasoningTokens ?? 0, event.cachedInputTokens ?? 0].every(isCount))
        throw invalid('a usage event needs the counts inputTokens and outputTokens, and its others are counts, too');
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
      if (event.retryAfterMs !== undefined && !Number.isFinite(event.retryAfterMs))
        throw invalid('retryAfterMs of an error event is a number');
      return;
    case 'stopped':
      return;
    default:
      throw invalid('it has an event of unknown type');
  }
}

/** Strings of rare events with U+FFFD for each half of a surrogate pair: those have no UTF-8, and no reader could decode their batch. */
function wellFormed<T>(value: T): T {
  const clean = (item: unknown): unknown => {
    if (typeof item === 'string') return item.toWellFormed();
    if (Array.isArray(item)) return item.map(clean);
    if (typeof item !== 'object' || item === null || item instanceof Uint8Array) return item;
    return Object.fromEntries(Object.entries(item).map(([key, field]) => [key.toWellFormed(), clean(field)]));
  };
  return clean(value) as T;
}

/** Optional text. */
function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
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

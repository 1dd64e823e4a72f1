import { StreamError } from '../wire/errors.ts';
import { isTerminal, type StreamEvent } from '../wire/events.ts';
import { SurrogateGuard } from '../wire/surrogates.ts';

/**
 * Makes a proper stream of what a local source yields (SQ1–SQ4): `start` first, deltas whole and not empty,
 * text that only grows at its end, one terminal event and nothing after it.
 */
export class StreamShape {
  #started = false;
  #ended = false;
  /** By the name a part has in the stream. */
  readonly #guards = new Map<string, { readonly type: 'text' | 'reasoning' | 'tool-args'; readonly guard: SurrogateGuard }>();
  /** The text part that grows, as the source names it. */
  #textPart: string | undefined;
  #textName = '';
  readonly #textRuns = new Map<string, number>();

  get ended(): boolean {
    return this.#ended;
  }

  /** @throws {StreamError} `source_failed` where the item is neither text nor an event */
  push(item: string | StreamEvent): StreamEvent[] {
    if (this.#ended) return [];
    const event: StreamEvent = typeof item === 'string' ? { type: 'text', part: 'text', delta: item } : item;
    check(event);
    if (event.type === 'start') {
      if (this.#started) return [];
      this.#started = true;
      return [event];
    }
    const events: StreamEvent[] = [];
    if (!this.#started) {
      this.#started = true;
      events.push({ type: 'start', provider: 'source', model: '', createdAt: Date.now() });
    }
    if (isTerminal(event)) {
      this.#ended = true;
      for (const part of [...this.#guards.keys()]) events.push(...this.#release(part));
      events.push(event);
    } else if (event.type === 'text' || event.type === 'reasoning' || event.type === 'tool-args') {
      if (event.type === 'text' && event.part !== this.#textPart) events.push(...this.#nextText(event.part));
      const part = event.type === 'text' ? this.#textName : event.part;
      const delta = this.#guard(event.type, part).push(event.delta);
      if (delta !== '') events.push({ type: event.type, part, delta });
    } else {
      events.push(event);
    }
    return events;
  }

  #nextText(part: string): StreamEvent[] {
    const rest = this.#release(this.#textName);
    const runs = (this.#textRuns.get(part) ?? 0) + 1;
    this.#textRuns.set(part, runs);
    this.#textPart = part;
    this.#textName = runs === 1 ? part : `${part}~${runs}`;
    return rest;
  }

  #guard(type: 'text' | 'reasoning' | 'tool-args', part: string): SurrogateGuard {
    const known = this.#guards.get(part);
    if (known !== undefined) return known.guard;
    const guard = new SurrogateGuard();
    this.#guards.set(part, { type, guard });
    return guard;
  }

  /** The part ends: half a pair that never got its other half is shown as such. */
  #release(part: string): StreamEvent[] {
    const held = this.#guards.get(part);
    this.#guards.delete(part);
    const delta = held?.guard.end() ?? '';
    return held === undefined || delta === '' ? [] : [{ type: held.type, part, delta }];
  }
}

const known: Record<StreamEvent['type'], readonly string[]> = {
  start: ['provider', 'model'],
  text: ['part', 'delta'],
  reasoning: ['part', 'delta'],
  'tool-call': ['part', 'name', 'executedBy'],
  'tool-args': ['part', 'delta'],
  'tool-result': ['part'],
  source: ['part', 'url'],
  file: ['part', 'mediaType'],
  usage: [],
  data: ['name'],
  finish: ['reason'],
  error: ['code', 'message'],
  stopped: [],
};

function check(event: StreamEvent): void {
  const fields = typeof event === 'object' && event !== null && Object.hasOwn(known, event.type) ? known[event.type] : undefined;
  const missing = fields?.find((field) => typeof (event as unknown as Record<string, unknown>)[field] !== 'string');
  if (fields === undefined || missing !== undefined) {
    const what = fields === undefined ? 'what is neither text nor a StreamEvent' : `a ${event.type} event without the string ${missing}`;
    throw new StreamError('source_failed', `The source yielded ${what}. The stream ends here; what it had sent stays.`);
  }
}

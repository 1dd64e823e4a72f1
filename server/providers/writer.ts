import { type ErrorEvent, type FinishEvent, type Json, type StreamEvent, SurrogateGuard, type UsageEvent } from '../../src/wire/index.ts';
import { boundedDepth } from './json.ts';

interface Run {
  readonly type: 'text' | 'reasoning' | 'tool-args';
  readonly key: string | number;
  readonly part: string;
  readonly guard: SurrogateGuard;
}

/**
 * What a dialect writes the meaning of a payload into. Keeps the rules every stream has: one `start`, parts with unique
 * ids that do not interleave, deltas that are never empty and cut no surrogate pair, one terminal event.
 */
export class EventWriter {
  readonly #provider: string;
  readonly #requestedModel: string;
  #events: StreamEvent[] = [];
  #started = false;
  #closed = false;
  #terminal: FinishEvent | ErrorEvent | undefined;
  #open: Run | undefined;
  #parts = new Map<string, Run | undefined>();
  #calls = new Set<string>();
  #clientCalled = false;
  #counter = 0;
  #urls = new Set<string>();
  #usage = '';

  constructor(provider: string, requestedModel: string) {
    this.#provider = provider;
    this.#requestedModel = requestedModel;
  }

  /** Whether a terminal event is known. Usage and late text may still follow until `closed`. */
  get ending(): boolean {
    return this.#terminal !== undefined;
  }

  /** Whether the rest of the body, if any, means nothing. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The first call counts. Without one, the first event has the model that was asked for. */
  start(model: string): void {
    if (this.#started) return;
    this.#started = true;
    this.#events.push({ type: 'start', provider: this.#provider, model: model || this.#requestedModel, createdAt: Date.now() });
  }

  /** `key` tells one block from the next; a block that was interrupted goes on in a part of its own. */
  text(key: string | number, delta: string): void {
    this.#run('text', key, delta);
  }

  reasoning(key: string | number, delta: string): void {
    this.#run('reasoning', key, delta);
  }

  /** @returns the call's part: `id`, unless it is empty or taken */
  toolCall(id: string, name: string, executedBy: 'provider' | 'client'): string {
    this.#closeRun();
    const part = id !== '' && !this.#parts.has(id) ? id : this.#newPart(id === '' ? 'call-' : `${id}~`);
    this.#parts.set(part, { type: 'tool-args', key: part, part, guard: new SurrogateGuard() });
    this.#calls.add(part);
    this.#clientCalled ||= executedBy === 'client';
    this.#push({ type: 'tool-call', part, name, executedBy });
    return part;
  }

  toolArgs(part: string, delta: string): void {
    const run = this.#parts.get(part);
    if (run === undefined || delta === '') return;
    this.#calls.delete(part);
    this.#delta(run, run.guard.push(delta));
  }

  /** The call's arguments are complete: a call without any gets `{}`. */
  toolArgsEnd(part: string): void {
    if (this.#calls.has(part)) this.toolArgs(part, '{}');
  }

  /** The first result of a call counts; one without its call is left out. */
  toolResult(part: string, result: Json, isError: boolean = false): void {
    const run = this.#parts.get(part);
    if (run === undefined) return;
    this.toolArgsEnd(part);
    this.#parts.set(part, undefined);
    this.#push({ type: 'tool-result', part, result: boundedDepth(result), ...(isError ? { isError } : {}) });
  }

  /** A source already named with the same quote is left out. */
  source(url: string, title: string = '', quote: string = ''): void {
    const identity = `${url}\n${quote}`;
    if (url === '' || this.#urls.has(identity)) return;
    this.#urls.add(identity);
    this.#push({ type: 'source', part: this.#newPart('s'), url, ...(title === '' ? {} : { title }), ...(quote === '' ? {} : { quote }) });
  }

  file(mediaType: string, content: { readonly url: string } | { readonly bytes: Uint8Array }): void {
    this.#push({ type: 'file', part: this.#newPart('f'), mediaType, ...content });
  }

  data(name: string, value: Json): void {
    this.#push({ type: 'data', name, value });
  }

  /** Counts that did not change are left out. */
  usage(usage: Omit<UsageEvent, 'type'>): void {
    const event: UsageEvent = { type: 'usage', ...usage };
    const text = JSON.stringify(event);
    if (text === this.#usage) return;
    this.#usage = text;
    this.#push(event);
  }

  /** The model ended the answer. `stop` with calls for the application becomes `tool-calls`. */
  finish(reason: FinishEvent['reason']): void {
    if (this.#terminal?.type === 'error') return;
    this.#terminal = { type: 'finish', reason: reason === 'stop' && this.#clientCalled ? 'tool-calls' : reason };
  }

  /** Nothing that follows means anything. */
  close(): void {
    this.#closed = true;
  }

  fail(error: ErrorEvent): void {
    if (this.#terminal?.type !== 'error') this.#terminal = error;
    this.#closed = true;
  }

  /** The events written since the last call. */
  take(): readonly StreamEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** What is left, and the terminal event: `otherwise` where none is known. */
  end(otherwise: ErrorEvent): readonly StreamEvent[] {
    this.#closeRun();
    for (const run of this.#parts.values()) if (run !== undefined) this.#delta(run, run.guard.end());
    if (this.#terminal?.type === 'finish') for (const part of this.#calls) this.toolArgs(part, '{}');
    const terminal = this.#terminal ?? otherwise;
    if (terminal.type === 'finish') this.start('');
    this.#events.push(terminal);
    return this.take();
  }

  #run(type: 'text' | 'reasoning', key: string | number, delta: string): void {
    if (delta === '') return;
    if (this.#open?.type !== type || this.#open.key !== key) {
      this.#closeRun();
      this.#open = { type, key, part: this.#newPart(type === 'text' ? 't' : 'r'), guard: new SurrogateGuard() };
    }
    this.#delta(this.#open, this.#open.guard.push(delta));
  }

  #closeRun(): void {
    if (this.#open === undefined) return;
    this.#delta(this.#open, this.#open.guard.end());
    this.#open = undefined;
  }

  #delta({ type, part }: Run, delta: string): void {
    if (delta !== '') this.#push({ type, part, delta: delta.toWellFormed() });
  }

  #push(event: StreamEvent): void {
    this.start('');
    this.#events.push(event);
  }

  #newPart(prefix: string): string {
    while (true) {
      const part = `${prefix}${this.#counter}`;
      this.#counter += 1;
      if (this.#parts.has(part)) continue;
      this.#parts.set(part, undefined);
      return part;
    }
  }
}

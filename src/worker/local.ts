import { isTerminal, type LogEntry, type StreamEvent, SurrogateGuard } from '../wire/index.ts';

/** Epoch of every local stream. */
export const LOCAL_EPOCH = 'local';

/**
 * Numbers the events of a source the page reads, under the rules a relay keeps (docs/PROTOCOL.md, SQ1–SQ4):
 * `start` first, exactly one terminal event, no delta that is empty or ends inside a surrogate pair, no interleaved text.
 */
export class LocalLog {
  readonly #startedAt: number;
  #seq = 0;
  #closed = false;
  readonly #guards = new Map<string, { readonly type: 'text' | 'reasoning' | 'tool-args'; readonly guard: SurrogateGuard }>();
  /** Given text part → the part its text goes to now. */
  readonly #textParts = new Map<string, string>();
  #openText: string | undefined;

  constructor(nowMs: number) {
    this.#startedAt = nowMs;
  }

  /** The entries the events amount to. What comes after the end is ignored. */
  append(events: readonly StreamEvent[], end: boolean, nowMs: number): LogEntry[] {
    const entries: LogEntry[] = [];
    const at = Math.max(0, Math.round(nowMs - this.#startedAt));
    const emit = (event: StreamEvent): void => {
      this.#seq += 1;
      entries.push({ fromSeq: this.#seq, seq: this.#seq, at, event });
    };
    for (const event of end ? [...events, { type: 'finish', reason: 'stop' } as const] : events) {
      if (this.#closed) break;
      if (this.#seq === 0 && event.type !== 'start') {
        emit({ type: 'start', provider: 'local', model: '', createdAt: Math.round(this.#startedAt) });
      }
      if (event.type === 'text' || event.type === 'reasoning' || event.type === 'tool-args') this.#delta(event, emit);
      else if (isTerminal(event)) {
        for (const part of this.#guards.keys()) this.#release(part, emit);
        emit(event);
        this.#closed = true;
      } else if (event.type !== 'start' || this.#seq === 0) emit(event);
    }
    return entries;
  }

  #delta(event: StreamEvent & { readonly type: 'text' | 'reasoning' | 'tool-args' }, emit: (event: StreamEvent) => void): void {
    const part = event.type === 'text' ? this.#textPart(event.part, emit) : event.part;
    let open = this.#guards.get(part);
    if (open === undefined) {
      open = { type: event.type, guard: new SurrogateGuard() };
      this.#guards.set(part, open);
    }
    const delta = open.guard.push(event.delta);
    if (delta !== '') emit({ type: event.type, part, delta });
  }

  #textPart(given: string, emit: (event: StreamEvent) => void): string {
    const known = this.#textParts.get(given);
    if (known !== undefined && known === this.#openText) return known;
    if (this.#openText !== undefined) this.#release(this.#openText, emit);
    const part = known === undefined ? given : `${given}~${this.#seq + 1}`;
    this.#textParts.set(given, part);
    this.#openText = part;
    return part;
  }

  /** The part ends: a half pair it holds never gets its other. */
  #release(part: string, emit: (event: StreamEvent) => void): void {
    const open = this.#guards.get(part);
    if (open === undefined) return;
    this.#guards.delete(part);
    const delta = open.guard.end();
    if (delta !== '') emit({ type: open.type, part, delta });
  }
}

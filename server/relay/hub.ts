import { encodeServerFrame, type StreamError, toStreamError } from '../../src/wire/index.ts';
import type { LogStorage } from '../log/log.ts';
import type { Channel } from './channel.ts';
import type { Subscription } from './outbox.ts';
import type { Session } from './session.ts';

/**
 * The heart: which channels changed, and who is due. One timer serves all channels; a flush encodes each changed
 * channel once and gives every session with readers on it one delivery (docs/PROTOCOL.md, RL2, RL3).
 */
export class Hub {
  readonly channels: Map<string, Channel<Subscription>> = new Map();
  readonly sessions: Set<Session> = new Set();
  readonly #storage: LogStorage;
  readonly #flushIntervalMs: number;
  #dirty = new Set<Channel<Subscription>>();
  #timer: NodeJS.Timeout | undefined;
  #immediate = false;

  constructor(storage: LogStorage, flushIntervalMs: number) {
    this.#storage = storage;
    this.#flushIntervalMs = flushIntervalMs;
  }

  /** The channel has new events: they leave within the flush interval, or `now`, after what else this turn brings. */
  touch(channel: Channel<Subscription>, now: boolean): void {
    this.#dirty.add(channel);
    if (now) {
      if (this.#immediate) return;
      this.#immediate = true;
      queueMicrotask(() => {
        this.#immediate = false;
        this.#flush();
      });
    } else {
      this.#timer ??= setTimeout(() => this.#flush(), this.#flushIntervalMs);
    }
  }

  /** Drops logs beyond their bounds and tells their readers. */
  evict(nowMs: number): string[] {
    const dropped = this.#storage.evict(nowMs);
    for (const name of dropped) {
      const channel = this.channels.get(name);
      this.channels.delete(name);
      for (const reader of [...(channel?.readers ?? [])]) reader.session.dropChannel(reader);
    }
    return dropped;
  }

  drain(retryAfterMs: number, spreadMs: number): void {
    const frame = encodeServerFrame({ type: 'drain', retryAfterMs, spreadMs });
    for (const session of this.sessions) session.send(frame);
  }

  close(reason: StreamError): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flush();
    for (const session of [...this.sessions]) session.end(reason);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const dirty = this.#dirty;
    this.#dirty = new Set();
    const due: Session[] = [];
    for (const channel of dirty) {
      try {
        channel.flush();
      } catch (cause) {
        // Nobody could read on; the other channels must not wait for it.
        for (const reader of [...channel.readers]) reader.session.end(toStreamError(cause));
        continue;
      }
      for (const reader of channel.readers) {
        if (reader.credit.available <= 0) continue;
        const { session } = reader;
        session.markDue(reader);
        if (session.due) continue;
        session.due = true;
        due.push(session);
      }
    }
    for (const session of due) {
      session.due = false;
      session.deliver();
    }
  }
}

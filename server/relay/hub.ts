import { type StreamError, toStreamError } from '../../src/wire/index.ts';
import type { LogStorage, StreamLog } from '../log/log.ts';
import { Channel } from './channel.ts';
import type { Subscription } from './outbox.ts';
import type { Session } from './session.ts';

/**
 * The heart: which channels changed, and who is due. One timer serves all channels; a flush encodes each changed
 * channel once and gives every session with readers on it one delivery (docs/PROTOCOL.md, RL2, RL3).
 */
export class Hub {
  readonly sessions: Set<Session> = new Set();
  /** Of logs that run or are read; what else is kept is only in the storage. */
  readonly #channels = new Map<string, Channel<Subscription>>();
  readonly #storage: LogStorage;
  readonly #flushIntervalMs: number;
  #dirty = new Set<Channel<Subscription>>();
  #timer: NodeJS.Timeout | undefined;
  #immediate = false;
  #flushedAt = Number.NEGATIVE_INFINITY;
  /** A stream has ended since the last flush. */
  #ended = false;

  constructor(storage: LogStorage, flushIntervalMs: number) {
    this.#storage = storage;
    this.#flushIntervalMs = flushIntervalMs;
  }

  /** The channel of a log, running or stored. @throws {StreamError} where the storage cannot be read */
  channel(name: string): Channel<Subscription> | undefined {
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    const log = this.#storage.get(name);
    return log === undefined ? undefined : this.open(log);
  }

  open(log: StreamLog): Channel<Subscription> {
    const channel = new Channel<Subscription>(log);
    this.#channels.set(log.channel, channel);
    return channel;
  }

  /** The channel has new events: they leave within the flush interval, or at once after what else this turn brings. */
  touch(channel: Channel<Subscription>, urgency: 'soon' | 'first' | 'ended'): void {
    this.#dirty.add(channel);
    if (urgency === 'ended') this.#ended = true;
    if (urgency !== 'soon') {
      if (this.#immediate) return;
      this.#immediate = true;
      queueMicrotask(() => {
        this.#immediate = false;
        this.#flush();
      });
    } else {
      this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, this.#flushedAt + this.#flushIntervalMs - performance.now()));
    }
  }

  /** Drops logs beyond their bounds and tells their readers, and forgets channels nobody uses. */
  evict(nowMs: number): void {
    const dropped = this.#storage.evict(nowMs);
    for (const name of dropped) {
      const channel = this.#channels.get(name);
      this.#channels.delete(name);
      for (const reader of [...(channel?.readers ?? [])]) reader.session.dropChannel(reader);
    }
    for (const [name, channel] of this.#channels) if (channel.idle) this.#channels.delete(name);
  }

  /** Ends all sessions, each for a reason of its own: so they need not all come back at the same moment. */
  close(reason: () => StreamError): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flush();
    for (const session of [...this.sessions]) session.end(reason());
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushedAt = performance.now();
    // An end that was shown must not be taken back: it is stored first, with all that came before it.
    if (this.#ended) this.#storage.commit();
    this.#ended = false;
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

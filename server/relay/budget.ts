import { StreamError } from '../../src/wire/index.ts';

/** A connection, as far as its transport's memory goes. */
export interface Holder {
  /** Given to its transport, and not taken by the system yet. */
  readonly unsentBytes: number;
  /** Says why, and closes. */
  end(error: StreamError): void;
}

interface Held {
  bytes: number;
  /** When the system last took some of it, or it began. */
  movedAt: number;
}

/** A transport that takes nothing for so long is not just busy, ms. */
const STALLED_MS = 1_000;

/** What the transports of all connections hold together (docs/PROTOCOL.md, CR8). */
export class UnsentBudget {
  readonly #maxBytes: number;
  readonly #now: () => number;
  /** Those that hold something. */
  readonly #held = new Map<Holder, Held>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(maxBytes: number, now: () => number) {
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  /** To be called whenever a connection's transport has been given something, or has let go of something. */
  look(holder: Holder): void {
    this.#set(holder, holder.unsentBytes);
    this.#arm();
  }

  forget(holder: Holder): void {
    this.#set(holder, 0);
  }

  #set(holder: Holder, bytes: number): void {
    const held = this.#held.get(holder);
    this.#bytes += bytes - (held?.bytes ?? 0);
    if (bytes === 0) this.#held.delete(holder);
    else if (held === undefined) this.#held.set(holder, { bytes, movedAt: this.#now() });
    else {
      if (bytes < held.bytes) held.movedAt = this.#now();
      held.bytes = bytes;
    }
  }

  #arm(): void {
    if (this.#bytes > this.#maxBytes) this.#timer ??= setTimeout(() => this.#shed(), STALLED_MS).unref();
  }

  /** Until an eighth is free, so that it is not one after the other. */
  #shed(): void {
    this.#timer = undefined;
    if (this.#bytes <= this.#maxBytes) return;
    const stalledSince = this.#now() - STALLED_MS;
    const stalled = [...this.#held].filter(([, { movedAt }]) => movedAt <= stalledSince).sort(([, a], [, b]) => a.movedAt - b.movedAt);
    for (const [holder] of stalled) {
      if (this.#bytes <= this.#maxBytes * 0.875) break;
      holder.end(
        new StreamError(
          'too_slow',
          'The relay holds as much unsent data as it may, and this connection takes none; it ends. Reconnect to resume.',
        ),
      );
      this.forget(holder);
    }
    this.#arm();
  }
}

import { CreditAccount, StreamError, toStreamError } from '../../src/wire/index.ts';
import type { Delivery, Peer } from '../transports/peer.ts';
import type { Channel, EncodedBatch } from './channel.ts';
import type { SessionCounters } from './counters.ts';
import type { Session } from './session.ts';

/** One reader of one channel on one connection: a cursor and its credit. */
export interface Subscription {
  readonly id: number;
  readonly session: Session;
  readonly channel: Channel<Subscription>;
  readonly credit: CreditAccount;
  cursor: number;
  /** Last `seq` the reader says it has applied, as far as it was sent. */
  applied: number;
  /** Already in the outbox's list for the next delivery. */
  due: boolean;
  /** Left, or over: nothing more is sent. */
  over: boolean;
}

export interface OutboxHooks {
  /** The transport is given no more than this, and the rest of one batch, beyond what the system has taken. */
  readonly maxBufferedBytes: number;
  readonly counters: Pick<SessionCounters, 'deliveredBatches' | 'deliveredBytes' | 'deliveredEvents' | 'coalescedEvents'>;
  /** The cursor's place was compacted away: sets it back, and says so to the client. */
  reset(subscription: Subscription): void;
  /** What follows its cursor cannot be read. */
  failed(subscription: Subscription, error: StreamError): void;
  /** The terminal event is being sent. */
  finished(subscription: Subscription): void;
  /** Something is being sent. */
  sent(): void;
}

/**
 * What one connection is due. There is no queue of data in it: only which subscriptions have something to read,
 * and what the connection may still send. What is not sent stays in the logs (docs/PROTOCOL.md, CR2, CR3).
 */
export class Outbox {
  /** Of the whole connection. */
  readonly credit: CreditAccount = new CreditAccount(0);
  readonly #peer: Peer;
  readonly #hooks: OutboxHooks;
  #due: Subscription[] = [];

  constructor(peer: Peer, hooks: OutboxHooks) {
    this.#peer = peer;
    this.#hooks = hooks;
  }

  markDue(subscription: Subscription): void {
    if (subscription.due) return;
    subscription.due = true;
    this.#due.push(subscription);
  }

  clear(): void {
    this.#due = [];
  }

  /** Sends what is due and within credit, as much in one go as the transport takes. */
  deliver(): void {
    const { maxBufferedBytes } = this.#hooks;
    while (this.#due.length > 0 && this.#peer.bufferedBytes < maxBufferedBytes) {
      const due = this.#due;
      this.#due = [];
      const deliveries: Delivery[] = [];
      const until = this.credit.spent + maxBufferedBytes - this.#peer.bufferedBytes;
      for (const subscription of due) {
        subscription.due = false;
        const delivery = this.#collect(subscription, until);
        if (delivery !== undefined) deliveries.push(delivery);
      }
      if (deliveries.length === 0) return;
      this.#hooks.sent();
      this.#peer.deliver(deliveries);
    }
  }

  /** Until the connection has spent `until` bytes; what is left then is due again. */
  #collect(subscription: Subscription, until: number): Delivery | undefined {
    const { channel, credit } = subscription;
    const { counters } = this.#hooks;
    if (subscription.over) return undefined;
    const batches: Uint8Array[] = [];
    let fromSeq = subscription.cursor + 1;
    let last = false;
    while (credit.available > 0 && this.credit.available > 0 && subscription.cursor < channel.flushed) {
      if (this.credit.spent >= until) {
        this.markDue(subscription);
        break;
      }
      const batch = this.#next(subscription);
      if (batch === undefined) break;
      if (batch === 'compacted' || batch instanceof StreamError) {
        // What was collected leaves before the reset, or the error, is said.
        if (batches.length > 0) {
          this.markDue(subscription);
          break;
        }
        if (batch instanceof StreamError) {
          this.#hooks.failed(subscription, batch);
          break;
        }
        this.#hooks.reset(subscription);
        fromSeq = 1;
        continue;
      }
      batches.push(batch.bytes);
      credit.spend(batch.bytes.byteLength);
      this.credit.spend(batch.bytes.byteLength);
      counters.deliveredBytes += batch.bytes.byteLength;
      const events = batch.toSeq - batch.fromSeq + 1;
      counters.deliveredEvents += events;
      counters.coalescedEvents += events - batch.entries;
      subscription.cursor = batch.toSeq;
      last = batch.last;
    }
    if (batches.length === 0) return undefined;
    counters.deliveredBatches += batches.length;
    if (last) this.#hooks.finished(subscription);
    return { subscription: subscription.id, epoch: channel.log.epoch, fromSeq, batches, last };
  }

  /** A log that cannot be read ends its own subscription, and no other. */
  #next({ channel, cursor }: Subscription): EncodedBatch | 'compacted' | StreamError | undefined {
    try {
      return channel.next(cursor);
    } catch (cause) {
      return toStreamError(cause);
    }
  }
}

import type { ClientFrame } from '../wire/index.ts';
import type { Clock } from './environment.ts';
import { ConnectionCredit } from './grants.ts';
import { giveBack, type Stream } from './stream.ts';

export interface RequestsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Sends on the live connection. */
  readonly send: (frames: readonly ClientFrame[]) => void;
}

/** Channels a connection is taken to have until the relay has said how many. */
const FIRST_CHANNELS = 64;
/** Frames in one message: far below what the relay takes, whatever the length of the ids. */
const MAX_FRAMES = 100;
/** Upper bound of the random delay before a subscription refused for the moment is asked for again, ms. */
const RETRY_MS = 2_000;
/** The relay’s own word on when to ask again is followed up to this, ms. */
const MAX_RETRY_AFTER_MS = 60_000;
/** Over WebTransport, a silence of one stream after which the relay is asked whether there is anything to come, ms (CN22). */
const ASK_AGAIN_MS = 4_000;

/** What the live connection is asked for: which streams, by which subscriptions, with what credit (docs/PROTOCOL.md, CN6, CN22, CR10). */
export class Requests {
  readonly credit: ConnectionCredit;
  readonly #options: RequestsOptions;
  /** All streams, in order of attachment. */
  readonly #streams: ReadonlyMap<number, Stream>;
  readonly #bySubscription = new Map<number, Stream>();
  #lastSubscription = 0;
  #maxChannels = FIRST_CHANNELS;
  /** A connection is live. */
  #connected = false;
  #outbox: ClientFrame[] = [];
  #cancelAsking = (): void => {};

  constructor(options: RequestsOptions, streams: ReadonlyMap<number, Stream>) {
    this.#options = options;
    this.#streams = streams;
    this.credit = new ConnectionCredit(options.clock.now());
  }

  /** Subscriptions there are. */
  get size(): number {
    return this.#bySubscription.size;
  }

  /** The stream a subscription is of, while it is not over. */
  stream(subscription: number): Stream | undefined {
    return this.#bySubscription.get(subscription);
  }

  /** A new connection stands. Returns what follows `hello` on it. `apart`: each subscription has a stream of the transport to itself. */
  begin(apart: boolean): { readonly credit: number; readonly frames: ClientFrame[] } {
    this.#connected = true;
    const credit = this.credit.begin(this.#options.clock.now());
    this.#cancelAsking();
    if (apart) this.#askLater();
    this.#outbox = [];
    for (const stream of this.#streams.values()) stream.waiting = !stream.over;
    this.limit(FIRST_CHANNELS);
    const frames = this.#outbox;
    this.#outbox = [];
    return { credit, frames };
  }

  /** The connection is gone. */
  down(): void {
    this.#cancelAsking();
    this.#connected = false;
    this.#outbox = [];
    for (const stream of this.#streams.values()) this.forget(stream);
    this.#bySubscription.clear();
  }

  /** So many channels the connection has. */
  limit(maxChannels: number): void {
    this.#maxChannels = maxChannels;
    this.subscribeWaiting();
  }

  /** As many as the connection has channels for (CN6), in order of attachment. */
  subscribeWaiting(): void {
    if (!this.#connected) return;
    for (const stream of this.#streams.values()) {
      if (this.size >= this.#maxChannels) return;
      if (stream.waiting) this.subscribe(stream);
    }
  }

  /** The connection turned out to have no channel for it: it waits for one. */
  postpone(stream: Stream): void {
    this.#maxChannels = this.size;
    stream.waiting = true;
  }

  /** From where it is; `again` where its subscription fell silent. Does nothing without a connection, which asks for all. */
  subscribe(stream: Stream, again = false): void {
    if (!this.#connected) return;
    const now = this.#options.clock.now();
    stream.waiting = false;
    stream.heardAt = now;
    this.#lastSubscription += 1;
    const id = this.#lastSubscription;
    stream.subscription = { id, answered: false, again, held: [] };
    this.#bySubscription.set(id, stream);
    this.#outbox.push({
      type: 'subscribe',
      subscription: id,
      channel: stream.channel,
      epoch: stream.epoch === '' ? undefined : stream.epoch,
      afterSeq: stream.received,
      credit: stream.credit.begin(id, now),
    });
  }

  /** Subscribes later, not before the relay wants that. */
  retry(stream: Stream, retryAfterMs = 0): void {
    const { clock, random } = this.#options;
    stream.cancelRetry = clock.setTimer(
      () => {
        stream.cancelRetry = undefined;
        this.subscribe(stream);
        this.flush();
      },
      Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) + random() * RETRY_MS,
    );
  }

  leave(stream: Stream): void {
    const id = stream.subscription?.id;
    this.forget(stream);
    if (id !== undefined && this.#connected) this.#outbox.push({ type: 'unsubscribe', subscription: id });
  }

  /** Ends the subscription on our side. */
  forget(stream: Stream): void {
    stream.cancelRetry?.();
    stream.cancelRetry = undefined;
    const { subscription } = stream;
    if (subscription === undefined) return;
    stream.subscription = undefined;
    this.#bySubscription.delete(subscription.id);
    stream.credit.end();
    giveBack(stream, subscription.held);
  }

  /** Sends what has become due. Once, after everything that came together. */
  flush(): void {
    if (!this.#connected) return;
    const credit = this.credit.take();
    if (credit !== undefined) this.#outbox.push(credit);
    if (this.#outbox.length === 0) return;
    const frames = this.#outbox;
    this.#outbox = [];
    for (let start = 0; start < frames.length; start += MAX_FRAMES) this.#options.send(frames.slice(start, start + MAX_FRAMES));
  }

  /**
   * Streams of one session fail one by one: when the client's address changes (a NAT forgets it), packets of one may be lost for
   * good while all else goes on. What the page has not applied, the relay may be waiting for; then nobody is asked.
   */
  #askLater(): void {
    const { clock } = this.#options;
    this.#cancelAsking = clock.setTimer(() => {
      const isSilent = ({ subscription, heardAt }: Stream): boolean =>
        subscription?.answered === true && clock.now() - heardAt >= ASK_AGAIN_MS;
      if (this.credit.owed === 0) {
        for (const stream of [...this.#bySubscription.values()].filter(isSilent)) {
          this.leave(stream);
          this.subscribe(stream, true);
        }
        this.flush();
      }
      this.#askLater();
    }, ASK_AGAIN_MS / 4);
  }
}

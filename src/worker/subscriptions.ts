// Larger than most files here: the life of a subscription, from cursor to terminal event, is read as one.
import {
  type Batch,
  type ClientFrame,
  type ErrorFrame,
  isErrorCode,
  isTerminal,
  type ServerFrame,
  type SubscribedFrame,
  type SubscribeFrame,
} from '../wire/index.ts';
import { StreamBuffer, type Taken } from './buffer.ts';
import type { Clock } from './environment.ts';
import { ConnectionCredit, StreamCredit } from './grants.ts';
import type { AttachMessage } from './messages.ts';
import type { Outlet, Pump } from './pump.ts';

export interface SubscriptionsOptions {
  readonly maxBufferBytes: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pump: Pump;
  /** Sends on the live connection. */
  readonly send: (frames: readonly ClientFrame[]) => void;
  /** The connection lives, and yet what the relay sent on it does not come: it is to be made again. */
  readonly lost?: () => void;
}

/** Faults in a row, without an event between them, after which a stream is given up. */
const MAX_FAULTS = 5;
/** Channels a connection is taken to have until the relay has said how many. */
const FIRST_CHANNELS = 64;
/** Frames in one message: far below what the relay takes, whatever the length of the ids. */
const MAX_FRAMES = 100;
/** Upper bound of the random delay before a subscription refused for the moment is asked for again, ms. */
const RETRY_MS = 2_000;
/** Over WebTransport, a silence of one stream after which the relay is asked whether there is anything to come, ms (CN22). */
const ASK_AGAIN_MS = 4_000;
/** The relay’s own word on when to ask again is followed up to this, ms. */
const MAX_RETRY_AFTER_MS = 60_000;

interface Subscription {
  readonly id: number;
  answered: boolean;
  /** Takes the place of one that had fallen silent. */
  readonly again: boolean;
  /** Batches that overtook the answer (WebTransport); bounded by the credit granted. */
  held: Batch[];
}

interface Stream extends Outlet {
  readonly key: number;
  readonly channel: string;
  readonly credit: StreamCredit;
  epoch: string;
  /** Last `seq` received; the cursor a reconnect resumes from. */
  received: number;
  /** Last `seq` the page has applied, for the relay to know. */
  applied: number;
  subscription: Subscription | undefined;
  /** When something last came of it, ms since the Unix epoch. */
  heardAt: number;
  /** The terminal event has been received, or there is nothing to follow. */
  over: boolean;
  faults: number;
  /** The connection had no channel left for it; the next that becomes free is its own. */
  waiting: boolean;
  cancelRetry: (() => void) | undefined;
}

/** Every stream of the relay the page follows: its cursor, its subscription, its credit (docs/PROTOCOL.md, SQ10, CR5). */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #streams = new Map<number, Stream>();
  readonly #bySubscription = new Map<number, Stream>();
  #lastSubscription = 0;
  #maxChannels = FIRST_CHANNELS;
  readonly #credit: ConnectionCredit;
  /** A connection is live. */
  #connected = false;
  #outbox: ClientFrame[] = [];
  #cancelAsking = (): void => {};

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#credit = new ConnectionCredit(options.clock.now());
  }

  /** Whether the live connection owes anything. */
  get active(): boolean {
    return this.#bySubscription.size > 0;
  }

  attach({ key, channel, epoch, afterSeq }: AttachMessage): void {
    if (this.#streams.has(key)) return;
    const received = epoch === undefined ? 0 : afterSeq;
    const stream: Stream = {
      key,
      channel,
      credit: new StreamCredit(this.#credit, this.#now()),
      buffer: new StreamBuffer(key, this.#options.maxBufferBytes, received > 0),
      epoch: epoch ?? '',
      received,
      applied: received,
      subscription: undefined,
      heardAt: 0,
      over: false,
      faults: 0,
      waiting: false,
      cancelRetry: undefined,
    };
    this.#streams.set(key, stream);
    stream.waiting = true;
    this.#subscribeWaiting();
  }

  detach(key: number): void {
    const stream = this.#streams.get(key);
    if (stream === undefined) return;
    this.#streams.delete(key);
    this.#options.pump.forget(stream);
    this.#drop(stream, stream.buffer.clear());
    this.#leave(stream);
    this.#subscribeWaiting();
  }

  /** A new connection stands: what follows `hello` on it. `apart`: each subscription has a stream of the transport to itself. */
  greet(apart = false): { readonly credit: number; readonly frames: ClientFrame[] } {
    this.#connected = true;
    const credit = this.#credit.begin(this.#now());
    this.#cancelAsking();
    if (apart) this.#askLater();
    this.#maxChannels = FIRST_CHANNELS;
    this.#outbox = [];
    for (const stream of this.#streams.values()) stream.waiting = !stream.over;
    this.#subscribeWaiting();
    const frames = this.#outbox;
    this.#outbox = [];
    return { credit, frames };
  }

  /** The connection is gone. Every stream keeps its cursor. */
  down(): void {
    this.#cancelAsking();
    this.#connected = false;
    this.#outbox = [];
    this.#bySubscription.clear();
    for (const stream of this.#streams.values()) this.#unlink(stream);
  }

  /** A frame about a subscription; one about a subscription that is over only costs credit. */
  receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'subscribed':
        this.#answered(frame);
        break;
      case 'batches': {
        for (const batch of frame.batches) {
          // Looked up each time: a batch may end its subscription.
          const stream = this.#bySubscription.get(frame.subscription);
          if (stream?.subscription === undefined) {
            this.#credit.arrived(batch.bytes);
            this.#credit.drop(batch.bytes);
            continue;
          }
          stream.credit.arrived(batch.bytes);
          if (stream.subscription.answered) this.#batch(stream, batch);
          else stream.subscription.held.push(batch);
        }
        break;
      }
      case 'error':
        this.#refused(frame);
        break;
      case 'welcome':
        this.#maxChannels = frame.maxChannels;
        this.#subscribeWaiting();
        break;
      default:
        break;
    }
  }

  /** The page has applied what was taken from the buffers. */
  settle(taken: readonly Taken[]): void {
    const now = this.#now();
    for (const { change, costs, seq } of taken) {
      const stream = this.#streams.get(change.key);
      if (stream !== undefined && change.epoch === stream.epoch && seq > stream.applied) stream.applied = seq;
      for (const { account, bytes } of costs) account.settle(bytes, stream?.applied ?? seq, now);
    }
  }

  /** Sends what has become due. Once, after everything that came together. */
  flush(): void {
    if (!this.#connected) return;
    const credit = this.#credit.take();
    if (credit !== undefined) this.#outbox.push(credit);
    if (this.#outbox.length === 0) return;
    const frames = this.#outbox;
    this.#outbox = [];
    for (let start = 0; start < frames.length; start += MAX_FRAMES) this.#options.send(frames.slice(start, start + MAX_FRAMES));
  }

  close(): void {
    this.down();
    this.#streams.clear();
  }

  /**
   * Streams of one session fail one by one: when the client's address changes (a NAT forgets it), packets of one may be lost for
   * good while all else goes on. What the page has not applied, the relay may be waiting for; then nobody is asked.
   */
  #askLater(): void {
    this.#cancelAsking = this.#options.clock.setTimer(() => {
      const isSilent = ({ subscription, heardAt }: Stream): boolean =>
        subscription?.answered === true && this.#now() - heardAt >= ASK_AGAIN_MS;
      if (this.#credit.owed === 0) {
        for (const stream of [...this.#bySubscription.values()].filter(isSilent)) {
          this.#leave(stream);
          this.#outbox.push(this.#subscribe(stream, true));
        }
        this.flush();
      }
      this.#askLater();
    }, ASK_AGAIN_MS / 4);
  }

  #subscribe(stream: Stream, again = false): SubscribeFrame {
    stream.waiting = false;
    stream.heardAt = this.#now();
    this.#lastSubscription += 1;
    const id = this.#lastSubscription;
    stream.subscription = { id, answered: false, again, held: [] };
    this.#bySubscription.set(id, stream);
    return {
      type: 'subscribe',
      subscription: id,
      channel: stream.channel,
      epoch: stream.epoch === '' ? undefined : stream.epoch,
      afterSeq: stream.received,
      credit: stream.credit.begin(id, this.#now()),
    };
  }

  #answered({ subscription: id, answer, epoch, seq }: SubscribedFrame): void {
    const stream = this.#bySubscription.get(id);
    const subscription = stream?.subscription;
    if (stream === undefined || subscription === undefined) return;
    // A running subscription is answered again where the relay compacted what it had not sent yet (SQ8).
    if (subscription.answered && answer !== 'reset') return;
    subscription.answered = true;
    if (subscription.again && answer === 'recovered') {
      this.#options.lost?.();
      return;
    }
    if (answer === 'gone') {
      stream.buffer.end(this.#now());
      this.#options.pump.mark(stream);
      this.#finish(stream);
      return;
    }
    if (answer === 'reset') this.#reset(stream, seq);
    else if (stream.received > 0 && epoch !== stream.epoch) {
      this.#reset(stream, 0);
      stream.epoch = '';
      this.#fault(stream);
      return;
    }
    stream.epoch = epoch;
    const { held } = subscription;
    subscription.held = [];
    for (const [index, batch] of held.entries()) {
      if (stream.subscription === subscription) this.#batch(stream, batch);
      else {
        this.#drop(stream, held.slice(index));
        break;
      }
    }
  }

  #batch(stream: Stream, batch: Batch): void {
    const now = this.#now();
    const { credit } = stream;
    stream.heardAt = now;
    if (batch.fromSeq !== stream.received + 1) {
      credit.drop(batch.bytes, stream.applied);
      if (batch.toSeq > stream.received) this.#fault(stream);
      return;
    }
    stream.received = batch.toSeq;
    stream.faults = 0;
    stream.buffer.push(batch.entries, batch.bytes, { account: credit, bytes: batch.bytes }, now);
    this.#options.pump.mark(stream);
    const last = batch.entries.at(-1);
    if (last !== undefined && isTerminal(last.event)) this.#finish(stream);
  }

  /** The relay sent what cannot follow the cursor: read again from it, under a new subscription (SQ10). */
  #fault(stream: Stream): void {
    stream.faults += 1;
    this.#leave(stream);
    if (stream.faults >= MAX_FAULTS) {
      this.#fail(
        stream,
        'bad_frame',
        'The relay kept sending events out of sequence. The stream is given up; what had arrived stays valid.',
        false,
      );
    } else if (this.#connected) this.#outbox.push(this.#subscribe(stream));
  }

  #refused({ subscription: id, code, message, retryable, retryAfterMs }: ErrorFrame): void {
    const stream = id === undefined ? undefined : this.#bySubscription.get(id);
    if (stream === undefined) return;
    this.#unlink(stream);
    if (code === 'too_many_channels' && this.#bySubscription.size > 0) {
      this.#maxChannels = this.#bySubscription.size;
      stream.waiting = true;
      return;
    }
    stream.faults += 1;
    if (!retryable || stream.faults >= MAX_FAULTS) {
      this.#fail(stream, code, message, retryable);
      return;
    }
    stream.cancelRetry = this.#options.clock.setTimer(
      () => {
        stream.cancelRetry = undefined;
        if (!this.#connected) return;
        this.#outbox.push(this.#subscribe(stream));
        this.flush();
      },
      Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) + this.#options.random() * RETRY_MS,
    );
  }

  /** Ends the stream for the page with an error event of our own. */
  #fail(stream: Stream, code: string, message: string, retryable: boolean): void {
    const seq = stream.received + 1;
    const event = { type: 'error', code: isErrorCode(code) ? code : 'internal', message, retryable } as const;
    stream.buffer.push([{ fromSeq: seq, seq, at: 0, event }], 0, undefined, this.#now());
    this.#options.pump.mark(stream);
    this.#finish(stream);
  }

  #reset(stream: Stream, snapshotSeq: number): void {
    this.#drop(stream, stream.buffer.reset(snapshotSeq, this.#now()));
    stream.received = 0;
    stream.applied = 0;
    this.#options.pump.mark(stream);
  }

  /** Nothing more is expected (SQ12). */
  #finish(stream: Stream): void {
    stream.over = true;
    this.#unlink(stream);
    this.#subscribeWaiting();
  }

  /** As many as the connection has channels for (CN6), in order of attachment. */
  #subscribeWaiting(): void {
    if (!this.#connected) return;
    for (const stream of this.#streams.values()) {
      if (this.#bySubscription.size >= this.#maxChannels) return;
      if (stream.waiting) this.#outbox.push(this.#subscribe(stream));
    }
  }

  #leave(stream: Stream): void {
    const id = stream.subscription?.id;
    this.#unlink(stream);
    if (id !== undefined && this.#connected) this.#outbox.push({ type: 'unsubscribe', subscription: id });
  }

  /** Forgets the subscription on our side. */
  #unlink(stream: Stream): void {
    stream.cancelRetry?.();
    stream.cancelRetry = undefined;
    const { subscription } = stream;
    if (subscription === undefined) return;
    stream.subscription = undefined;
    this.#bySubscription.delete(subscription.id);
    stream.credit.end();
    this.#drop(stream, subscription.held);
  }

  #drop(stream: Stream, costs: readonly { readonly bytes: number }[]): void {
    for (const { bytes } of costs) stream.credit.drop(bytes, stream.applied);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

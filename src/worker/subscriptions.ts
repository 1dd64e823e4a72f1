import {
  type Batch,
  type ClientFrame,
  type ErrorFrame,
  isErrorCode,
  isTerminal,
  type ServerFrame,
  type SubscribedFrame,
} from '../wire/index.ts';
import type { Taken } from './buffer.ts';
import type { AttachMessage } from './messages.ts';
import type { Pump } from './pump.ts';
import { Requests, type RequestsOptions } from './requests.ts';
import { createStream, giveBack, type Stream } from './stream.ts';

export interface SubscriptionsOptions extends RequestsOptions {
  readonly maxBufferBytes: number;
  readonly pump: Pump;
  /** The connection lives, and yet what the relay sent on it does not come: it is to be made again. */
  readonly lost?: () => void;
}

/** Faults in a row, without an event between them, after which a stream is given up. */
const MAX_FAULTS = 5;

/** Every stream of the relay the page follows: what comes of its subscriptions moves its cursor (docs/PROTOCOL.md, SQ6 to SQ12). */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #streams = new Map<number, Stream>();
  readonly #requests: Requests;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#requests = new Requests(options, this.#streams);
  }

  /** Whether the live connection owes anything. */
  get active(): boolean {
    return this.#requests.size > 0;
  }

  attach(message: AttachMessage): void {
    if (this.#streams.has(message.key)) return;
    this.#streams.set(message.key, createStream(message, this.#requests.credit, this.#options.maxBufferBytes, this.#now()));
    this.#requests.subscribeWaiting();
  }

  detach(key: number): void {
    const stream = this.#streams.get(key);
    if (stream === undefined) return;
    this.#streams.delete(key);
    this.#options.pump.forget(stream);
    giveBack(stream, stream.buffer.clear());
    this.#requests.leave(stream);
    this.#requests.subscribeWaiting();
  }

  /** A new connection stands: what follows `hello` on it. `apart`: each subscription has a stream of the transport to itself. */
  greet(apart = false): { readonly credit: number; readonly frames: ClientFrame[] } {
    return this.#requests.begin(apart);
  }

  /** The connection is gone. Every stream keeps its cursor. */
  down(): void {
    this.#requests.down();
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
          const stream = this.#requests.stream(frame.subscription);
          if (stream?.subscription === undefined) {
            this.#requests.credit.arrived(batch.bytes);
            this.#requests.credit.drop(batch.bytes);
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
        this.#requests.limit(frame.maxChannels);
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
    this.#requests.flush();
  }

  close(): void {
    this.down();
    this.#streams.clear();
  }

  #answered({ subscription: id, answer, epoch, seq }: SubscribedFrame): void {
    const stream = this.#requests.stream(id);
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
        giveBack(stream, held.slice(index));
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
    this.#requests.leave(stream);
    if (stream.faults >= MAX_FAULTS) {
      this.#fail(
        stream,
        'bad_frame',
        'The relay kept sending events out of sequence. The stream is given up; what had arrived stays valid.',
        false,
      );
    } else this.#requests.subscribe(stream);
  }

  #refused({ subscription: id, code, message, retryable, retryAfterMs }: ErrorFrame): void {
    const stream = id === undefined ? undefined : this.#requests.stream(id);
    if (stream === undefined) return;
    this.#requests.forget(stream);
    if (code === 'too_many_channels' && this.active) {
      this.#requests.postpone(stream);
      return;
    }
    stream.faults += 1;
    if (!retryable || stream.faults >= MAX_FAULTS) this.#fail(stream, code, message, retryable);
    else this.#requests.retry(stream, retryAfterMs);
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
    stream.received = 0;
    stream.applied = 0;
    giveBack(stream, stream.buffer.reset(snapshotSeq, this.#now()));
    this.#options.pump.mark(stream);
  }

  /** Nothing more is expected (SQ12). */
  #finish(stream: Stream): void {
    stream.over = true;
    this.#requests.forget(stream);
    this.#requests.subscribeWaiting();
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

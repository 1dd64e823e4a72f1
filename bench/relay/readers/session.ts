import type { BatchesFrame, CreditWindow } from '../../../src/wire/index.ts';
import { nowMs } from '../../clock.ts';
import { loadWire } from '../../kit.ts';
import { arrival } from '../scenario.ts';
import type { Sample, Tally } from './tally.ts';
import { endOf, integerAt } from './walk.ts';

const wire = await loadWire();

/** The connection's window; a subscription's is the default. */
const connectionWindow = { initialBytes: 196_608 };
const batchesHead = [0x93, 18] as const;

/**
 * One subscriber of the relay, whatever carries its messages: subscribes to all channels, grants credit for what it has
 * received as the browser's receiver does, answers heartbeats. Only a sampled one decodes.
 */
export class ReaderSession {
  readonly opening: Uint8Array;
  readonly subscribed: Promise<void>;
  readonly #resolve: () => void;
  readonly #reject: (cause: Error) => void;
  readonly #send: (message: Uint8Array) => void;
  readonly #tally: Tally;
  readonly #sample: Sample | undefined;
  readonly #connection: CreditWindow = new wire.CreditWindow(nowMs(), connectionWindow);
  readonly #windows: CreditWindow[];
  readonly #appliedSeq: Float64Array;
  #answers = 0;

  constructor(channels: readonly string[], tally: Tally, sample: Sample | undefined, send: (message: Uint8Array) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.subscribed = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#send = send;
    this.#tally = tally;
    this.#sample = sample;
    this.#windows = channels.map(() => new wire.CreditWindow(nowMs()));
    this.#appliedSeq = new Float64Array(channels.length);
    const hello = wire.encodeClientFrame({ type: 'hello', protocol: wire.PROTOCOL_VERSION, credit: this.#connection.limit });
    const subscribes = channels.map((channel, index) =>
      wire.encodeClientFrame({
        type: 'subscribe',
        subscription: index + 1,
        channel,
        afterSeq: 0,
        credit: (this.#windows[index] as CreditWindow).limit,
      }),
    );
    this.opening = wire.concatBytes([hello, ...subscribes]);
  }

  receive(message: Uint8Array): void {
    if (this.#sample !== undefined || message[0] !== batchesHead[0] || message[1] !== batchesHead[1]) {
      this.#decode(message);
      return;
    }
    this.#tally.bytes += message.length;
    let at = 0;
    while (at < message.length) {
      const [subscription, afterSubscription] = integerAt(message, at + 2);
      const [count, from] = integerAt(message, afterSubscription);
      at = from;
      for (let index = 0; index < count; index += 1) at = endOf(message, at);
      this.#applied(subscription, at - from, 0);
    }
  }

  #decode(message: Uint8Array): void {
    let batches = false;
    for (const frame of wire.decodeServerMessage(message)) {
      switch (frame.type) {
        case 'batches':
          batches = true;
          this.#note(frame);
          break;
        case 'subscribed':
          if (frame.answer === 'gone') this.#reject(new Error('A channel is gone.'));
          this.#answers += 1;
          if (this.#answers === this.#windows.length) this.#resolve();
          break;
        case 'ping':
          this.#send(wire.encodeClientFrame({ type: 'pong', nonce: frame.nonce }));
          break;
        case 'error':
          throw new Error(`The relay refused: ${frame.code} ${frame.message}`);
      }
    }
    if (!batches) return;
    this.#tally.bytes += message.length;
    if (this.#sample === undefined) return;
    this.#tally.sampledBytes += message.length;
    this.#tally.sampledMessages += 1;
  }

  /** `seq` 1 is the start event; each arrival is that many text events. */
  #note({ subscription, batches }: BatchesFrame): void {
    for (const batch of batches) {
      const before = this.#appliedSeq[subscription - 1] as number;
      if (batch.fromSeq !== before + 1) throw new Error(`A batch from ${batch.fromSeq} came after ${before}.`);
      this.#applied(subscription, batch.bytes, batch.toSeq);
      this.#sample?.received(subscription - 1, Math.floor((batch.toSeq - 1) / arrival.tokensPerBatch));
    }
  }

  #applied(subscription: number, bytes: number, seq: number): void {
    const window = this.#windows[subscription - 1] as CreditWindow;
    const now = nowMs();
    if (seq > 0) this.#appliedSeq[subscription - 1] = seq;
    const own = window.applied(bytes, now);
    const whole = this.#connection.applied(bytes, now);
    if (!own && !whole) return;
    const grants = own ? [{ subscription, limit: window.limit, appliedSeq: this.#appliedSeq[subscription - 1] as number }] : [];
    this.#send(wire.encodeClientFrame({ type: 'credit', connectionLimit: this.#connection.limit, grants }));
  }
}

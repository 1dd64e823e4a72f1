import type { Batch, ClientFrame, CreditFrame, SubscribedFrame, SubscribeFrame } from '../../src/wire/index.ts';
import type { PatchMessage } from '../../src/worker/messages.ts';
import { Pump } from '../../src/worker/pump.ts';
import { Subscriptions } from '../../src/worker/subscriptions.ts';
import { ManualClock } from './clock.ts';

/** Subscriptions and pump as the receiver joins them, without connection and page: the test is both. */
export class Reader {
  readonly clock: ManualClock = new ManualClock();
  readonly patches: PatchMessage[] = [];
  readonly pump: Pump;
  readonly subscriptions: Subscriptions;
  #sent: ClientFrame[] = [];

  constructor(options: { maxBufferBytes?: number; patchIntervalMs?: number; maxStalenessMs?: number; lost?: () => void } = {}) {
    const { maxBufferBytes = 10_000, patchIntervalMs = 16, maxStalenessMs = 150 } = options;
    this.pump = new Pump(
      { patchIntervalMs, maxStalenessMs },
      this.clock,
      (patch) => this.patches.push(patch),
      (taken) => this.subscriptions.settle(taken),
    );
    this.subscriptions = new Subscriptions({
      maxBufferBytes,
      clock: this.clock,
      random: () => 0.5,
      pump: this.pump,
      send: (frames) => this.#sent.push(...frames),
      lost: options.lost ?? (() => {}),
    });
  }

  /** A new connection. Returns what follows `hello`. */
  greet(apart = false): ClientFrame[] {
    return this.subscriptions.greet(apart).frames;
  }

  attach(key: number, channel = `stream:${key}`, cursor: { epoch?: string; afterSeq?: number } = {}): void {
    this.subscriptions.attach({ type: 'attach', key, channel, epoch: cursor.epoch, afterSeq: cursor.afterSeq ?? 0 });
    this.settled();
  }

  answer(subscription: number, answer: SubscribedFrame['answer'], fields: Partial<SubscribedFrame> = {}): void {
    this.subscriptions.receive({ type: 'subscribed', subscription, answer, epoch: 'e1', seq: 0, recovered: 0, ...fields });
    this.settled();
  }

  batches(subscription: number, ...batches: Batch[]): void {
    this.subscriptions.receive({ type: 'batches', subscription, batches });
    this.settled();
  }

  /** The page folds the last patch in. */
  applied(): void {
    this.pump.applied(this.patches.at(-1)?.patch ?? 0);
    this.settled();
  }

  settled(): void {
    this.subscriptions.flush();
    this.pump.run();
  }

  /** Lets patches come and folds each, until none is due. */
  drain(): void {
    for (let before = -1; before !== this.patches.length; ) {
      before = this.patches.length;
      this.applied();
      this.clock.advance(200);
    }
    this.applied();
  }

  /** What was sent since the last call. */
  sent(): ClientFrame[] {
    return this.#sent.splice(0);
  }

  subscribes(): SubscribeFrame[] {
    return this.sent().filter((frame) => frame.type === 'subscribe');
  }

  credits(): CreditFrame[] {
    return this.sent().filter((frame) => frame.type === 'credit');
  }

  /** The text of a stream as the page has it, from the last reset on. */
  text(key: number): string {
    let text = '';
    for (const change of this.patches.flatMap(({ changes }) => changes)) {
      if (change.key !== key) continue;
      if (change.reset !== undefined) text = '';
      for (const { event } of change.entries) if (event.type === 'text') text += event.delta;
    }
    return text;
  }
}

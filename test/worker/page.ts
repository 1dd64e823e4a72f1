import { onTestFinished } from 'vitest';
import { emptyFold, foldEntries, foldedText, type StreamFold } from '../../src/wire/index.ts';
import type { ReceiverEnv } from '../../src/worker/environment.ts';
import type { ConfigureMessage, ConnectionMessage, PatchMessage, ReceiverOptions, WorkerMessage } from '../../src/worker/messages.ts';
import { createReceiver, type Receiver } from '../../src/worker/receiver.ts';

const receiverOptions: ReceiverOptions = {
  maxBufferBytes: 262_144,
  maxStalenessMs: 150,
  patchIntervalMs: 16,
  attemptTimeoutMs: 4_500,
  fallbackDelayMs: 500,
  rememberMs: 600_000,
};

/** What the page does with a receiver's messages, without a page: folds each patch, and acknowledges it. */
export class TestPage {
  readonly messages: WorkerMessage[] = [];
  readonly folds = new Map<number, StreamFold>();
  readonly epochs = new Map<number, string>();
  readonly resets: number[] = [];
  readonly gone: number[] = [];
  /** Rules broken by what arrived. */
  readonly faults: string[] = [];
  /** Patches are left unacknowledged while this is set. */
  busy = false;
  readonly receiver: Receiver;
  #open = 0;

  constructor(env: Partial<ReceiverEnv> = {}) {
    this.receiver = createReceiver((message) => this.#receive(message), env);
    onTestFinished(() => this.receiver.close());
  }

  configure(
    url: string,
    options: Partial<Omit<ConfigureMessage, 'type' | 'url' | 'options'>> & { options?: Partial<ReceiverOptions> } = {},
  ): void {
    const { options: receiver = {}, ...rest } = options;
    this.receiver.receive({ type: 'configure', url, transport: 'auto', ...rest, options: { ...receiverOptions, ...receiver } });
  }

  attach(key: number, channel: string, cursor: { epoch?: string; afterSeq?: number } = {}): void {
    const { epoch, afterSeq = 0 } = cursor;
    const fold = emptyFold();
    fold.seq = afterSeq;
    this.folds.set(key, fold);
    this.receiver.receive({ type: 'attach', key, channel, epoch, afterSeq });
  }

  /** Acknowledges what was left unacknowledged. */
  acknowledge(): void {
    const patch = this.#open;
    this.#open = 0;
    if (patch !== 0) this.receiver.receive({ type: 'applied', patch });
  }

  text(key: number): string {
    return foldedText(this.fold(key));
  }

  fold(key: number): StreamFold {
    let fold = this.folds.get(key);
    if (fold === undefined) {
      fold = emptyFold();
      this.folds.set(key, fold);
    }
    return fold;
  }

  get connection(): ConnectionMessage | undefined {
    return this.connections.at(-1);
  }

  get connections(): ConnectionMessage[] {
    return this.messages.filter((message) => message.type === 'connection');
  }

  get patches(): PatchMessage[] {
    return this.messages.filter((message) => message.type === 'patch');
  }

  #receive(message: WorkerMessage): void {
    this.messages.push(message);
    if (message.type !== 'patch') return;
    if (this.#open !== 0) this.faults.push(`patch ${message.patch} while ${this.#open} is unacknowledged`);
    this.#open = message.patch;
    for (const change of message.changes) {
      if (change.reset !== undefined) {
        this.folds.set(change.key, emptyFold());
        this.resets.push(change.key);
      }
      if (change.gone === true) this.gone.push(change.key);
      const fold = this.fold(change.key);
      for (const entry of change.entries) {
        if (entry.fromSeq !== fold.seq + 1) this.faults.push(`stream ${change.key}: ${entry.fromSeq} after ${fold.seq}`);
        foldEntries(fold, [entry]);
      }
      this.epochs.set(change.key, change.epoch);
    }
    if (this.busy) return;
    const { patch } = message;
    queueMicrotask(() => {
      if (this.#open !== patch) return;
      this.#open = 0;
      this.receiver.receive({ type: 'applied', patch });
    });
  }
}

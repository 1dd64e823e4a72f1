import { WebTransport } from 'rwebtransport';
import { emptyFold, foldEntries, foldedText, type StreamFold } from '../../src/wire/index.ts';
import type { ReceiverOptions, TransportName, WorkerMessage } from '../../src/worker/messages.ts';
import { createReceiver, type Receiver } from '../../src/worker/receiver.ts';

const options: ReceiverOptions = {
  maxBufferBytes: 262_144,
  maxStalenessMs: 150,
  // A client without a screen: fewer, larger patches.
  patchIntervalMs: 50,
  attemptTimeoutMs: 4_500,
  fallbackDelayMs: 500,
  rememberMs: 600_000,
};

/** A browser's receiver, in Node, that follows one stream at a time and holds every `seq` against the one before. */
export class SoakClient {
  readonly transport: TransportName;
  /** What must not happen, and did. */
  readonly faults: string[] = [];
  readonly #url: string;
  #receiver: Receiver | undefined;
  #key = 0;
  #epoch: string | undefined;
  #fold: StreamFold = emptyFold();
  #changed: () => void = () => {};

  constructor(transport: TransportName, url: string) {
    this.transport = transport;
    this.#url = url;
  }

  get text(): string {
    return foldedText(this.#fold);
  }

  get status(): string {
    return this.#fold.status;
  }

  /** From the stream's beginning. What was followed before is left. */
  follow(channel: string): void {
    this.#receiver ??= this.#connect();
    if (this.#key > 0) this.#receiver.receive({ type: 'detach', key: this.#key });
    this.#key += 1;
    this.#fold = emptyFold();
    this.#epoch = undefined;
    this.#receiver.receive({ type: 'attach', key: this.#key, channel, afterSeq: 0 });
  }

  /** Ends the connection and makes another, which goes on from the cursor. */
  reconnect(channel: string): void {
    this.close();
    this.#receiver = this.#connect();
    this.#key += 1;
    this.#receiver.receive({ type: 'attach', key: this.#key, channel, epoch: this.#epoch, afterSeq: this.#fold.seq });
  }

  leave(): void {
    this.#receiver?.receive({ type: 'detach', key: this.#key });
    this.#key += 1;
  }

  close(): void {
    this.#receiver?.close();
    this.#receiver = undefined;
  }

  /** Resolves once the condition holds, looked at after each patch; `false` when `deadlineMs` has gone by before. */
  async until(condition: () => boolean, deadlineMs: number): Promise<boolean> {
    const end = performance.now() + deadlineMs;
    while (!condition()) {
      const left = end - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }

  #connect(): Receiver {
    const receiver: Receiver = createReceiver((message) => this.#receive(receiver, message), {
      WebTransport: Quiet as unknown as typeof globalThis.WebTransport,
    });
    receiver.receive({ type: 'configure', url: this.#url, transport: this.transport, options });
    return receiver;
  }

  #receive(receiver: Receiver, message: WorkerMessage): void {
    if (message.type === 'connection' && message.status === 'failed') this.faults.push(`${this.transport}: ${message.error?.code}`);
    if (message.type === 'failure') this.faults.push(`${this.transport}: ${message.code}`);
    if (message.type !== 'patch') return;
    for (const { key, entries, epoch, reset, gone } of message.changes) {
      if (key !== this.#key) continue;
      if (reset !== undefined) this.#fold = emptyFold();
      if (gone === true) this.faults.push(`${this.transport}: gone`);
      this.#epoch = epoch;
      for (const entry of entries) {
        if (entry.fromSeq !== this.#fold.seq + 1) this.faults.push(`${this.transport}: ${entry.fromSeq} after ${this.#fold.seq}`);
        foldEntries(this.#fold, [entry]);
      }
    }
    queueMicrotask(() => receiver.receive({ type: 'applied', patch: message.patch }));
    this.#changed();
  }
}

/** The addon's promises reject where a session ends; nobody asks each of them. */
class Quiet extends WebTransport {
  constructor(...args: ConstructorParameters<typeof WebTransport>) {
    super(...args);
    this.closed.catch(() => {});
    this.ready.catch(() => {});
  }
}

import { WebTransport } from 'rwebtransport';
import type { ReceiverEnv } from '../../src/worker/environment.ts';
import type { PageMessage, SignalMessage, WorkerMessage } from '../../src/worker/messages.ts';
import { createReceiver, type Receiver } from '../../src/worker/receiver.ts';

export interface RigWorkerOptions {
  readonly random: () => number;
  /** Sees every message of the receiver as it reaches the page. */
  readonly onMessage: (message: WorkerMessage) => void;
  readonly onPosted: (message: PageMessage) => void;
}

/** The real receiver behind a worker's surface, on this thread: messages are cloned, and the page's thread can be kept busy. */
export class RigWorker {
  onmessage: ((event: { data: WorkerMessage }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  readonly #receiver: Receiver;
  readonly #options: RigWorkerOptions;
  #terminated = false;
  #ready = false;
  #held: WorkerMessage[] | undefined;

  constructor(options: RigWorkerOptions) {
    this.#options = options;
    const env: Partial<ReceiverEnv> = { random: options.random, WebTransport: WebTransport as unknown as typeof globalThis.WebTransport };
    this.#receiver = createReceiver((message) => {
      const data = structuredClone(message);
      queueMicrotask(() => {
        if (this.#held === undefined) this.#deliver(data);
        else this.#held.push(data);
      });
    }, env);
  }

  postMessage(message: PageMessage): void {
    const data = structuredClone(message);
    this.#options.onPosted(data);
    queueMicrotask(() => this.#receiver.receive(data));
  }

  signal(signal: SignalMessage['signal']): void {
    this.postMessage({ type: 'signal', signal });
  }

  /** The page's thread is busy: nothing reaches it. */
  block(): void {
    this.#held ??= [];
  }

  unblock(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.#deliver(message);
  }

  terminate(): void {
    this.#terminated = true;
    this.#receiver.close();
  }

  /** Dies, as of too little memory. One that has not said that it runs is no worker yet: the page would do without for good. */
  crash(): void {
    if (this.#terminated || !this.#ready) return;
    this.#receiver.close();
    this.#held = undefined;
    this.onerror?.({ message: 'killed by the rig' });
  }

  #deliver(data: WorkerMessage): void {
    if (this.#terminated) return;
    if (data.type === 'ready') this.#ready = true;
    this.#options.onMessage(data);
    this.onmessage?.({ data });
  }
}

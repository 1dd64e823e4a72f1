import type { PageMessage, WorkerMessage } from '../../src/worker/messages.ts';
import { createReceiver, type Receiver } from '../../src/worker/receiver.ts';

/** A worker without a thread, with the real receiver in it: messages are cloned, and it can die. */
export class InProcessWorker {
  onmessage: ((event: { data: WorkerMessage }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  readonly posted: PageMessage[] = [];
  terminated = false;
  readonly #receiver: Receiver | undefined;

  /** `broken`: it never runs, as under a content security policy. */
  constructor(broken = false) {
    if (broken) queueMicrotask(() => this.crash());
    else {
      this.#receiver = createReceiver((message) => {
        const data = structuredClone(message);
        queueMicrotask(() => this.onmessage?.({ data }));
      });
    }
  }

  postMessage(message: PageMessage): void {
    const data = structuredClone(message);
    this.posted.push(data);
    queueMicrotask(() => this.#receiver?.receive(data));
  }

  terminate(): void {
    this.terminated = true;
    this.#receiver?.close();
  }

  crash(): void {
    this.#receiver?.close();
    this.onerror?.({ message: 'out of memory' });
  }
}

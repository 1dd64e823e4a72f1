import type { StreamEvent } from '../../src/wire/index.ts';

/** A source the test feeds by hand: what is pushed is yielded at once, in order. */
export class ManualSource implements AsyncIterable<StreamEvent> {
  returned = false;
  #waiting: ((step: IteratorResult<StreamEvent>) => void) | undefined;
  readonly #queue: IteratorResult<StreamEvent>[] = [];

  push(...events: StreamEvent[]): void {
    for (const value of events) this.#offer({ done: false, value });
  }

  text(delta: string, part = 't0'): void {
    this.push({ type: 'text', part, delta });
  }

  end(): void {
    this.#offer({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent> {
    return {
      next: () => {
        const step = this.#queue.shift();
        if (step !== undefined) return Promise.resolve(step);
        return new Promise((resolve) => {
          this.#waiting = resolve;
        });
      },
      return: () => {
        this.returned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #offer(step: IteratorResult<StreamEvent>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#queue.push(step);
    else waiting(step);
  }
}

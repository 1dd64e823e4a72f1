import type { StreamEvent } from '../../../src/wire/index.ts';

/** What an application hands to `relay.streams.create({ source })`: events as they come, never ending. */
export class PushSource implements AsyncIterable<StreamEvent> {
  #waiting: ((step: IteratorResult<StreamEvent>) => void) | undefined;
  readonly #queue: StreamEvent[] = [];

  push(event: StreamEvent): void {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#queue.push(event);
      return;
    }
    this.#waiting = undefined;
    waiting({ value: event, done: false });
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent> {
    return {
      next: () => {
        const event = this.#queue.shift();
        if (event !== undefined) return Promise.resolve({ value: event, done: false });
        return new Promise((resolve) => (this.#waiting = resolve));
      },
    };
  }
}

import type { ClientFrame, CreditFrame, CreditGrant } from '../../wire/index.ts';

/**
 * What the client has said and not sent yet, in order. Only the newest credit matters (docs/PROTOCOL.md, CR1),
 * so that any number of acknowledgements takes the place of one: the queue is bounded by what the page does.
 */
export class FrameQueue {
  #frames: ClientFrame[] = [];
  #credit: CreditFrame | undefined;

  get empty(): boolean {
    return this.#frames.length === 0 && this.#credit === undefined;
  }

  push(frames: readonly ClientFrame[]): void {
    for (const frame of frames) {
      if (frame.type === 'credit') this.#credit = this.#credit === undefined ? frame : merge(this.#credit, frame);
      else this.#frames.push(frame);
    }
  }

  /** Everything, credit last: what it names has been subscribed before. */
  take(): ClientFrame[] {
    const frames = this.#credit === undefined ? this.#frames : [...this.#frames, this.#credit];
    this.#frames = [];
    this.#credit = undefined;
    return frames;
  }
}

function merge(older: CreditFrame, newer: CreditFrame): CreditFrame {
  const grants = new Map<number, CreditGrant>();
  for (const grant of older.grants) grants.set(grant.subscription, grant);
  for (const grant of newer.grants) grants.set(grant.subscription, grant);
  return { type: 'credit', connectionLimit: Math.max(older.connectionLimit, newer.connectionLimit), grants: [...grants.values()] };
}

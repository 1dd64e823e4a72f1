import { type ClientFrame, decodeClientMessage, StreamError } from '../../src/wire/index.ts';
import { TokenBucket } from './bucket.ts';
import type { ResolvedRelayOptions } from './options.ts';

/** Frames waiting for `authenticate` or `authorize` at most. */
const MAX_WAITING = 4_096;

export interface IntakeHooks {
  /** The next frame waits until this has settled. */
  handle(frame: ClientFrame): Promise<void> | undefined;
  /** What handling one threw, or rejected with. */
  failed(cause: unknown): void;
}

/** What a client says: within its rates, and handled one frame after the other, in order. */
export class Intake {
  readonly #messages: TokenBucket;
  readonly #frames: TokenBucket;
  readonly #hooks: IntakeHooks;
  #waiting: ClientFrame[] = [];
  #busy = false;
  #over = false;

  constructor({ maxMessagesPerSecond, maxFramesPerSecond }: ResolvedRelayOptions, now: number, hooks: IntakeHooks) {
    this.#messages = new TokenBucket(maxMessagesPerSecond, now);
    this.#frames = new TokenBucket(maxFramesPerSecond, now);
    this.#hooks = hooks;
  }

  /** Something that costs as much as a message. @throws {StreamError} `rate_limited` */
  charge(now: number): void {
    if (!this.#messages.take(now))
      throw new StreamError('rate_limited', 'Too many messages on this connection, which closes. Send fewer, and several frames in one.');
  }

  /** @throws {StreamError} `rate_limited`, or where it cannot be decoded */
  receive(message: Uint8Array, now: number): void {
    this.charge(now);
    const frames = decodeClientMessage(message);
    if (!this.#frames.take(now, costOf(frames))) {
      throw new StreamError('rate_limited', 'Too many frames on this connection, which closes. Subscribe, ping and refresh less often.');
    }
    this.#waiting.push(...frames);
    if (this.#waiting.length > MAX_WAITING) throw new StreamError('rate_limited', 'Too many frames wait on this connection, which closes.');
  }

  /** Handles what waits, unless that is under way. Never rejects. */
  async work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let frame = this.#waiting.shift(); frame !== undefined && !this.#over; frame = this.#waiting.shift()) {
        const waiting = this.#hooks.handle(frame);
        if (waiting !== undefined) await waiting;
      }
    } catch (cause) {
      this.#hooks.failed(cause);
    }
    this.#busy = false;
  }

  /** What waits is dropped, and nothing more is handled. */
  close(): void {
    this.#over = true;
    this.#waiting = [];
  }
}

/** In frames: what asks the app, or is long, counts for more. */
function costOf(frames: readonly ClientFrame[]): number {
  let cost = 0;
  for (const frame of frames) {
    if (frame.type === 'refresh') cost += 20;
    else if (frame.type === 'credit') cost += 1 + Math.floor(frame.grants.length / 16);
    else cost += 1;
  }
  return cost;
}

import { type StartEvent, StreamError } from '../../src/wire/index.ts';
import type { ResolvedRelayOptions } from './options.ts';

/** One generation while it runs. */
export interface Running {
  readonly principal: string;
  readonly abort: AbortController;
  /** Stands in where the producer sends none. */
  readonly start: StartEvent;
  readonly begunAt: number;
  /** When somebody last began or looked, other than by a subscription; like `begunAt`, by a clock that never jumps. */
  seenAt: number;
  /** From its creation; `undefined` as long as there is none. */
  firstTokenMs: number | undefined;
}

/** What runs, by channel: so many at once, of one principal and in all (docs/PROTOCOL.md, RL7). */
export class Generations {
  readonly #options: Pick<ResolvedRelayOptions, 'maxGenerations' | 'maxGenerationsPerPrincipal'>;
  readonly #running = new Map<string, Running>();
  readonly #perPrincipal = new Map<string, number>();

  constructor(options: Pick<ResolvedRelayOptions, 'maxGenerations' | 'maxGenerationsPerPrincipal'>) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  get channels(): readonly string[] {
    return [...this.#running.keys()];
  }

  get all(): ReadonlyMap<string, Running> {
    return this.#running;
  }

  get(channel: string): Running | undefined {
    return this.#running.get(channel);
  }

  /** Whether one more may run. @throws {StreamError} `too_many_streams` */
  admit(principal: string): void {
    const { maxGenerations, maxGenerationsPerPrincipal } = this.#options;
    if (this.#running.size < maxGenerations && (this.#perPrincipal.get(principal) ?? 0) < maxGenerationsPerPrincipal) return;
    throw new StreamError(
      'too_many_streams',
      'As many generations run as may at once; nothing was started. Try again when one has ended.',
      {
        retryAfterMs: 1_000,
      },
    );
  }

  begin(channel: string, running: Running): void {
    this.#running.set(channel, running);
    this.#perPrincipal.set(running.principal, (this.#perPrincipal.get(running.principal) ?? 0) + 1);
  }

  /** Whether it ran. */
  end(channel: string): boolean {
    const running = this.#running.get(channel);
    if (running === undefined) return false;
    this.#running.delete(channel);
    const left = (this.#perPrincipal.get(running.principal) ?? 1) - 1;
    if (left === 0) this.#perPrincipal.delete(running.principal);
    else this.#perPrincipal.set(running.principal, left);
    return true;
  }
}

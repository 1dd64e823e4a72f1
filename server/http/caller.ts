import { StreamError } from '../../src/wire/index.ts';
import { TokenBucket } from '../relay/bucket.ts';
import type { Principal, ResolvedRelayOptions } from '../relay/options.ts';
import { identify } from '../relay/principal.ts';

/** Who calls over HTTP. */
export interface Caller {
  readonly principal: Principal;
  readonly origin: string | undefined;
  readonly remoteAddress: string;
}

/** @throws {StreamError} `unauthenticated` */
export async function authenticate(request: Request, remoteAddress: string, options: ResolvedRelayOptions): Promise<Caller> {
  const { headers } = request;
  const origin = headers.get('origin') ?? undefined;
  const principal = await identify(options, { credentials: bearer(headers), headers, origin, remoteAddress, transport: 'http' });
  return { principal, origin, remoteAddress };
}

function bearer(headers: Headers): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1];
}

const MAX_CALLERS = 10_000;

/** Token buckets, one a caller. The longest unused is forgotten first. */
export class CallerLimits {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** @throws {StreamError} `rate_limited` */
  take(key: string): void {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MAX_CALLERS) for (const oldest of this.#buckets.keys()) if (this.#buckets.delete(oldest)) break;
    if (bucket.take(now)) return;
    throw new StreamError('rate_limited', `More than ${this.#perSecond} requests a second came; this one was not handled. Slow down.`, {
      retryAfterMs: 1_000,
    });
  }
}

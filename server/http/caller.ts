import { StreamError } from '../../src/wire/index.ts';
import type { Buckets } from '../relay/buckets.ts';
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

/** @throws {StreamError} `rate_limited` where the caller has none left */
export function takeOne(limits: Buckets, caller: string): void {
  if (limits.take(caller)) return;
  throw new StreamError('rate_limited', `More than ${limits.perSecond} requests a second came; this one was not handled. Slow down.`, {
    retryAfterMs: 1_000,
  });
}

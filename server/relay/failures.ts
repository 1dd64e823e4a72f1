import { hash } from 'node:crypto';
import { StreamError } from '../../src/wire/index.ts';
import { Buckets } from './buckets.ts';
import { networkOf } from './network.ts';
import type { AuthenticateInput, Principal, ResolvedRelayOptions } from './options.ts';
import { Recent } from './recent.ts';

/**
 * The same options, whose `authenticate` is not asked for addresses whose credentials were refused too often: that is `rate_limited`
 * (docs/PROTOCOL.md, RL20). Only refusals count; a hook that fails says nothing about the caller. Credentials that were let in from there
 * are looked at all the same: whoever shares the address with somebody who guesses stays in.
 */
export function withFailureLimit(options: ResolvedRelayOptions, now: () => number): ResolvedRelayOptions {
  const { authenticate, maxAuthFailuresPerSecond, trustedProxies } = options;
  const failures = new Buckets(maxAuthFailuresPerSecond, now);
  const letIn = new Recent<true>();
  return {
    ...options,
    authenticate(input) {
      const address = addressOf(input, trustedProxies);
      if (address === undefined) return authenticate(input);
      const caller = `${address} ${markOf(input)}`;
      if (!failures.allows(address) && letIn.get(caller) === undefined) {
        throw new StreamError(
          'rate_limited',
          'Credentials from this address were refused too often; these were not looked at. Slow down.',
          {
            retryAfterMs: 1_000,
          },
        );
      }
      const judged = (principal: Principal | undefined): Principal | undefined => {
        if (principal !== undefined && principal !== null) letIn.set(caller, true);
        else {
          letIn.delete(caller);
          failures.charge(address);
        }
        return principal;
      };
      const answer = authenticate(input);
      return answer instanceof Promise ? answer.then(judged) : judged(answer);
    },
  };
}

/**
 * Behind a proxy the relay was not told of, clients are told apart by what it says of them: one of them must not lock the others out. Who
 * reaches the relay directly may write there what it likes, and is then not limited.
 */
function addressOf({ headers, remoteAddress }: AuthenticateInput, trustedProxies: number): string | undefined {
  if (remoteAddress === '') return undefined;
  const said = trustedProxies === 0 ? (headers.get('x-forwarded-for') ?? headers.get('forwarded') ?? '') : '';
  // Its end is what the nearest proxy wrote.
  return `${networkOf(remoteAddress)} ${said.slice(-MAX_SAID)}`;
}

const MAX_SAID = 100;

/** Credentials are not kept. Over SSE they come with the first frame, and then as a header. */
function markOf({ credentials, headers }: AuthenticateInput): string {
  return hash('sha256', JSON.stringify([credentials ?? headers.get('authorization'), headers.get('cookie')]), 'base64');
}

import { hash } from 'node:crypto';
import { StreamError } from '../../src/wire/index.ts';
import { Guesses, type Turn } from './guesses.ts';
import { networkOf } from './network.ts';
import type { AuthenticateInput, Principal, ResolvedRelayOptions } from './options.ts';
import { Recent } from './recent.ts';

type Answer = Principal | undefined;

/** Whose guesses count together. */
interface Counted {
  readonly guesses: Guesses;
  readonly key: string;
}

interface Waiting {
  readonly counted: readonly Counted[];
  readonly since: number;
  look(): void;
  refuse(): void;
}

/** Callers that wait for their turn at most, of all addresses. */
export const MAX_WAITING = 1_000;
/** What all behind one socket address may, in shares of one caller, where only an untold proxy's header tells them apart. */
const SHARES_OF_A_SOCKET = 10;

/**
 * The same options, whose `authenticate` is not asked for addresses whose credentials were refused too often: that is `rate_limited`
 * (docs/PROTOCOL.md, RL20). Only refusals count; a hook that fails says nothing about the caller. No more are looked at together than may
 * be refused: the others wait for their turn, `hookTimeoutMs` at most. Credentials that were let in from there are looked at all the same:
 * whoever shares the address with somebody who guesses stays in.
 */
export function withFailureLimit(options: ResolvedRelayOptions, now: () => number): ResolvedRelayOptions {
  const { authenticate, maxAuthFailuresPerSecond, trustedProxies, hookTimeoutMs } = options;
  const callers = new Guesses(maxAuthFailuresPerSecond, now);
  const sockets = new Guesses(SHARES_OF_A_SOCKET * maxAuthFailuresPerSecond, now);
  const letIn = new Recent<true>();
  let waiting: Waiting[] = [];

  const countedOf = ({ headers, remoteAddress }: AuthenticateInput): readonly Counted[] => {
    const network = networkOf(remoteAddress);
    const said = trustedProxies === 0 ? saidBy(headers) : '';
    const caller = { guesses: callers, key: `${network} ${said}` };
    return said === '' ? [caller] : [caller, { guesses: sockets, key: network }];
  };

  const look = (input: AuthenticateInput, caller: string, counted: readonly Counted[]): Answer | Promise<Answer> => {
    const judged = (principal: Answer): Answer => {
      if (principal !== undefined && principal !== null) letIn.set(caller, true);
      else {
        letIn.delete(caller);
        for (const { guesses, key } of counted) guesses.refused(key);
      }
      return principal;
    };
    const answer = authenticate(input);
    if (!(answer instanceof Promise)) return judged(answer);
    for (const { guesses, key } of counted) guesses.begin(key);
    return answer.then(judged).finally(() => {
      for (const { guesses, key } of counted) guesses.end(key);
      if (waiting.length > 0) callNext();
    });
  };

  /** Whoever's turn it is by now, in order. As long as anybody waits somebody is being looked at, who has a deadline. */
  const callNext = (): void => {
    const before = waiting;
    waiting = [];
    for (const one of before) {
      const turn = turnOf(one.counted);
      if (turn === 'no' || now() - one.since >= hookTimeoutMs) one.refuse();
      else if (turn === 'now') one.look();
      else waiting.push(one);
    }
  };

  return {
    ...options,
    authenticate(input) {
      // It would be everybody.
      if (input.remoteAddress === '') return authenticate(input);
      const counted = countedOf(input);
      const caller = `${counted[0]?.key} ${markOf(input)}`;
      const turn = letIn.get(caller) === undefined ? turnOf(counted) : 'now';
      if (turn === 'now') return look(input, caller, counted);
      if (turn === 'no' || waiting.length >= MAX_WAITING) throw tooMany();
      return new Promise((resolve, reject) => {
        waiting.push({
          counted,
          since: now(),
          look: () => resolve((async () => look(input, caller, counted))()),
          refuse: () => reject(tooMany()),
        });
      });
    },
  };
}

function turnOf(counted: readonly Counted[]): Turn {
  const turns = counted.map(({ guesses, key }) => guesses.turn(key));
  return turns.find((turn) => turn === 'no') ?? turns.find((turn) => turn === 'later') ?? 'now';
}

function tooMany(): StreamError {
  return new StreamError('rate_limited', 'Credentials from this address were refused too often; these were not looked at. Slow down.', {
    retryAfterMs: 1_000,
  });
}

/**
 * Behind a proxy the relay was not told of, clients are told apart by what it says of them: one of them must not lock the others out. Since
 * anybody may write there what he likes, all of one socket address together have a bound, too.
 */
function saidBy(headers: Headers): string {
  // Its end is what the nearest proxy wrote.
  return (headers.get('x-forwarded-for') ?? headers.get('forwarded') ?? '').slice(-MAX_SAID);
}

const MAX_SAID = 100;

/** Credentials are not kept. Over SSE they come with the first frame, and then as a header. */
function markOf({ credentials, headers }: AuthenticateInput): string {
  return hash('sha256', JSON.stringify([credentials ?? headers.get('authorization'), headers.get('cookie')]), 'base64');
}

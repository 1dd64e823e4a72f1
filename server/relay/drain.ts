import { encodeServerFrame, StreamError } from '../../src/wire/index.ts';
import type { Session } from './session.ts';

export interface DrainOptions {
  /** Nobody is asked to reconnect earlier than this, ms: the time another relay needs to be there. @default 0 */
  readonly retryAfterMs?: number;
  /** Reconnects are spread over this time, ms. @default 5 ms for each connection, at most 30 s */
  readonly spreadMs?: number;
  /**
   * How long running generations may go on, and be read to their end, ms. What still runs then ends with the retryable error
   * `relay_draining`. With `Infinity` the relay waits for ever, and readers are asked to reconnect at once like everybody else.
   * @default `drainDeadlineMs` of the relay
   */
  readonly deadlineMs?: number;
}

/** What a drain asks of the relay around it. */
export interface DrainHost {
  readonly sessions: ReadonlySet<Session>;
  /** Generations still running. */
  running(): number;
  /** Ends them all. Returns how many. */
  cut(error: StreamError): number;
  /** A client was asked to reconnect. */
  told(): void;
  /** Calls back whenever less may be left than before: a generation, a session, a subscription, or bytes in a transport. Returns how to end that. */
  watch(less: () => void): () => void;
}

/** Of the last events, to leave once the deadline has ended what ran, ms. */
const LAST_EVENTS_MS = 1_000;
const SPREAD_PER_CONNECTION_MS = 5;
const MAX_SPREAD_MS = 30_000;

/** How far apart the reconnects of so many clients are, ms. */
export function spreadFor(connections: number): number {
  return Math.min(MAX_SPREAD_MS, SPREAD_PER_CONNECTION_MS * connections);
}

/**
 * Asks every client to reconnect: at once, or, where it reads what only this relay still produces, when that has ended; such
 * a reader is told the deadline until then. Resolves when nothing runs and everything has left, or at the deadline.
 */
export async function drainSessions(
  { retryAfterMs = 0, spreadMs, deadlineMs }: DrainOptions & { readonly deadlineMs: number },
  host: DrainHost,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const spread = spreadMs ?? spreadFor(host.sessions.size);
  const tell = (session: Session, inMs: number): void => {
    host.told();
    session.send(encodeServerFrame({ type: 'drain', retryAfterMs: Math.round(inMs), spreadMs: Math.round(spread) }));
  };
  const waitsFor = new Set<Session>();
  for (const session of host.sessions) {
    if (session.subscriptions.size === 0 || deadlineMs === Number.POSITIVE_INFINITY) tell(session, retryAfterMs);
    else {
      tell(session, deadlineMs + retryAfterMs);
      waitsFor.add(session);
    }
  }
  const isDone = (): boolean => {
    for (const session of waitsFor) {
      if (session.subscriptions.size > 0 && host.sessions.has(session)) continue;
      waitsFor.delete(session);
      if (host.sessions.has(session)) tell(session, retryAfterMs);
    }
    return host.running() === 0 && everythingLeft(host.sessions);
  };
  const wait = (untilMs: number): Promise<void> => watchUntil(isDone, untilMs - performance.now(), host, signal);
  await wait(startedAt + deadlineMs);
  if (signal.aborted || host.cut(cutShort()) === 0) return;
  await wait(performance.now() + LAST_EVENTS_MS);
}

/** Of a generation whose relay cannot wait for its end. */
export function cutShort(): StreamError {
  return new StreamError(
    'relay_draining',
    'The relay was shut down while this answer was generated, and could not wait for its end. What is here stays; ask again for a new answer.',
  );
}

/** Timers take no more, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Resolves when it is done, after `timeoutMs`, or when the relay closes. Looks once after each turn that left less, since what ends is sent in the same turn. */
function watchUntil(isDone: () => boolean, timeoutMs: number, host: DrainHost, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let look: NodeJS.Immediate | undefined;
    const end = (): void => {
      unwatch();
      clearImmediate(look);
      clearTimeout(deadline);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const less = (): void => {
      look ??= setImmediate(() => {
        look = undefined;
        if (isDone()) end();
      });
    };
    const unwatch = host.watch(less);
    const deadline = timeoutMs > MAX_TIMER_MS ? undefined : setTimeout(end, timeoutMs);
    signal.addEventListener('abort', end);
    if (signal.aborted || isDone()) end();
  });
}

/** Nobody reads what is not sent yet, and nothing waits in a transport. */
function everythingLeft(sessions: ReadonlySet<Session>): boolean {
  for (const { subscriptions, peer } of sessions) if (subscriptions.size > 0 || peer.bufferedBytes > 0) return false;
  return true;
}

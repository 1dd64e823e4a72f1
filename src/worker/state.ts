import type { ErrorCode } from '../wire/index.ts';
import type { OutOfRace } from './ladder.ts';
import type { RememberedTransport, SignalMessage, TransportName } from './messages.ts';

export interface ConnectionConfig {
  readonly transport: 'auto' | TransportName;
  /** Fresh credentials are asked of the page before each connection. */
  readonly asksCredentials: boolean;
  readonly attemptTimeoutMs: number;
  readonly fallbackDelayMs: number;
  readonly rememberMs: number;
}

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
}

export type ConnectionEvent =
  /** Something is attached. */
  | { readonly type: 'start' }
  | { readonly type: 'credentials' }
  /** The page’s function for credentials failed. */
  | { readonly type: 'credentials-failed' }
  | { readonly type: 'discovered'; readonly round: number; readonly unavailable: OutOfRace }
  | { readonly type: 'discovery-failed'; readonly round: number; readonly failure: Failure }
  /** The transport's handshake is done. */
  | { readonly type: 'opened'; readonly attempt: number }
  /** The transport ended, by itself; without a failure when the relay ended it in order. */
  | { readonly type: 'ended'; readonly attempt: number; readonly failure: Failure | undefined }
  | { readonly type: 'welcomed'; readonly attempt: number; readonly heartbeatMs: number }
  /** Bytes came. */
  | { readonly type: 'heard'; readonly attempt: number }
  | { readonly type: 'pong'; readonly attempt: number; readonly nonce: number }
  /** An error frame about the connection. */
  | { readonly type: 'refused'; readonly attempt: number; readonly failure: Failure }
  | { readonly type: 'drain'; readonly attempt: number; readonly retryAfterMs: number; readonly spreadMs: number }
  /** Whether something is subscribed that has not ended. */
  | { readonly type: 'awaiting'; readonly streams: boolean }
  | { readonly type: 'signal'; readonly signal: SignalMessage['signal'] }
  /** Time has passed: at `nextWake`, or whenever. */
  | { readonly type: 'tick' }
  | { readonly type: 'close' };

export type ConnectionEffect =
  | { readonly type: 'discover'; readonly round: number }
  | { readonly type: 'ask-credentials' }
  | { readonly type: 'open'; readonly attempt: number; readonly transport: TransportName }
  | { readonly type: 'close'; readonly attempt: number }
  /** The attempt has won: send `hello` and the subscriptions on it. */
  | { readonly type: 'greet'; readonly attempt: number }
  | { readonly type: 'refresh'; readonly attempt: number }
  | { readonly type: 'ping'; readonly attempt: number; readonly nonce: number }
  /** The attempt that was greeted carries nothing any more. */
  | { readonly type: 'down'; readonly attempt: number };

export interface Attempt {
  readonly id: number;
  readonly transport: TransportName;
  readonly deadline: number;
}

export interface ConnectionState {
  readonly config: ConnectionConfig;
  readonly phase: 'idle' | 'preparing' | 'racing' | 'greeting' | 'connected' | 'waiting' | 'failed' | 'closed';
  readonly round: number;
  readonly lastAttempt: number;
  /** Of `preparing`, `greeting` and `waiting`. */
  readonly deadline: number;
  /** In `waiting`: nothing hurries the next attempt before this moment. */
  readonly notBefore: number;
  readonly discovered: boolean;
  readonly awaitsCredentials: boolean;
  /** Credentials were refused, and the page has been asked for others since. */
  readonly askedAgain: boolean;
  readonly unavailable: OutOfRace;
  readonly raceStartedAt: number;
  readonly out: OutOfRace;
  /** Transports that failed or timed out in this race. */
  readonly lost: readonly TransportName[];
  /** Running and not won; after the race at most WebTransport, only to learn whether it would have worked (CN15). */
  readonly pending: readonly Attempt[];
  readonly live: Attempt | undefined;
  /** An SSE response was ended by the relay and its successor is on the way (CN13): not a loss. */
  readonly recycling: boolean;
  readonly greetedAt: number;
  readonly since: number;
  readonly heartbeatMs: number;
  readonly heardAt: number;
  readonly pingAt: number;
  readonly ping: { readonly nonce: number; readonly sentAt: number };
  /** By then something must have been heard. */
  readonly probeUntil: number;
  /** Streams are awaited, so that silence may be a fault. */
  readonly awaiting: boolean;
  /** How long an answer to a ping may take, ms; longer after a connection was given up, since that may have been rash. */
  readonly patienceMs: number;
  /** The last connection fell silent: the way it took gets no head start. */
  readonly distrusts: TransportName | undefined;
  readonly drainAt: number;
  readonly roundTripMs: number | undefined;
  readonly remembered: RememberedTransport | undefined;
  /** Rounds since the last welcome. */
  readonly rounds: number;
  /** Exponent of the backoff: losses since a connection last stood for `stableMs`. */
  readonly losses: number;
  readonly everConnected: boolean;
  readonly offline: boolean;
  readonly hidden: boolean;
  /** The page is frozen or in the back/forward cache: no connection is wanted. */
  readonly frozen: boolean;
  readonly error: Failure | undefined;
}

export interface Moment {
  /** ms since the Unix epoch. */
  readonly now: number;
  /** In [0, 1), new for each transition. */
  readonly random: number;
}

export interface Transition {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** Bounds of the full-jitter backoff, ms, and how long a connection must have stood to begin it anew. */
export const backoff = { baseMs: 500, maxMs: 30_000, stableMs: 5_000 } as const;

/**
 * Silence, ms: after `askMs` of it a ping goes out where streams are awaited, and after `patienceMs`, or four round trips, without
 * an answer the connection is given up. That is doubled each time, up to `maxPatienceMs`. A timer that is `lateMs` late says nothing of
 * the relay: the thread was busy or the machine asleep, and what had arrived has not been looked at yet.
 */
export const silence = { askMs: 1_000, patienceMs: 1_500, maxPatienceMs: 12_000, lateMs: 500 } as const;

export const NEVER: number = Number.POSITIVE_INFINITY;

export function initialConnection(config: ConnectionConfig, remembered: RememberedTransport | undefined): ConnectionState {
  return {
    config,
    phase: 'idle',
    round: 0,
    lastAttempt: 0,
    deadline: NEVER,
    notBefore: 0,
    discovered: false,
    awaitsCredentials: false,
    askedAgain: false,
    unavailable: {},
    raceStartedAt: 0,
    out: {},
    lost: [],
    pending: [],
    live: undefined,
    recycling: false,
    greetedAt: 0,
    since: 0,
    heartbeatMs: 0,
    heardAt: 0,
    pingAt: NEVER,
    ping: { nonce: 0, sentAt: 0 },
    probeUntil: NEVER,
    awaiting: false,
    patienceMs: silence.patienceMs,
    distrusts: undefined,
    drainAt: NEVER,
    roundTripMs: undefined,
    remembered,
    rounds: 0,
    losses: 0,
    everConnected: false,
    offline: false,
    hidden: false,
    frozen: false,
    error: undefined,
  };
}

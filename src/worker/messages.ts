import type { LogEntry, StreamEvent, StreamStatus } from '../wire/index.ts';

/**
 * What crosses the thread between the page and the receiver (in a worker, or inline). Types only.
 * A `key` is the page's own number for one attached stream; it is never used twice by one client.
 */
export type PageMessage =
  | ConfigureMessage
  | ConnectMessage
  | AttachMessage
  | DetachMessage
  | FeedMessage
  | TapMessage
  | UntapMessage
  | AppliedMessage
  | RefreshCredentialsMessage
  | CredentialsFailedMessage
  | SignalMessage
  | CloseMessage;

export type WorkerMessage = ReadyMessage | CredentialsNeededMessage | ConnectionMessage | PatchMessage | FailureMessage;

export type TransportName = 'webtransport' | 'websocket' | 'sse';

/** First message. Nothing connects before `connect` or the first `attach`. */
export interface ConfigureMessage {
  readonly type: 'configure';
  /** Absolute URL of the relay, e.g. `https://relay.example/`. */
  readonly url: string;
  readonly transport: 'auto' | TransportName;
  readonly credentials?: string | undefined;
  /**
   * The page has a function for credentials: before each connection the receiver posts `credentials-needed`
   * and waits for `credentials`, for as long as one attempt may take. @default false
   */
  readonly asksCredentials?: boolean | undefined;
  /** A transport that lost here lately, and until when (ms since the Unix epoch) it is not tried first. From the page's storage. */
  readonly remembered?: RememberedTransport | undefined;
  readonly options: ReceiverOptions;
}

export interface ReceiverOptions {
  /** Forced flush by size: bytes of undelivered events a stream may hold before they are merged, and before a patch leaves at once. @default 262144 */
  readonly maxBufferBytes: number;
  /** Forced flush by age, ms. @default 150 */
  readonly maxStalenessMs: number;
  /** Least time between patches, ms. The page's acknowledgements, of which one may be missing, are what paces a busy one. @default 8 */
  readonly patchIntervalMs: number;
  /** Cap on one transport attempt, ms. @default 4500 */
  readonly attemptTimeoutMs: number;
  /** Head start of WebTransport, ms. @default 500 */
  readonly fallbackDelayMs: number;
  /** How long a transport that failed is not tried first, ms. @default 600000 */
  readonly rememberMs: number;
}

export interface RememberedTransport {
  readonly winner: TransportName;
  /** ms since the Unix epoch. */
  readonly expiresAt: number;
}

/** A stream of the relay is about to be attached: connect meanwhile. */
export interface ConnectMessage {
  readonly type: 'connect';
}

/** Follow a stream of the relay. A replacement worker is given the cursor the page has applied. */
export interface AttachMessage {
  readonly type: 'attach';
  readonly key: number;
  readonly channel: string;
  readonly epoch?: string | undefined;
  readonly afterSeq: number;
}

/** Leave, or forget a local stream. */
export interface DetachMessage {
  readonly type: 'detach';
  readonly key: number;
}

/** Events of a local source, which the page reads and gives a stream's shape (docs/PROTOCOL.md, SQ1–SQ4). */
export interface FeedMessage {
  readonly type: 'feed';
  readonly key: number;
  /** `seq` of the first event. */
  readonly fromSeq: number;
  readonly events: readonly StreamEvent[];
}

/**
 * From the page's cursor on, the stream's text goes to a parser, too: over a port, as it leaves for the page. Sent before the
 * page acknowledges the patch that took it to the cursor, so that the next one follows it; else nothing comes of it.
 */
export interface TapMessage {
  readonly type: 'tap';
  readonly key: number;
  /** The page's number for this tap, never used twice. */
  readonly tap: number;
  /** As the parser knows the text. */
  readonly document: number;
  /** The page's number for the port; `port` comes with the first tap that uses it. */
  readonly channel: number;
  readonly port?: MessagePort | undefined;
  readonly transfer?: MessagePort[];
  readonly epoch: string;
  readonly seq: number;
  /** UTF-16 code units of text at the cursor. */
  readonly offset: number;
}

export interface UntapMessage {
  readonly type: 'untap';
  readonly key: number;
  readonly tap: number;
}

/** The page has folded patch `patch` into its store. At most one patch is unacknowledged. */
export interface AppliedMessage {
  readonly type: 'applied';
  readonly patch: number;
}

export interface RefreshCredentialsMessage {
  readonly type: 'credentials';
  /** `undefined` where the page has none: the relay then decides. */
  readonly credentials: string | undefined;
}

/** The page's function for credentials failed; it is asked again. */
export interface CredentialsFailedMessage {
  readonly type: 'credentials-failed';
}

/** What the page notices and a worker cannot. `frozen` also for a page on its way into the back/forward cache. */
export interface SignalMessage {
  readonly type: 'signal';
  readonly signal: 'online' | 'offline' | 'visible' | 'hidden' | 'frozen' | 'resumed';
}

export interface CloseMessage {
  readonly type: 'close';
}

/** The receiver runs. */
export interface ReadyMessage {
  readonly type: 'ready';
}

/** The receiver is about to connect; the page answers with `credentials`. Only where `configure` says `asksCredentials`. */
export interface CredentialsNeededMessage {
  readonly type: 'credentials-needed';
}

/**
 * `idle` before the first stream; `connecting` until it has worked once, afterwards `reconnecting`; `offline` while the browser says so;
 * `failed`: it is not tried again by itself; `closed` by `close()`.
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'failed' | 'closed';

export interface ConnectionMessage {
  readonly type: 'connection';
  readonly status: ConnectionStatus;
  readonly transport: TransportName | undefined;
  /** Attempts since the last success. */
  readonly attempt: number;
  /** Why the last attempt or connection failed. */
  readonly error: { readonly code: string; readonly message: string; readonly retryable: boolean } | undefined;
  /** Why the winning transport is not WebTransport, for people. */
  readonly fallbackReason: string | undefined;
  /** Latest round trip of a ping, ms. */
  readonly roundTripMs: number | undefined;
  /** For the page to remember per origin. */
  readonly remember: RememberedTransport | undefined;
}

/** All streams' changes since the last patch. */
export interface PatchMessage {
  readonly type: 'patch';
  readonly patch: number;
  readonly changes: readonly StreamChange[];
}

export interface StreamChange {
  readonly key: number;
  /** Epoch the entries belong to; of a local source `local`. */
  readonly epoch: string;
  /**
   * The page drops what it has of this stream before it applies the entries. With `reset` the fold
   * is a snapshot until `snapshotSeq`: the page may hold display until then.
   */
  readonly reset?: { readonly snapshotSeq: number } | undefined;
  /** The relay has no such stream (any more). Nothing else follows for this key. */
  readonly gone?: boolean;
  /** Adjacent deltas merged; consecutive to what came before. */
  readonly entries: readonly LogEntry[];
  /** When the newest entry arrived from the network, `performance.timeOrigin` + `performance.now()`, ms. */
  readonly receivedAt: number;
  /** Taps that have been handed all there is for a parser in this change. */
  readonly handed?: readonly number[];
  /** Status after this change, where a terminal entry is among the entries. */
  readonly status?: StreamStatus;
}

/** The receiver cannot go on; the page starts another. */
export interface FailureMessage {
  readonly type: 'failure';
  readonly code: string;
  readonly message: string;
}

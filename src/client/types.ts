import type { StoreApi } from 'zustand/vanilla';
import type { SluiceState, StreamRecord } from '../store/state.ts';
import type { Json, StreamEvent } from '../wire/index.ts';
import type { ReceiverOptions, TapMessage, TransportName, UntapMessage } from '../worker/messages.ts';

/** What `<StreamPanel source>` and `client.attach` take. */
export type StreamSource = RelaySource | RequestSource | LocalSource;

/** A stream of the relay, by id. */
export interface RelaySource {
  /** 1 to 128 of `A`–`Z`, `a`–`z`, `0`–`9`, `-`, `.`, `_`, `~`, but not `.` or `..`. Anything else is the error `bad_request`. */
  readonly id: string;
}

/**
 * Start a stream on the relay. The same `request` object attached again, however much later, is the same stream,
 * and so is a request with the id of a stream that is attached.
 */
export interface RequestSource {
  readonly request: StreamRequest;
}

/**
 * A stream the page already has. It is read once, by the client, however many panels show it:
 * the same object attached again (Strict Mode, a second panel) joins the first reading. It is read to its end even
 * when nobody shows it any more, as a stream of the relay would be, unless it has to leave the store (`maxIdleBytes`).
 *
 * A `Response` is read by its content type: `text/event-stream` and `application/x-ndjson` as `StreamEvent`s in JSON,
 * anything else as text. A response with an error status becomes an error of the stream.
 */
export type LocalSource = AsyncIterable<string | StreamEvent> | ReadableStream<string | StreamEvent | Uint8Array> | Response;

/** Body of `POST /v1/streams`. Exactly one of `prompt` and `messages`. */
export interface StreamRequest {
  /** A name of the relay's, such as `anthropic`. Another one is the error `unknown_provider`. */
  readonly provider: string;
  /** As the provider calls it. */
  readonly model: string;
  /** Short for one message of the user's. */
  readonly prompt?: string;
  /** The conversation so far, oldest first. */
  readonly messages?: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
  /** Chosen by the app to make the request idempotent (see `RelaySource`). The client adds a random one where there is none. */
  readonly id?: string;
  /** Passed on to the provider's request as they are: `temperature`, `max_tokens`, … */
  readonly options?: { readonly [key: string]: Json };
}

/** Read once. A value that cannot be is thrown as a `StreamError` `bad_option`, which names the option and what it takes. */
export interface ClientOptions {
  /** The relay's URL. @default the page's origin */
  readonly url?: string;
  /** `auto`: the best that works of WebTransport, WebSocket and SSE. A name: that one only. @default 'auto' */
  readonly transport?: 'auto' | TransportName;
  /** A token for the relay's `authenticate`, or a function asked for a fresh one at every connection attempt and request. @default none */
  readonly credentials?: string | (() => string | Promise<string>);
  /**
   * Makes the worker, where the bundler needs another form than the built-in
   * `new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`. `false` runs the receiver on the page's own thread.
   */
  readonly worker?: (() => Worker) | false;
  /** How long a stream nobody shows stays attached, ms. @default 3000 */
  readonly detachGraceMs?: number;
  /** Finished streams, and local ones, that nobody shows are kept up to this many. @default 100 */
  readonly maxIdleStreams?: number;
  /** …and up to this many bytes of text. @default 8388608 */
  readonly maxIdleBytes?: number;
  /** Bounds and times of the receiver in the worker, each with a default of its own. */
  readonly receiver?: Partial<ReceiverOptions>;
}

/** One per page, usually made by `<SluiceProvider>`. Nothing connects before the first stream is attached. */
export interface SluiceClient {
  /** What changes rarely: connection and the list of streams. Text does not pass through it; see `StreamHandle.record`. */
  readonly store: StoreApi<SluiceState>;
  /** Follows a source. Each call is one reference; the stream detaches a grace after the last `release`. Never throws. */
  attach(source: StreamSource): StreamHandle;
  /** Starts a stream on the relay without showing it. @throws {StreamError} with the relay's code */
  start(request: StreamRequest): Promise<{ readonly id: string; readonly channel: string; readonly epoch: string }>;
  /** Stops the generation, for everybody. Resolves once the relay has accepted it, also when it had ended. @throws {StreamError} */
  stop(id: string): Promise<void>;
  /** New credentials for the running connection, in-band. */
  refreshCredentials(credentials: string): void;
  /** Leaves all streams and closes the connection. Final. */
  close(): void;
}

/** A reference to one attached stream. */
export interface StreamHandle {
  /** Of the stream in `SluiceState.streams`; the same for each reference to it. */
  readonly key: number;
  /** The stream's state, mutable, owned by the store: read it, never keep parts of it across frames. */
  readonly record: StreamRecord;
  /** Called after each change has been folded in, at most once per patch; not called for display. Returns the unsubscriber. */
  subscribe(listener: () => void): () => void;
  /**
   * Tells the client's receiver; the same function for all streams of a client. For what is shown as Markdown.
   * @internal not in the published types
   */
  readonly tell: (message: TapMessage | UntapMessage) => void;
  /** Stops the generation (relay) or the reading (local). */
  stop(): Promise<void>;
  /** Gives the reference back. Later calls do nothing. */
  release(): void;
}

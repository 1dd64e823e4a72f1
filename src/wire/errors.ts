/**
 * The one table of error codes, for both ends; docs/PROTOCOL.md prints it. A code is stable: programs may switch on it.
 *
 * `status` is the HTTP status of the problem document, `close` the WebSocket close code (RFC 6455 §7.4.2,
 * private range) when the error ends a connection, and also the WebTransport session close code.
 */
export interface ErrorEntry {
  readonly status: number;
  readonly close: number;
  /** Whether the same thing may succeed later without being changed. */
  readonly retryable: boolean;
}

export type ErrorCode =
  | 'bad_request'
  | 'bad_json'
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'unauthenticated'
  | 'forbidden'
  | 'origin_refused'
  | 'not_found'
  | 'method_not_allowed'
  | 'unknown_channel'
  | 'stream_conflict'
  | 'rate_limited'
  | 'too_many_streams'
  | 'relay_draining'
  | 'internal'
  | 'protocol_version'
  | 'bad_frame'
  | 'frame_too_large'
  | 'hello_expected'
  | 'hello_timeout'
  | 'already_subscribed'
  | 'too_many_channels'
  | 'too_many_connections'
  | 'heartbeat_timeout'
  | 'unknown_session'
  | 'unknown_provider'
  | 'provider_not_configured'
  | 'upstream_unreachable'
  | 'upstream_unauthorized'
  | 'upstream_rejected'
  | 'upstream_rate_limited'
  | 'upstream_failed'
  | 'upstream_malformed'
  | 'upstream_truncated'
  | 'upstream_timeout'
  | 'source_failed'
  | 'stream_too_large'
  | 'relay_restarted'
  | 'storage_full'
  | 'storage_failed'
  | 'connect_failed'
  | 'connection_lost'
  | 'worker_failed'
  | 'aborted'
  | 'port_in_use'
  | 'certificate_unreadable'
  | 'storage_unwritable'
  | 'storage_locked'
  | 'storage_damaged'
  | 'storage_version'
  | 'bad_option';

const entry = (status: number, retryable: boolean, close: number = 4000 + status): ErrorEntry => ({ status, close, retryable });

export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = {
  // Requests
  /** The request is not of the documented form. */
  bad_request: entry(400, false),
  /** The request body is not valid JSON. */
  bad_json: entry(400, false),
  /** The request body has another content type than the route takes. */
  unsupported_media_type: entry(415, false),
  /** The request body is larger than the limit. */
  body_too_large: entry(413, false),
  /** Credentials are missing, wrong or expired. */
  unauthenticated: entry(401, false),
  /** The principal may not do this. */
  forbidden: entry(403, false),
  /** The page’s origin, or the host asked for, is not allowed. */
  origin_refused: entry(403, false),
  /** There is nothing at this address. */
  not_found: entry(404, false),
  /** The address exists but not with this method. */
  method_not_allowed: entry(405, false),
  /** No such stream: it never existed, or its grace period is over. */
  unknown_channel: entry(404, false),
  /** A stream with this id exists and was asked for with another body. */
  stream_conflict: entry(409, false),
  /** Too many requests in the time allowed. */
  rate_limited: entry(429, true),
  /** Too many generations run at once. */
  too_many_streams: entry(429, true),
  /** The relay is shutting down; another one takes over. */
  relay_draining: entry(503, true),
  /** A fault in Sluice itself. */
  internal: entry(500, true),
  // Connection and frames
  /** The two ends speak different versions of the protocol. */
  protocol_version: entry(400, false, 4426),
  /** A message is not a sequence of well-formed frames. */
  bad_frame: entry(400, false),
  /** A message is larger than the limit. */
  frame_too_large: entry(413, false),
  /** The first frame of a connection must be hello. */
  hello_expected: entry(400, false),
  /** No hello came in time. */
  hello_timeout: entry(408, true),
  /** The connection already has this subscription or this channel. */
  already_subscribed: entry(409, false),
  /** The connection has as many channels as it may. */
  too_many_channels: entry(429, false),
  /** The principal, or the relay, has as many connections as it may. */
  too_many_connections: entry(429, true),
  /** The other end has been silent for too long. */
  heartbeat_timeout: entry(408, true),
  /** No such SSE session: it ended, or belongs to somebody else. */
  unknown_session: entry(404, true),
  // Providers
  /** The relay has no provider of this name. */
  unknown_provider: entry(400, false),
  /** The provider has no key or base URL. */
  provider_not_configured: entry(501, false),
  /** The provider could not be reached. */
  upstream_unreachable: entry(502, true),
  /** The provider refused the relay’s key. */
  upstream_unauthorized: entry(502, false),
  /** The provider refused the request. */
  upstream_rejected: entry(502, false),
  /** The provider asks to slow down. */
  upstream_rate_limited: entry(503, true),
  /** The provider failed, before or while it answered. */
  upstream_failed: entry(502, true),
  /** The provider’s answer is not in its documented format. */
  upstream_malformed: entry(502, true),
  /** The provider’s answer broke off without its end. */
  upstream_truncated: entry(502, true),
  /** The provider sent nothing for too long. */
  upstream_timeout: entry(504, true),
  /** The application’s own source threw. */
  source_failed: entry(500, false),
  /** The answer outgrew the limit for one stream. */
  stream_too_large: entry(507, false),
  /** The relay ended while the answer was generated; what had been stored of it is kept. */
  relay_restarted: entry(503, true),
  /** The disk of the relay’s storage is full. */
  storage_full: entry(507, true),
  /** The relay’s storage cannot be written or read at the moment. */
  storage_failed: entry(503, true),
  // Browser
  /** No transport could reach the relay. */
  connect_failed: entry(503, true),
  /** The connection to the relay broke off. */
  connection_lost: entry(503, true),
  /** The worker could not start or died. */
  worker_failed: entry(500, true),
  /** The caller gave up waiting. */
  aborted: entry(499, true),
  // Starting the relay
  /** Another program listens on this address. */
  port_in_use: entry(500, false),
  /** The certificate or its key cannot be read. */
  certificate_unreadable: entry(500, false),
  /** The folder or file of the storage cannot be created or written. */
  storage_unwritable: entry(500, false),
  /** Another process uses the storage. */
  storage_locked: entry(500, false),
  /** The file of the storage is damaged, or is not one. */
  storage_damaged: entry(500, false),
  /** The file of the storage is of a newer version of Sluice. */
  storage_version: entry(500, false),
  /** An option has a value that cannot work. */
  bad_option: entry(500, false),
};

/**
 * The one error type. `message` says what happened, what follows and what to do; it never carries credentials.
 */
export class StreamError extends Error {
  override readonly name: string = 'StreamError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** Milliseconds to wait before a retry, where known. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message?: string,
    options: { cause?: unknown; retryable?: boolean; retryAfterMs?: number | undefined } = {},
  ) {
    super(
      message ?? `${code}: see the table of codes in docs/PROTOCOL.md.`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.retryable = options.retryable ?? errorTable[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** HTTP status of this error's problem document. */
  get status(): number {
    return errorTable[this.code].status;
  }

  /** WebSocket or WebTransport close code. */
  get close(): number {
    return errorTable[this.code].close;
  }
}

/** Whether `code` is one of the table, own properties only. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

/** Any thrown value as a `StreamError`; a `StreamError` is returned as it is. */
export function toStreamError(cause: unknown, code: ErrorCode = 'internal'): StreamError {
  return cause instanceof StreamError ? cause : new StreamError(code, undefined, { cause });
}

import { type ErrorCode, retryableCodes } from './errors.ts';

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

const entry = (status: number, close: number = 4000 + status): Omit<ErrorEntry, 'retryable'> => ({ status, close });

const entries: Readonly<Record<ErrorCode, Omit<ErrorEntry, 'retryable'>>> = {
  // Requests
  /** The request is not of the documented form. */
  bad_request: entry(400),
  /** The request body is not valid JSON. */
  bad_json: entry(400),
  /** The request body has another content type than the route takes. */
  unsupported_media_type: entry(415),
  /** The request body is larger than the limit. */
  body_too_large: entry(413),
  /** The request did not arrive in full in the time allowed. */
  request_timeout: entry(408),
  /** Credentials are missing, wrong or expired. */
  unauthenticated: entry(401),
  /** The principal may not do this. */
  forbidden: entry(403),
  /** The page’s origin, or the host asked for, is not allowed. */
  origin_refused: entry(403),
  /** There is nothing at this address. */
  not_found: entry(404),
  /** The address exists but not with this method. */
  method_not_allowed: entry(405),
  /** No such stream: it never existed, or its grace period is over. */
  unknown_channel: entry(404),
  /** A stream with this id exists and was asked for with another body. */
  stream_conflict: entry(409),
  /** Too many requests in the time allowed. */
  rate_limited: entry(429),
  /** Too many generations run at once. */
  too_many_streams: entry(429),
  /** The relay is shutting down; another one takes over. */
  relay_draining: entry(503),
  /** A fault in Sluice itself, or in what the app answers it. */
  internal: entry(500),
  // Connection and frames
  /** The two ends speak different versions of the protocol. */
  protocol_version: entry(400, 4426),
  /** A message is not a sequence of well-formed frames. */
  bad_frame: entry(400),
  /** A message is larger than the limit. */
  frame_too_large: entry(413),
  /** The first frame of a connection must be hello. */
  hello_expected: entry(400),
  /** No hello came in time. */
  hello_timeout: entry(408),
  /** The connection already has this subscription or this channel. */
  already_subscribed: entry(409),
  /** The connection has as many channels as it may. */
  too_many_channels: entry(429),
  /** The principal, or the relay, has as many connections as it may. */
  too_many_connections: entry(429),
  /** The other end has been silent for too long. */
  heartbeat_timeout: entry(408),
  /** The other end takes what it is sent too slowly. */
  too_slow: entry(408),
  /** No such SSE session: it ended, or belongs to somebody else. */
  unknown_session: entry(404),
  // Providers
  /** The relay has no provider of this name. */
  unknown_provider: entry(400),
  /** The provider has no key or base URL. */
  provider_not_configured: entry(501),
  /** The provider could not be reached. */
  upstream_unreachable: entry(502),
  /** The provider refused the relay’s key. */
  upstream_unauthorized: entry(502),
  /** The provider refused the request. */
  upstream_rejected: entry(502),
  /** The provider asks to slow down. */
  upstream_rate_limited: entry(503),
  /** The provider failed, before or while it answered. */
  upstream_failed: entry(502),
  /** The provider’s answer is not in its documented format. */
  upstream_malformed: entry(502),
  /** The provider’s answer broke off without its end. */
  upstream_truncated: entry(502),
  /** The provider sent nothing for too long. */
  upstream_timeout: entry(504),
  /** The application’s own source threw. */
  source_failed: entry(500),
  /** The answer outgrew the limit for one stream. */
  stream_too_large: entry(507),
  /** The relay ended while the answer was generated; what had been stored of it is kept. */
  relay_restarted: entry(503),
  /** The disk of the relay’s storage is full. */
  storage_full: entry(507),
  /** The relay’s storage cannot be written or read at the moment. */
  storage_failed: entry(503),
  // Browser
  /** No transport could reach the relay. */
  connect_failed: entry(503),
  /** The connection to the relay broke off. */
  connection_lost: entry(503),
  /** The worker could not start or died. */
  worker_failed: entry(500),
  /** The caller gave up waiting. */
  aborted: entry(499),
  // Starting the relay
  /** Another program listens on this address. */
  port_in_use: entry(500),
  /** The certificate or its key cannot be read. */
  certificate_unreadable: entry(500),
  /** The folder or file of the storage cannot be created or written. */
  storage_unwritable: entry(500),
  /** Another process uses the storage. */
  storage_locked: entry(500),
  /** The file of the storage is damaged, or is not one. */
  storage_damaged: entry(500),
  /** The file of the storage is of a newer version of Sluice. */
  storage_version: entry(500),
  /** An option has a value that cannot work. */
  bad_option: entry(500),
};

export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = Object.fromEntries(
  Object.entries(entries).map(([code, { status, close }]) => [code, { status, close, retryable: retryableCodes.has(code as ErrorCode) }]),
) as Record<ErrorCode, ErrorEntry>;

/** Whether `code` is one of the table, own properties only. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

export type ErrorCode =
  | 'bad_request'
  | 'bad_json'
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'request_timeout'
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
  | 'too_slow'
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

/** Whether the same thing may succeed later without being changed. Apart from the table, which a page does not load. */
export const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'request_timeout',
  'rate_limited',
  'too_many_streams',
  'relay_draining',
  'internal',
  'hello_timeout',
  'too_many_connections',
  'heartbeat_timeout',
  'too_slow',
  'unknown_session',
  'upstream_unreachable',
  'upstream_rate_limited',
  'upstream_failed',
  'upstream_malformed',
  'upstream_truncated',
  'upstream_timeout',
  'relay_restarted',
  'storage_full',
  'storage_failed',
  'connect_failed',
  'connection_lost',
  'worker_failed',
  'aborted',
]);

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
    super(message ?? `${code}: see docs/PROTOCOL.md.`, options.cause === undefined ? {} : options);
    this.code = code;
    this.retryable = options.retryable ?? retryableCodes.has(code);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Any thrown value as a `StreamError`; a `StreamError` is returned as it is. */
export function toStreamError(cause: unknown, code: ErrorCode = 'internal'): StreamError {
  return cause instanceof StreamError ? cause : new StreamError(code, undefined, { cause });
}

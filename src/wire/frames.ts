import type { LogEntry } from './events.ts';

/**
 * Frames (docs/PROTOCOL.md, FR rules). On the wire a frame is a MessagePack array whose first item is its
 * number in `FrameType`; a message is a sequence of frames. A `batches` frame is followed by as many
 * batches as it announces, each encoded once and shared by all subscribers.
 */
export const FrameType = {
  hello: 1,
  subscribe: 2,
  unsubscribe: 3,
  credit: 4,
  refresh: 5,
  ping: 6,
  pong: 7,
  welcome: 16,
  subscribed: 17,
  batches: 18,
  error: 19,
  drain: 20,
  channel: 21,
} as const;

export type ClientFrame = HelloFrame | SubscribeFrame | UnsubscribeFrame | CreditFrame | RefreshFrame | PingFrame | PongFrame;
export type ServerFrame = WelcomeFrame | SubscribedFrame | BatchesFrame | ErrorFrame | DrainFrame | ChannelFrame | PingFrame | PongFrame;

/** `[1, { protocol, credentials?, credit, fallback? }]`: first frame of every connection. */
export interface HelloFrame {
  readonly type: 'hello';
  readonly protocol: number;
  /** Whatever the application's `authenticate` understands, typically a bearer token. */
  readonly credentials?: string;
  /** Credit of the whole connection to begin with (see `CreditFrame`). */
  readonly credit: number;
  /** Why the connection is not over the transport one better than its own; one of `FallbackReason`, as far as the relay knows them. */
  readonly fallback?: string | undefined;
}

/**
 * Why a client does not use a transport: the page asked for another one, the browser has none, the relay offers none, it was lost here
 * lately, it could not be opened, it was not ready within its time, or another one was ready first.
 */
export type FallbackReason = (typeof fallbackReasons)[number];

export const fallbackReasons = ['asked', 'unsupported', 'not-offered', 'remembered', 'failed', 'timeout', 'slower'] as const;

/** `[2, subscription, channel, epoch | nil, afterSeq, credit]` */
export interface SubscribeFrame {
  readonly type: 'subscribe';
  /** Chosen by the client, higher than all before on this connection; integer ≥ 1. */
  readonly subscription: number;
  readonly channel: string;
  /** Epoch of the cursor, or `undefined` with `afterSeq` 0 for a reader without one. */
  readonly epoch?: string | undefined;
  /** Cursor: the last `seq` the reader has, 0 for none. */
  readonly afterSeq: number;
  /** Credit of this subscription to begin with. */
  readonly credit: number;
}

/** `[3, subscription]`: detach. The log goes on. */
export interface UnsubscribeFrame {
  readonly type: 'unsubscribe';
  readonly subscription: number;
}

/**
 * `[4, connectionLimit, [[subscription, limit, appliedSeq], …]]`
 *
 * Credit is cumulative: the encoded batch bytes that may be sent since the beginning of the connection
 * (of the subscription). A limit never falls; a lower one is ignored. Only the newest frame matters.
 */
export interface CreditFrame {
  readonly type: 'credit';
  readonly connectionLimit: number;
  readonly grants: readonly CreditGrant[];
}

export interface CreditGrant {
  readonly subscription: number;
  readonly limit: number;
  /** Last `seq` the page has applied. */
  readonly appliedSeq: number;
}

/** `[5, credentials]`: replaces the connection's credentials without a reconnect. */
export interface RefreshFrame {
  readonly type: 'refresh';
  readonly credentials: string;
}

/** `[6, nonce]`: the other end answers `pong` with the same number. */
export interface PingFrame {
  readonly type: 'ping';
  readonly nonce: number;
}

/** `[7, nonce]` */
export interface PongFrame {
  readonly type: 'pong';
  readonly nonce: number;
}

/** `[16, { protocol, session, heartbeatMs, maxChannels }]` */
export interface WelcomeFrame {
  readonly type: 'welcome';
  readonly protocol: number;
  /** Unguessable; names the connection in logs, and in the POSTs of an SSE client. */
  readonly session: string;
  /** The relay sends something at least this often, and expects the same. */
  readonly heartbeatMs: number;
  readonly maxChannels: number;
}

/**
 * `[17, subscription, answer, { epoch, seq, recovered }]`
 *
 * - `live`: the cursor stands at the head (or the reader had none and the log has not been trimmed); what follows comes after `seq`.
 * - `recovered`: `recovered` events between the cursor and the head follow first. `seq` is the cursor.
 * - `reset`: the cursor cannot be served. The reader drops what it has of this channel; batches from `seq` 1 follow,
 *   and up to the frame's `seq` they are the snapshot.
 * - `gone`: no such channel, or not any more. Nothing follows; the subscription does not exist.
 */
export interface SubscribedFrame {
  readonly type: 'subscribed';
  readonly subscription: number;
  readonly answer: 'live' | 'recovered' | 'reset' | 'gone';
  /** Epoch of the log; empty with `gone`. */
  readonly epoch: string;
  readonly seq: number;
  readonly recovered: number;
}

/** `[18, subscription, count]`, followed by `count` batches. */
export interface BatchesFrame {
  readonly type: 'batches';
  readonly subscription: number;
  readonly batches: readonly Batch[];
}

/** `[fromSeq, toSeq, entries]`: consecutive, without a hole. */
export interface Batch {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly entries: readonly LogEntry[];
  /** Bytes of the encoded batch: what it costs of the credit. Not on the wire; set by the decoder. */
  readonly bytes: number;
}

/** `[19, { code, message, retryable, retryAfterMs?, subscription? }]`: without a subscription it is about the connection, which then closes. */
export interface ErrorFrame {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly subscription?: number;
}

/** `[20, { retryAfterMs, spreadMs }]`: reconnect after `retryAfterMs` plus a random part of `spreadMs`. */
export interface DrainFrame {
  readonly type: 'drain';
  readonly retryAfterMs: number;
  readonly spreadMs: number;
}

/** `[21, subscription, epoch, fromSeq]`: first frame on each unidirectional WebTransport stream. */
export interface ChannelFrame {
  readonly type: 'channel';
  readonly subscription: number;
  readonly epoch: string;
  readonly fromSeq: number;
}

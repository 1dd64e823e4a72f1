import type { StreamError } from '../../src/wire/index.ts';

export type TransportName = 'webtransport' | 'websocket' | 'sse';

/**
 * The relay's end of one connection, whatever carries it. Made by a transport, driven by the relay.
 * No method throws; after `close` they do nothing.
 */
export interface Peer {
  readonly transport: TransportName;
  /** Bytes accepted and not yet given to the operating system, as far as the transport knows. */
  readonly bufferedBytes: number;
  /** Sends a control message: one or more encoded frames. */
  send(message: Uint8Array): void;
  /**
   * Sends what is due in this flush. WebSocket and SSE make one message of it; WebTransport writes one
   * length-prefixed message on each channel's own stream. The batches are shared: never change or keep them.
   */
  deliver(deliveries: readonly Delivery[]): void;
  /**
   * The subscription is over on the relay's side. A transport with a stream per channel ends it, after what was sent: that
   * is counted as spent, and credit for it comes back only once it has arrived.
   */
  release(subscription: number): void;
  /** Closes the connection after what was sent, with an error's close code, or normally. With `too_slow` what has not left yet is given up. */
  close(reason?: StreamError): void;
}

/** What is due to one subscription in one flush. */
export interface Delivery {
  readonly subscription: number;
  readonly epoch: string;
  /** `seq` the first batch begins with. */
  readonly fromSeq: number;
  /** Encoded batches, consecutive. */
  readonly batches: readonly Uint8Array[];
  /** Whether the terminal event is in it: nothing follows on this subscription. */
  readonly last: boolean;
}

/** What is known about the other end when a connection opens. */
export interface ConnectionRequest {
  readonly transport: TransportName;
  /** Lower-case header names. */
  readonly headers: Headers;
  /** `Origin` header, absent for clients that are no browsers. */
  readonly origin: string | undefined;
  readonly remoteAddress: string;
}

/** The relay's side of a connection, called by the transport. No method throws. */
export interface Connection {
  /** Unguessable; the session of `welcome`, under which an SSE client posts. */
  readonly id: string;
  /** Who the other end is, once it has authenticated. SSE binds its further POSTs to it. */
  readonly principal: { readonly id: string } | undefined;
  /** A whole message from the client. */
  receive(message: Uint8Array): void;
  /** Something of the transport's own that costs work, e.g. a WebSocket ping. Counts like a message, but is no sign of life. */
  disturbed(): void;
  /** `bufferedBytes` fell: what waited may go on. Called at the latest when it is 0 again. */
  drained(): void;
  /** Ends it for what the transport itself found wrong with it: says so, and closes with the error's code. */
  end(error: StreamError): void;
  /** The connection is gone, for whatever reason. Call once. */
  closed(): void;
}

/** Given to every transport by the relay. */
export type Accept = (peer: Peer, request: ConnectionRequest) => Connection;

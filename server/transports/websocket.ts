import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { StreamError, toStreamError, wireLimits } from '../../src/wire/index.ts';
import { composeMessage } from './compose.ts';
import type { Accept, Connection, ConnectionRequest, Delivery, Peer } from './peer.ts';
import { MAX_UNSENT_BYTES, refuse } from './refusal.ts';

/** Where WebSocket clients connect (docs/PROTOCOL.md, CN11). */
export const SOCKET_PATH = '/v1/socket';

export interface WebSocketTransport {
  /** Takes over an upgrade request to `SOCKET_PATH`. Never throws. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all connections. */
  close(): void;
}

export interface WebSocketTransportOptions {
  readonly accept: Accept;
  /** Decides on the upgrade request. @throws {StreamError} and the upgrade is answered with its status */
  readonly admit: (request: ConnectionRequest, host: string | undefined) => void;
}

/** `closeTimeout` is missing from the types. */
const serverOptions: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  // Longer messages `ws` cuts off by itself, with 1009. Up to here the relay can still answer with its own code.
  maxPayload: 4 * wireLimits.maxClientMessageBytes,
  perMessageDeflate: false,
  // For the closing handshake of a client that may have gone, ms.
  closeTimeout: 2_000,
};

export function createWebSocketTransport({ accept, admit }: WebSocketTransportOptions): WebSocketTransport {
  const server = new WebSocketServer(serverOptions);
  return {
    upgrade(message, socket, head) {
      const request = connectionRequest(message);
      try {
        admit(request, message.headers.host);
      } catch (cause) {
        rejectUpgrade(socket, toStreamError(cause));
        return;
      }
      server.handleUpgrade(message, socket, head, (ws) => serve(ws, socket, request, accept));
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function serve(ws: WebSocket, socket: Duplex, request: ConnectionRequest, accept: Accept): void {
  const peer = new WebSocketPeer(ws);
  const connection: Connection = accept(peer, request);
  ws.on('message', (data, isBinary) => {
    if (peer.closing) return;
    if (!isBinary) refuse(peer, new StreamError('bad_frame', 'A text message came; the connection closes. Send binary messages only.'));
    else connection.receive(data as Buffer);
  });
  socket.on('drain', () => connection.drained());
  // `close` follows every `error`, and says all there is to say.
  ws.on('error', () => {});
  ws.on('close', () => {
    peer.closing = true;
    connection.closed();
  });
}

class WebSocketPeer implements Peer {
  readonly transport = 'websocket';
  closing = false;
  readonly #ws: WebSocket;

  constructor(ws: WebSocket) {
    this.#ws = ws;
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.closing) return;
    this.#ws.send(message);
    if (this.#ws.bufferedAmount > MAX_UNSENT_BYTES) this.#ws.terminate();
  }

  deliver(deliveries: readonly Delivery[]): void {
    if (!this.closing) this.send(composeMessage(deliveries));
  }

  release(): void {}

  close(reason?: StreamError): void {
    if (this.closing) return;
    this.closing = true;
    this.#ws.close(reason?.close ?? 1000, reason?.code ?? '');
  }
}

function connectionRequest(message: IncomingMessage): ConnectionRequest {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return { transport: 'websocket', headers, origin: message.headers.origin, remoteAddress: message.socket.remoteAddress ?? '' };
}

/** A browser shows its page nothing but the failure; the body is for people with other tools. */
function rejectUpgrade(socket: Duplex, error: StreamError): void {
  const body = JSON.stringify({ status: error.status, code: error.code, detail: error.message });
  socket.on('error', () => {});
  socket.end(
    `HTTP/1.1 ${error.status} Refused\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { type ErrorCode, errorTable, StreamError, toStreamError, wireLimits } from '../../src/wire/index.ts';
import { clientAddress } from './address.ts';
import { composeMessage } from './compose.ts';
import type { Accept, Connection, ConnectionRequest, Delivery, Peer } from './peer.ts';
import { MAX_UNSENT_BYTES, rawProblem, rejectUpgrade } from './refusal.ts';

/** Where WebSocket clients connect (docs/PROTOCOL.md, CN11). */
export const SOCKET_PATH = '/v1/socket';

export interface WebSocketTransport {
  /** Takes over an upgrade request to `SOCKET_PATH`. Never throws. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all connections: what was said is given a moment to arrive. */
  close(): Promise<void>;
}

export interface WebSocketTransportOptions {
  readonly accept: Accept;
  /** Decides on the upgrade request. @throws {StreamError} and the upgrade is answered with its status */
  readonly admit: (request: ConnectionRequest, host: string | undefined) => void;
  /** Counts what was refused before it was a connection. */
  readonly refused: (code: ErrorCode) => void;
  /** How many proxies say the client's address. @default 0 */
  readonly trustedProxies?: number;
}

/** For the closing handshakes when the relay ends, ms. */
const LAST_WORDS_MS = 300;

/** `closeTimeout` is missing from the types. */
const serverOptions: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  // Done below, where pings are counted.
  autoPong: false,
  // Longer messages `ws` cuts off by itself, with 1009. Up to here the relay can still answer with its own code.
  maxPayload: 4 * wireLimits.maxClientMessageBytes,
  // Pieces of one message; each costs a check, and may be empty.
  maxFragments: 1_024,
  perMessageDeflate: false,
  // The protocol has no subprotocols: whoever asks for one finds none chosen (RFC 6455, 4.2.2), and does not take it for granted.
  handleProtocols: () => false,
  // For the closing handshake of a client that may have gone, ms.
  closeTimeout: 2_000,
};

export function createWebSocketTransport({ accept, admit, refused, trustedProxies = 0 }: WebSocketTransportOptions): WebSocketTransport {
  const server = new WebSocketServer(serverOptions);
  return {
    upgrade(message, socket, head) {
      const request = connectionRequest(message, trustedProxies);
      try {
        admit(request, message.headers.host);
      } catch (cause) {
        const error = toStreamError(cause);
        refused(error.code);
        // A browser shows its page nothing but the failure; the body is for people with other tools.
        rejectUpgrade(socket, rawProblem(error));
        return;
      }
      server.handleUpgrade(message, socket, head, (ws) => serve(ws, socket, request, accept));
    },
    async close() {
      server.close();
      // Cutting a socket that has something unread would take back what was sent last.
      const deadline = performance.now() + LAST_WORDS_MS;
      while (server.clients.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
      for (const client of server.clients) client.terminate();
    },
  };
}

function serve(ws: WebSocket, socket: Duplex, request: ConnectionRequest, accept: Accept): void {
  const peer = new WebSocketPeer(ws, socket, () => connection.drained());
  const connection: Connection = accept(peer, request);
  ws.on('message', (data, isBinary) => {
    if (peer.closing) return;
    if (!isBinary) connection.end(new StreamError('bad_frame', 'A text message came; the connection closes. Send binary messages only.'));
    else connection.receive(data as Buffer);
  });
  ws.on('ping', (data) => {
    connection.disturbed();
    if (!peer.closing) ws.pong(data);
  });
  ws.on('pong', () => connection.disturbed());
  // By now `ws` has closed with a code of RFC 6455 §7.4.1; this counts it.
  ws.on('error', (cause: Error & { code?: string }) => {
    const tooLarge = cause.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    connection.end(new StreamError(tooLarge ? 'frame_too_large' : 'bad_frame', undefined, { cause }));
  });
  ws.on('close', () => {
    peer.closing = true;
    connection.closed();
  });
}

class WebSocketPeer implements Peer {
  readonly transport = 'websocket';
  closing = false;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  /** After each write, since a socket's own `drain` comes only where more waited than it likes. */
  readonly #written: () => void;

  constructor(ws: WebSocket, socket: Duplex, drained: () => void) {
    this.#ws = ws;
    this.#socket = socket;
    this.#written = () => {
      if (!this.closing) drained();
    };
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  send(message: Uint8Array): void {
    if (this.closing) return;
    this.#ws.send(message, this.#written);
    this.#bound();
  }

  /**
   * Past `ws`, which writes header and message apart: one write instead of two is a tenth of the cost of a delivery.
   * Frames stay in order, because without compression `ws` writes whole frames at once, too.
   */
  deliver(deliveries: readonly Delivery[]): void {
    if (this.closing || this.#ws.readyState !== this.#ws.OPEN) return;
    this.#socket.write(frameInPlace(composeMessage(deliveries, FRAME_HEADER_BYTES)), this.#written);
    this.#bound();
  }

  #bound(): void {
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.#ws.terminate();
  }

  release(): void {}

  close(reason?: StreamError): void {
    if (this.closing) return;
    this.closing = true;
    if (reason?.code === 'too_slow') this.#ws.terminate();
    else this.#ws.close(reason === undefined ? 1000 : errorTable[reason.code].close, reason?.code ?? '');
  }
}

const FRAME_HEADER_BYTES = 10;

/**
 * Makes a binary frame of a message that leaves `FRAME_HEADER_BYTES` in front of it. A server's frames are not masked.
 *
 * Source: RFC 6455 §5.2.
 */
function frameInPlace(bytes: Buffer): Buffer {
  const length = bytes.byteLength - FRAME_HEADER_BYTES;
  const start = length < 126 ? 8 : length < 65_536 ? 6 : 0;
  bytes[start] = 0x82;
  if (start === 8) bytes[9] = length;
  else if (start === 6) {
    bytes[7] = 126;
    bytes.writeUInt16BE(length, 8);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  return bytes.subarray(start);
}

function connectionRequest(message: IncomingMessage, trustedProxies: number): ConnectionRequest {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const remoteAddress = clientAddress(message.socket.remoteAddress ?? '', headers, trustedProxies);
  return { transport: 'websocket', headers, origin: message.headers.origin, remoteAddress };
}

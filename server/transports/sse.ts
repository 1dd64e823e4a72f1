import { StreamError, wireLimits } from '../../src/wire/index.ts';
import { composeMessage } from './compose.ts';
import type { Accept, Connection, ConnectionRequest, Delivery, Peer } from './peer.ts';
import { MAX_UNSENT_BYTES } from './refusal.ts';

/** Where SSE clients connect; their further messages go to `{SSE_PATH}/{session}` (docs/PROTOCOL.md, CN13). */
export const SSE_PATH = '/v1/sse';

/** Content type of a client's messages. Not one a foreign page's form could send. */
export const MESSAGE_TYPE = 'application/vnd.sluice+msgpack';

export interface SseTransport {
  /** Answers the POST that opens a connection: `body` is the client's first message. */
  open(request: ConnectionRequest, body: Uint8Array): Response;
  /**
   * Takes a further message of a session.
   * @throws {StreamError} `unknown_session` where it is not `principal`'s, `frame_too_large`
   */
  post(session: string, principal: string, body: Uint8Array): void;
  /** Ends all connections. */
  close(): void;
}

export interface SseTransportOptions {
  readonly accept: Accept;
  /** Time between comments on an otherwise silent response, ms. @default 10000 */
  readonly heartbeatMs?: number;
  /** After this time the response is ended, ms; the client resumes. Proxies keep no response for ever. @default 60000 */
  readonly recycleMs?: number;
}

export function createSseTransport({ accept, heartbeatMs = 10_000, recycleMs = 60_000 }: SseTransportOptions): SseTransport {
  const sessions = new Map<string, { peer: SsePeer; connection: Connection }>();
  const rotation = setInterval(() => rotate(sessions.values()), ROTATE_MS).unref();
  return {
    open(request, body) {
      const peer = new SsePeer(heartbeatMs, recycleMs);
      const connection = accept(peer, request);
      sessions.set(connection.id, { peer, connection });
      peer.attach(connection, () => sessions.delete(connection.id));
      connection.receive(body);
      return new Response(peer.body, {
        headers: {
          'content-type': 'text/event-stream',
          'cache-control': 'no-cache, no-transform',
          'x-accel-buffering': 'no',
        },
      });
    },
    post(session, principal, body) {
      const found = sessions.get(session);
      if (found === undefined || found.connection.principal?.id !== principal) {
        throw new StreamError('unknown_session', 'This SSE session has ended, or belongs to somebody else. Connect anew to resume.');
      }
      found.connection.receive(body);
      if (body.byteLength > wireLimits.maxClientMessageBytes)
        throw new StreamError('frame_too_large', 'The message is larger than a client’s may be; the session ends. Send smaller messages.');
    },
    close() {
      clearInterval(rotation);
      for (const { peer } of sessions.values()) peer.close();
    },
  };
}

/**
 * Over HTTP/1.1 a browser has six connections to an origin, for all of its tabs. With that many responses open nothing else would
 * get through, not even a page. So of one principal's responses beyond five the oldest is ended every so often, in turns: its
 * client resumes at once, behind whatever had been waiting.
 */
const MAX_LASTING = 5;
const ROTATE_MS = 2_500;

function rotate(sessions: Iterable<{ readonly peer: SsePeer; readonly connection: Connection }>): void {
  const oldest = new Map<string, { readonly peer: SsePeer; count: number }>();
  for (const { peer, connection } of sessions) {
    if (connection.principal === undefined) continue;
    const known = oldest.get(connection.principal.id);
    if (known === undefined) oldest.set(connection.principal.id, { peer, count: 1 });
    else known.count += 1;
  }
  for (const { peer, count } of oldest.values()) if (count > MAX_LASTING) peer.close();
}

const COMMENT = Buffer.from(':\n\n');
/** What a waiting piece costs besides its bytes, about: small ones count, too. */
const CHUNK_COST = 256;

/** One response. What the HTTP server has not taken yet waits in its body. */
class SsePeer implements Peer {
  readonly transport = 'sse';
  readonly body: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #connection: Connection | undefined;
  #ended: () => void = () => {};
  #silent = false;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #recycle: NodeJS.Timeout;

  constructor(heartbeatMs: number, recycleMs: number) {
    this.body = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
          // Sends the headers on their way.
          controller.enqueue(COMMENT);
        },
        pull: () => this.#connection?.drained(),
        cancel: () => this.#finish(),
      },
      { highWaterMark: 1, size: (chunk) => (chunk?.byteLength ?? 0) + CHUNK_COST },
    );
    this.#heartbeat = setInterval(() => {
      if (this.#silent) this.#controller?.enqueue(COMMENT);
      this.#silent = true;
    }, heartbeatMs);
    this.#recycle = setTimeout(() => this.close(), recycleMs);
  }

  attach(connection: Connection, ended: () => void): void {
    this.#connection = connection;
    this.#ended = ended;
    // Refused when it was accepted.
    if (this.#controller === undefined) ended();
  }

  get bufferedBytes(): number {
    return this.#controller === undefined ? 0 : 1 - (this.#controller.desiredSize ?? 1);
  }

  send(message: Uint8Array): void {
    if (this.#controller === undefined) return;
    this.#silent = false;
    this.#controller.enqueue(Buffer.from(`data: ${base64(message)}\n\n`, 'latin1'));
    if (this.bufferedBytes > MAX_UNSENT_BYTES) this.close(new StreamError('too_slow'));
  }

  deliver(deliveries: readonly Delivery[]): void {
    if (this.#controller !== undefined) this.send(composeMessage(deliveries));
  }

  release(): void {}

  close(reason?: StreamError): void {
    if (reason?.code === 'too_slow') this.#controller?.error(reason);
    else this.#controller?.close();
    this.#finish();
  }

  #finish(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#recycle);
    this.#ended();
    this.#connection?.closed();
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ErrorCode, StreamError } from '../src/wire/index.ts';
import { type FetchHandler, isRelayPath } from './http/routes.ts';
import type { ResolvedRelayOptions } from './relay/options.ts';
import { respond } from './respond.ts';
import { rawProblem, rejectUpgrade } from './transports/refusal.ts';
import { securityHeaders } from './transports/security.ts';
import { SSE_PATH } from './transports/sse.ts';
import { SOCKET_PATH } from './transports/websocket.ts';

export interface AttachParts {
  readonly fetch: FetchHandler;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Counts upgrades to what is not served. */
  readonly refused: (code: ErrorCode) => void;
  /** Called once the server's address is known. */
  readonly listening: (address: { readonly address: string; readonly port: number }) => Promise<void>;
  /**
   * An event stream whose client takes nothing for so long is cut off, ms: ended or not, the socket would keep what waits for ever.
   * Heartbeats are more frequent. @default 60000
   */
  readonly stalledMs?: number;
}

export interface ListenLimits extends Pick<ResolvedRelayOptions, 'headersTimeoutMs' | 'bodyTimeoutMs'> {
  /** Counts what no request came out of. */
  readonly refused: (code: ErrorCode) => void;
}

/** Puts the relay's routes in front of a server's own listeners. */
export function attachTo(
  server: HttpServer | HttpsServer,
  { fetch, upgrade, refused, listening, stalledMs = 60_000 }: AttachParts,
): { readonly ready: Promise<void>; detach(): Promise<void> } {
  const others = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request);
    if (path === SSE_PATH) response.setTimeout(stalledMs, () => response.destroy());
    if (isRelayPath(path)) {
      response.once('finish', () => endUnread(request));
      void respond(fetch, request, response);
    } else if (others.length === 0) response.writeHead(404, { 'content-type': 'text/plain', ...securityHeaders }).end('Not found\n');
    else for (const other of others) other.call(server, request, response);
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(request) === SOCKET_PATH) upgrade(request, socket, head);
    // With any listener for upgrades, Node leaves the socket to the listeners.
    else if (server.listenerCount('upgrade') === 1) {
      refused('not_found');
      rejectUpgrade(socket, rawProblem(new StreamError('not_found', 'No socket is served here.')));
    }
  };
  server.removeAllListeners('request');
  server.on('request', onRequest);
  server.on('upgrade', onUpgrade);

  return {
    ready: whenListening(server).then(() => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) return listening(address);
      return undefined;
    }),
    async detach() {
      server.off('request', onRequest).off('upgrade', onUpgrade);
      for (const other of others) server.on('request', other);
    },
  };
}

/** For responses under way when the server ends, ms. */
const LAST_RESPONSES_MS = 300;

/** @throws {StreamError} `port_in_use`, or `bad_option` for an address that cannot be had */
export async function listenOn(
  host: string,
  port: number,
  { headersTimeoutMs, bodyTimeoutMs, refused }: ListenLimits,
): Promise<{ readonly server: HttpServer; readonly url: string; readonly port: number; close(): Promise<void> }> {
  const server = createServer({
    headersTimeout: headersTimeoutMs,
    // Bodies have a deadline of their own, which answers; this one ends what nobody reads.
    requestTimeout: headersTimeoutMs + 2 * bodyTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
  });
  server.on('clientError', (cause: NodeJS.ErrnoException, socket) => {
    const [error, status] = clientFault(cause);
    refused(error.code);
    rejectUpgrade(socket, rawProblem(error, status));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(host, port, cause)));
    server.listen(port, host, resolve);
  });
  const bound = server.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    server,
    port: actual,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/`,
    close: () =>
      new Promise((resolve) => {
        const ended = setInterval(() => server.closeIdleConnections(), 10);
        const late = setTimeout(() => server.closeAllConnections(), LAST_RESPONSES_MS);
        server.close(() => {
          clearInterval(ended);
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** What no request came out of. The status is HTTP's own where it says more than the code's. */
function clientFault({ code }: NodeJS.ErrnoException): [StreamError, status?: number] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return [new StreamError('request_timeout', 'The request did not arrive in time; the connection closes. Send it faster.')];
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return [new StreamError('bad_request', 'The headers of the request are too large; the connection closes. Send less.'), 431];
  }
  return [new StreamError('bad_request', 'This is not a request in HTTP/1.1; the connection closes.')];
}

/** Reads and drops for a moment what is left of a body nobody wanted, so that the answer arrives, then ends the connection. */
function endUnread(request: IncomingMessage): void {
  if (request.complete) return;
  setTimeout(() => request.complete || request.destroy(), UNREAD_LINGER_MS).unref();
}

const UNREAD_LINGER_MS = 1_000;

function listenError(host: string, port: number, cause: NodeJS.ErrnoException): StreamError {
  if (cause.code === 'EADDRINUSE') {
    return new StreamError(
      'port_in_use',
      `Port ${port} on ${host} is in use by another program; the relay did not start. Stop it, or choose another port.`,
      {
        cause,
      },
    );
  }
  return new StreamError('bad_option', `The relay cannot listen on ${host}, port ${port}: ${cause.message}. Choose another address.`, {
    cause,
  });
}

function whenListening(server: HttpServer | HttpsServer): Promise<void> {
  return server.listening ? Promise.resolve() : new Promise((resolve) => server.once('listening', () => resolve()));
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

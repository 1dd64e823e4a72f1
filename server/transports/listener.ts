import { type ErrorCode, StreamError, toStreamError } from '../../src/wire/index.ts';
import { type CertificateFiles, checkCertificate, type DevelopmentCertificate, inFiles, makeCertificate } from './certificate.ts';
import type { Accept, ConnectionRequest } from './peer.ts';
import { loadQuic, type Quic, type QuicServer, type QuicSession } from './quic.ts';
import { refuseSession, serveSession, WEBTRANSPORT_PATH } from './webtransport.ts';

/** The relay's WebTransport end. */
export interface WebTransportListener {
  /** UDP ports for new connections, one as good as the other; they change when a development certificate is replaced. */
  readonly ports: readonly number[];
  /** Hashes a browser must be given, base64 SHA-256; empty with a certificate of the app's own. */
  readonly certificateHashes: readonly string[];
  /** Ends all sessions. */
  close(): Promise<void>;
}

export interface WebTransportListenerOptions {
  /** IP address. */
  readonly host: string;
  /** Tried first; where it is taken, any free one is used. */
  readonly port: number;
  /** How many: the others are those after it, likewise. @default 1 */
  readonly count?: number | undefined;
  /** Those ports or none, to begin with. @default false */
  readonly exact?: boolean;
  /** @default a development certificate made at start, replaced before it expires */
  readonly certificate?: CertificateFiles | undefined;
  readonly accept: Accept;
  /** Decides on the request. @throws {StreamError} and the session is closed with its close code */
  readonly admit: (request: ConnectionRequest, host: string) => void;
  /** Counts what was refused before it was a connection. */
  readonly refused: (code: ErrorCode) => void;
  /** Called with what went wrong later on: a certificate that could not be replaced. */
  readonly failed?: (error: StreamError) => void;
  readonly now?: () => number;
}

/** Time between a new certificate and the end of the old one, which goes on for the sessions it has. */
const OVERLAP_MS = 2 * 86_400_000;

/**
 * Listens for WebTransport. Returns why not, where the addon is missing.
 * @throws {StreamError} `certificate_unreadable`, or `port_in_use` where no port can be bound
 */
export async function listenWebTransport(
  options: WebTransportListenerOptions,
): Promise<WebTransportListener | { readonly missing: string }> {
  if (options.certificate !== undefined) await checkCertificate(options.certificate);
  const quic = await loadQuic();
  if ('missing' in quic) return quic;
  const { certificate } = options;
  if (certificate === undefined) return rotating(quic, options);
  const servers = await bind(quic, options, certificate, options.exact);
  return { ports: servers.map(({ port }) => port), certificateHashes: [], close: async () => end(servers) };
}

interface Endpoint {
  readonly servers: readonly QuicServer[];
  readonly certificate: DevelopmentCertificate;
}

async function rotating(quic: Quic, options: WebTransportListenerOptions): Promise<WebTransportListener> {
  const { now = Date.now } = options;
  const start = async (exact?: boolean): Promise<Endpoint> => {
    const certificate = makeCertificate(now());
    return { certificate, servers: await inFiles(certificate, (files) => bind(quic, options, files, exact)) };
  };
  let closed = false;
  let current = await start(options.exact);
  let previous: Endpoint | undefined;
  let timer: NodeJS.Timeout;
  const schedule = (): void => {
    timer = setTimeout(rotate, Math.max(0, current.certificate.expiresAt - OVERLAP_MS - now())).unref();
  };
  const rotate = async (): Promise<void> => {
    try {
      const next = await start();
      if (closed) return end(next.servers);
      if (previous !== undefined) end(previous.servers);
      previous = current;
      current = next;
      schedule();
    } catch (cause) {
      options.failed?.(toStreamError(cause));
      timer = setTimeout(rotate, 60_000).unref();
    }
  };
  schedule();
  return {
    get ports() {
      return current.servers.map(({ port }) => port);
    },
    get certificateHashes() {
      return [current.certificate.hash];
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      end(current.servers);
      if (previous !== undefined) end(previous.servers);
    },
  };
}

/** Each has a thread of its own, which goes over all its connections whenever anything moves. */
async function bind(
  quic: Quic,
  options: WebTransportListenerOptions,
  { cert, key }: CertificateFiles,
  exact = false,
): Promise<readonly QuicServer[]> {
  const { host, port: first, count = 1 } = options;
  const listen = (port: number): Promise<QuicServer> => quic.listen({ host: bindHost(host), port, cert, key });
  const servers: QuicServer[] = [];
  for (let index = 0; index < count; index += 1) {
    const port = first === 0 ? 0 : first + index;
    try {
      servers.push(
        await listen(port).catch((cause: unknown) => {
          if (exact) throw cause;
          return listen(0);
        }),
      );
    } catch (cause) {
      end(servers);
      const which = exact ? `UDP port ${port} on ${host} cannot` : `No UDP port on ${host} can`;
      throw new StreamError('port_in_use', `${which} be bound for WebTransport: ${String(cause)}.`, { cause });
    }
  }
  for (const server of servers) void serve(server, options);
  return servers;
}

function end(servers: readonly QuicServer[]): void {
  for (const server of servers) server.close();
}

async function serve(server: QuicServer, { accept, admit, refused }: WebTransportListenerOptions): Promise<void> {
  for await (const session of server.sessions) {
    try {
      const request = connectionRequest(session);
      if (session.path !== WEBTRANSPORT_PATH) throw new StreamError('not_found', 'There is nothing at this path; the session closes.');
      admit(request, session.authority);
      serveSession(session, request, accept);
    } catch (cause) {
      const error = toStreamError(cause);
      refused(error.code);
      refuseSession(session, error);
    }
  }
}

function connectionRequest(session: QuicSession): ConnectionRequest {
  const headers = new Headers();
  for (const [name, value] of Object.entries(session.headers)) if (!name.startsWith(':')) headers.set(name, value);
  return { transport: 'webtransport', headers, origin: session.origin ?? undefined, remoteAddress: session.remoteAddress };
}

/** The addon takes addresses only, and an IPv6 one in brackets. */
function bindHost(host: string): string {
  if (host === 'localhost') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

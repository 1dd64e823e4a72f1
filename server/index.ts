import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { type ErrorCode, StreamError } from '../src/wire/index.ts';
import { createFetchHandler, type FetchHandler } from './http/routes.ts';
import { createMemoryStorage } from './log/index.ts';
import { attachTo, listenOn } from './node.ts';
import { createProviders } from './providers/index.ts';
import type { DrainOptions } from './relay/drain.ts';
import type { Log } from './relay/logger.ts';
import type { AuthenticateInput, RelayOptions } from './relay/options.ts';
import type { CreateStreamRequest } from './relay/origin.ts';
import { createRelayCore, type RelayCore, type RelayStats } from './relay/relay.ts';
import type { CreatedStream } from './relay/streams.ts';
import { type AnnouncedAddress, checkAnnounced } from './transports/announce.ts';
import type { CertificateFiles } from './transports/certificate.ts';
import { listenWebTransport, type WebTransportListener } from './transports/listener.ts';
import { checkOrigin, isLoopbackAddress, isLoopbackHost, type OriginPolicy } from './transports/origin.ts';
import type { TransportName } from './transports/peer.ts';
import { createSseTransport } from './transports/sse.ts';
import { createWebSocketTransport } from './transports/websocket.ts';

export type { Json, StreamEvent } from '../src/wire/index.ts';
export { StreamError } from '../src/wire/index.ts';
export type { FetchHandler, RequestInfo } from './http/routes.ts';
export * from './log/index.ts';
export * from './providers/index.ts';
export type { DrainOptions } from './relay/drain.ts';
export type { Log, LogFields, Logger, LogLevel } from './relay/logger.ts';
export type * from './relay/options.ts';
export { relayDefaults } from './relay/options.ts';
export type { CreateStreamRequest } from './relay/origin.ts';
export type { RelayStats } from './relay/relay.ts';
export type { CreatedStream } from './relay/streams.ts';
export type { AnnouncedAddress } from './transports/announce.ts';
export type { CertificateFiles } from './transports/certificate.ts';

export interface RelayServerOptions extends RelayOptions {
  /** Serve WebTransport, over UDP beside the HTTP server. `false` for WebSocket and SSE only. @default {} */
  readonly webTransport?: false | WebTransportOptions;
}

export interface WebTransportOptions {
  /** UDP port; where it is taken, any free one. @default the number of the HTTP port */
  readonly port?: number;
  /**
   * How many UDP ports: `port` and those after it, 1 to 64. Each has a thread of its own, whose work grows with its connections: above some
   * hundred of them, several make answers quicker and cost less. Clients are spread over them. @default 1
   */
  readonly ports?: number;
  /** PEM files browsers trust. @default a development certificate, valid for days, whose hash is in the discovery document */
  readonly certificate?: CertificateFiles;
  /**
   * Where clients reach that port (and those after it, those after the announced one), if not at the relay's own: behind a load balancer, in a container. Then `port` is bound or the relay does not
   * start. Go on with a `certificate`: a development one is replaced after days, on another port.
   */
  readonly announce?: AnnouncedAddress;
}

export interface ListenOptions {
  /** @default 8787; 0 for any */
  readonly port?: number;
  /** Name or address. Others than loopback need `authenticate`. @default '127.0.0.1' */
  readonly host?: string;
}

/** A relay: streams, and every way to reach them. */
export interface Relay {
  readonly streams: {
    /**
     * Starts a stream: a provider's answer, or events of your own. It can be subscribed to when this returns.
     * @throws {StreamError} `bad_request`, `unknown_provider`, `provider_not_configured`, `stream_conflict`, `forbidden`, `too_many_streams`, `relay_draining`
     */
    create(request: CreateStreamRequest): CreatedStream;
    /** Ends a generation, for everybody. `false` where there is no such stream. */
    stop(id: string): boolean;
  };
  /**
   * The HTTP surface, SSE included, for any server that speaks `Request` and `Response`. WebSocket and WebTransport need `attach` or `listen`.
   * Without `authenticate`, and where it is not told `remoteAddress`, it can only trust the `Host` header to say that a request is of this
   * machine: give it one of the two before the server around it can be reached from elsewhere.
   */
  readonly fetch: FetchHandler;
  /**
   * Adds the relay to a Node server: `/v1/*`, the probes and upgrades to WebSocket. All else goes on to the server's own
   * listeners. Call it after those are set. Resolves once the server listens and WebTransport does beside it; need not be awaited.
   * @throws {StreamError} `certificate_unreadable`, `bad_option`
   */
  attach(server: HttpServer | HttpsServer): Promise<void>;
  /** A server of its own. @throws {StreamError} `port_in_use`, `certificate_unreadable`, `bad_option` */
  listen(options?: ListenOptions): Promise<{ readonly url: string; readonly port: number }>;
  /**
   * For a shutdown in order, before `close`: readiness fails, nothing new is started, and clients are asked to reconnect, spread over
   * some time; readers of what still runs when it has ended. Resolves when nothing runs and everything has been sent, or at the deadline.
   */
  drain(options?: DrainOptions): Promise<void>;
  readonly stats: RelayStats;
  /** Stops all generations, closes all connections and the server of `listen`. Idempotent. */
  close(): Promise<void>;
}

/** @throws {StreamError} `bad_option` */
export function createRelay(options: RelayServerOptions = {}): Relay {
  const { webTransport = {}, ...relayOptions } = options;
  checkWebTransport(webTransport);
  const { announce: announced = {}, ports } = webTransport || {};
  checkAnnounced(announced, ports);
  const anonymous = options.authenticate === undefined;
  let boundToLoopback = false;
  let httpPort = 0;
  let quic: WebTransportListener | undefined;
  let websocketReachable = false;
  let closing: Promise<void> | undefined;
  const teardown: (() => Promise<void>)[] = [];

  const policy: OriginPolicy = {
    allowedOrigins: options.allowedOrigins ?? [],
    anonymous,
    get loopback() {
      return anonymous || boundToLoopback;
    },
  };
  const core: RelayCore = createRelayCore(
    {
      ...relayOptions,
      // Anything else is refused as it is.
      ...(typeof options.authenticate === 'function' ? { authenticate: needingCredentials(options.authenticate, policy) } : {}),
    },
    { storage: options.storage ?? createMemoryStorage(), providers: options.providers ?? [...createProviders(process.env).values()] },
  );
  const refusedBy =
    (transport: TransportName) =>
    (code: ErrorCode): void =>
      core.refused(code, { transport });
  const sse = createSseTransport({ accept: core.accept, heartbeatMs: core.options.heartbeatMs });
  const websocket = createWebSocketTransport({
    accept: core.accept,
    admit: ({ origin, remoteAddress }, host) => checkOrigin({ origin, host, remoteAddress }, policy),
    refused: refusedBy('websocket'),
    trustedProxies: core.options.trustedProxies,
  });
  const fetch = createFetchHandler({
    core,
    sse,
    policy,
    endpoints: {
      get websocket() {
        return websocketReachable;
      },
      get webtransport() {
        return quic;
      },
      announced,
    },
  });

  const startWebTransport = async (address: { readonly address: string; readonly port: number }): Promise<void> => {
    boundToLoopback = isLoopbackAddress(address.address);
    httpPort = address.port;
    if (webTransport === false || quic !== undefined) return;
    const started = await listenWebTransport({
      host: address.address,
      port: webTransport.port ?? address.port,
      count: webTransport.ports,
      exact: webTransport.announce !== undefined,
      certificate: webTransport.certificate,
      accept: core.accept,
      admit: ({ origin, remoteAddress }, host) => checkOrigin({ origin, host, remoteAddress, ownHosts: pageHosts(host, httpPort) }, policy),
      refused: refusedBy('webtransport'),
      failed: (error) => core.options.log('error', `The WebTransport certificate could not be replaced: ${error.message}`, {}),
    });
    if ('missing' in started) sayMissing(started.missing, { log: options.log === undefined ? undefined : core.options.log });
    else if (closing !== undefined) await started.close();
    else quic = started;
  };
  const attach = (server: HttpServer | HttpsServer): Promise<void> => {
    websocketReachable = true;
    const attached = attachTo(server, { fetch, upgrade: websocket.upgrade, refused: refusedBy('websocket'), listening: startWebTransport });
    teardown.push(attached.detach);
    return attached.ready;
  };

  return {
    streams: { create: (request) => core.streams.create(request), stop: (id) => core.streams.stop(id, 'server') },
    fetch,
    attach(server) {
      const ready = attach(server);
      ready.catch((cause: unknown) => core.options.log('error', `WebTransport did not start: ${String(cause)}`, {}));
      return ready;
    },
    async listen({ port = 8787, host = '127.0.0.1' } = {}) {
      if (anonymous && !isLoopbackHost(host)) {
        throw new StreamError(
          'bad_option',
          `The relay would listen on ${host}, for everybody, without authenticate. It did not start. Give createRelay an authenticate option, or listen on 127.0.0.1.`,
        );
      }
      const listening = await listenOn(host, port, { ...core.options, refused: (code) => core.refused(code, {}) });
      teardown.push(listening.close);
      try {
        await attach(listening.server);
      } catch (cause) {
        await listening.close();
        throw cause;
      }
      return { url: listening.url, port: listening.port };
    },
    drain: (drainOptions) => core.drain(drainOptions),
    get stats() {
      return core.stats;
    },
    close() {
      closing ??= (async () => {
        const { connections } = core.stats;
        core.close();
        // Until the last words have left; closing the socket would overtake them.
        if (connections.webtransport > 0) await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
        sse.close();
        await websocket.close();
        await quic?.close();
        for (const end of teardown) await end();
      })();
      return closing;
    },
  };
}

const webTransportOptions = ['port', 'ports', 'certificate', 'announce'];

/** @throws {StreamError} `bad_option` */
function checkWebTransport(given: unknown): void {
  if (given === false) return;
  if (typeof given !== 'object' || given === null) {
    throw new StreamError(
      'bad_option',
      `createRelay: webTransport is ${JSON.stringify(given) ?? typeof given}; it must be false, or an object of ${webTransportOptions.join(', ')}. Leave it out for the default.`,
    );
  }
  const unknown = Object.keys(given).find((name) => !webTransportOptions.includes(name));
  if (unknown !== undefined) {
    throw new StreamError('bad_option', `createRelay: webTransport has no option ${unknown}. Known: ${webTransportOptions.join(', ')}.`);
  }
  const { announce, port, ports } = given as { readonly announce?: unknown; readonly port?: unknown; readonly ports?: unknown };
  if (announce === null || (announce !== undefined && typeof announce !== 'object')) {
    const found = JSON.stringify(announce) ?? typeof announce;
    throw new StreamError('bad_option', `createRelay: webTransport.announce is ${found}; it must be { host, port }, or one of both.`);
  }
  checkNumber('ports', ports, 1, 64);
  checkNumber('port', port, 0, 65_536 - Number(ports ?? 1));
}

function checkNumber(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) return;
  const found = JSON.stringify(value) ?? typeof value;
  throw new StreamError('bad_option', `createRelay: webTransport.${name} is ${found}; it must be a number from ${least} to ${most}.`);
}

/** A little more than the WebTransport transport needs to close a session. */
const LAST_WORDS_MS = 200;

/** Beyond loopback, a client that is no page says who it is, whatever `authenticate` makes of nothing (docs/PROTOCOL.md, CN10). */
function needingCredentials(
  authenticate: NonNullable<RelayOptions['authenticate']>,
  policy: OriginPolicy,
): NonNullable<RelayOptions['authenticate']> {
  return (input: AuthenticateInput) => {
    const { origin, credentials, headers, remoteAddress } = input;
    // Proxies the relay was told of may bring others to a relay on loopback.
    const ownMachine = policy.loopback && (remoteAddress === '' || isLoopbackAddress(remoteAddress));
    // Browsers leave out `Origin` with a GET of the same origin.
    const page = origin !== undefined || headers.get('sec-fetch-site') === 'same-origin';
    if (!ownMachine && !page && credentials === undefined && !headers.has('cookie')) return undefined;
    return authenticate(input);
  };
}

/** `host:port` of the pages this relay serves, as seen from a WebTransport authority, whose port may be another. */
function pageHosts(authority: string, httpPort: number): string[] {
  const name = authority.toLowerCase().replace(/:\d+$/, '');
  const names = isLoopbackHost(authority) ? ['127.0.0.1', 'localhost', '[::1]'] : [name];
  return names.flatMap((own) => (httpPort === 80 || httpPort === 443 ? [own, `${own}:${httpPort}`] : [`${own}:${httpPort}`]));
}

let saidMissing = false;

function sayMissing(why: string, { log }: { readonly log: Log | undefined }): void {
  const message = `WebTransport is not available, WebSocket and SSE are served: ${why}`;
  if (log !== undefined) log('warn', message, {});
  else if (!saidMissing) process.emitWarning(message, { code: 'SLUICE_NO_WEBTRANSPORT' });
  saidMissing = true;
}

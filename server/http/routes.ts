import { isStreamId, StreamError, toStreamError, wireLimits } from '../../src/wire/index.ts';
import { Buckets } from '../relay/buckets.ts';
import { networkOf } from '../relay/network.ts';
import type { RelayCore } from '../relay/relay.ts';
import { clientAddress } from '../transports/address.ts';
import { checkOrigin, isAllowedOrigin, type OriginPolicy, type OriginSubject } from '../transports/origin.ts';
import type { ConnectionRequest } from '../transports/peer.ts';
import { securityHeaders } from '../transports/security.ts';
import { MESSAGE_TYPE, SSE_PATH, type SseTransport } from '../transports/sse.ts';
import { readBody, requireType } from './body.ts';
import { authenticate, type Caller, takeOne } from './caller.ts';
import { corsHeaders, preflight } from './cors.ts';
import { discovery, type Endpoints } from './discovery.ts';
import { createMetrics } from './metrics.ts';
import { json, problem } from './problem.ts';
import { createStream, readStream, stopStream } from './streams.ts';

/** What is known of a request besides itself. */
export interface RequestInfo {
  /** IP address of the other end of the socket, empty where unknown. */
  readonly remoteAddress: string;
}

/** The relay's HTTP surface. Never rejects: every failure is a problem document. */
export type FetchHandler = (request: Request, info?: RequestInfo) => Promise<Response>;

export interface HttpParts {
  readonly core: RelayCore;
  readonly sse: SseTransport;
  readonly endpoints: Endpoints;
  readonly policy: OriginPolicy;
  readonly now?: () => number;
}

/** Whether a path is one of the relay's, for servers that have others as well. */
export function isRelayPath(pathname: string): boolean {
  return pathname.startsWith('/v1/') || pathname === '/healthz' || pathname === '/readyz' || pathname === '/metrics';
}

interface Call {
  readonly request: Request;
  readonly url: URL;
  readonly info: RequestInfo;
  readonly id: string;
}

interface Route {
  /** Its only group is the id. */
  readonly path: RegExp;
  readonly name: string;
  /** Probes come by address, with whatever `Host`, and learn nothing. */
  readonly open?: boolean;
  readonly methods: Readonly<Record<string, (call: Call) => Response | Promise<Response>>>;
}

export function createFetchHandler({ core, sse, endpoints, policy, now = () => performance.now() }: HttpParts): FetchHandler {
  const metrics = createMetrics(core);
  const limits = new Buckets(core.options.maxMessagesPerSecond, now);
  const identify = async ({ request, info }: Call): Promise<Caller> => {
    const caller = await authenticate(request, info.remoteAddress, core.options);
    takeOne(limits, `${networkOf(info.remoteAddress)} ${caller.principal.id}`);
    return caller;
  };
  const messageBody = (request: Request): Promise<Uint8Array> => {
    requireType(request, MESSAGE_TYPE);
    // A little more than the protocol allows, so that the session itself can refuse it.
    return readBody(request, {
      maxBytes: 4 * wireLimits.maxClientMessageBytes,
      timeoutMs: core.options.bodyTimeoutMs,
      tooLarge: 'frame_too_large',
    });
  };

  const routes: readonly Route[] = [
    { path: /^\/healthz$/, name: 'healthz', open: true, methods: { GET: () => json(200, { status: 'ok' }) } },
    {
      path: /^\/readyz$/,
      name: 'readyz',
      open: true,
      methods: { GET: () => readiness(core) },
    },
    { path: /^\/metrics$/, name: 'metrics', methods: { GET: () => metrics.response() } },
    { path: /^\/v1\/connect$/, name: 'connect', methods: { GET: ({ url }) => json(200, discovery(core, endpoints, url)) } },
    { path: /^\/v1\/streams$/, name: 'streams', methods: { POST: async (call) => createStream(core, call.request, await identify(call)) } },
    { path: /^\/v1\/streams\/([^/]+)$/, name: 'stream', methods: { GET: async (call) => readStream(core, call.id, await identify(call)) } },
    {
      path: /^\/v1\/streams\/([^/]+)\/stop$/,
      name: 'stop',
      methods: { POST: async (call) => stopStream(core, call.request, call.id, await identify(call)) },
    },
    {
      path: new RegExp(`^${SSE_PATH}$`),
      name: 'sse',
      methods: {
        POST: async ({ request, info }) => {
          takeOne(limits, networkOf(info.remoteAddress));
          return sse.open(sseRequest(request, info), await messageBody(request));
        },
      },
    },
    {
      path: new RegExp(`^${SSE_PATH}/([^/]+)$`),
      name: 'sse-post',
      methods: {
        POST: async (call) => {
          const { principal } = await identify(call);
          sse.post(call.id, principal.id, await messageBody(call.request));
          return new Response(null, { status: 204 });
        },
      },
    },
  ];

  const handle = async (request: Request, info: RequestInfo, url: URL): Promise<{ route: string; response: Response }> => {
    const route = routes.find(({ path }) => path.test(url.pathname));
    const id = route?.path.exec(url.pathname)?.[1] ?? '';
    const about = { route: route?.name ?? 'none', ...(isStreamRoute(route) && isStreamId(id) ? { stream: id } : {}) };
    try {
      if (route === undefined) throw new StreamError('not_found', `There is nothing at ${url.pathname.slice(0, 100)}.`);
      if (route.open !== true) checkOrigin({ ...subject(request), remoteAddress: info.remoteAddress }, policy);
      if (request.method === 'OPTIONS') return { route: route.name, response: preflight() };
      // Of what answers GET, HEAD asks the head (RFC 9110, 9.3.2); Node's server leaves out the body.
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const handler = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
      if (handler === undefined) {
        const allow = Object.keys(route.methods).join(', ');
        const error = new StreamError('method_not_allowed', `This address takes ${allow} only.`);
        core.refused(error.code, about);
        return { route: route.name, response: problem(error, { allow }) };
      }
      return { route: route.name, response: await handler({ request, url, info, id }) };
    } catch (cause) {
      // Faults of ours or of the app's callbacks keep their details to the operator's log.
      const error = toStreamError(cause);
      core.refused(error.code, about);
      if (error.code === 'internal')
        core.options.log('error', `HTTP ${request.method} failed`, { ...about, cause: String(error.cause ?? error) });
      return { route: route?.name ?? 'none', response: problem(error) };
    }
  };

  return async (request, { remoteAddress: socketAddress } = { remoteAddress: '' }) => {
    const remoteAddress = clientAddress(socketAddress, request.headers, core.options.trustedProxies);
    const { route, response } = await handle(request, { remoteAddress }, new URL(request.url));
    metrics.requests.inc({ route, status: String(response.status) });
    for (const [name, value] of Object.entries(securityHeaders)) if (!response.headers.has(name)) response.headers.set(name, value);
    if (isAllowedOrigin(subject(request), policy)) for (const [name, value] of corsHeaders(request)) response.headers.set(name, value);
    return response;
  };
}

function isStreamRoute(route: Route | undefined): boolean {
  return route?.name === 'stream' || route?.name === 'stop';
}

function readiness({ draining, storageFailure }: RelayCore): Response {
  if (draining) return json(503, { status: 'draining' });
  return storageFailure === undefined ? json(200, { status: 'ready' }) : json(503, { status: storageFailure.code });
}

function subject({ headers, url }: Request): Omit<OriginSubject, 'remoteAddress'> {
  return {
    origin: headers.get('origin') ?? undefined,
    host: headers.get('host') ?? new URL(url).host,
    // What a person follows a link to, only that person sees.
    foreign: /^(cross|same)-site$/.test(headers.get('sec-fetch-site') ?? '') && headers.get('sec-fetch-dest') !== 'document',
  };
}

function sseRequest(request: Request, { remoteAddress }: RequestInfo): ConnectionRequest {
  return { transport: 'sse', headers: request.headers, origin: request.headers.get('origin') ?? undefined, remoteAddress };
}

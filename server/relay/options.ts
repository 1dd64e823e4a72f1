import { StreamError } from '../../src/wire/index.ts';
import type { LogStorage } from '../log/log.ts';
import type { GenerationRequest, Provider } from '../providers/provider.ts';
import type { TransportName } from '../transports/peer.ts';
import { isLog, type Log, type Logger, toLog } from './logger.ts';

/** Who is at the other end, as `authenticate` decides. Streams belong to the principal that created them. */
export interface Principal {
  /** Stable and unique, e.g. a user id. */
  readonly id: string;
}

/** What `authenticate` is given: of a connection, or of an HTTP request. */
export interface AuthenticateInput {
  /** Of `hello` or `refresh`, or the bearer token of the `Authorization` header. */
  readonly credentials: string | undefined;
  readonly headers: Headers;
  readonly origin: string | undefined;
  /** The socket's, or what `trustedProxies` say; empty where unknown. */
  readonly remoteAddress: string;
  readonly transport: TransportName | 'http';
}

export type Action = 'subscribe' | 'read' | 'stop' | 'create';

/** A request as it came over HTTP, already of the documented form. */
export interface CreateRequest extends GenerationRequest {
  readonly provider: string;
  readonly id?: string;
}

export interface RelayOptions {
  /** The upstream APIs, by name. @default those the environment configures, and `scripted` */
  readonly providers?: readonly Provider[];
  /** Where logs are kept; `createSqliteStorage` keeps them on disk. Closed with the relay. @default in memory */
  readonly storage?: LogStorage;
  /** Who is this? `undefined` refuses. @default everybody is one principal, `anonymous`; allowed only on loopback */
  readonly authenticate?: (input: AuthenticateInput) => Principal | undefined | Promise<Principal | undefined>;
  /** May the principal do this to the channel? @default only the principal that created the stream */
  readonly authorize?: (principal: Principal, action: Action, channel: string, owner: string) => boolean | Promise<boolean>;
  /** The app's decision on a creation over HTTP: the request, another one, or a refusal by `undefined`. @default as requested */
  readonly admit?: (principal: Principal, request: CreateRequest) => CreateRequest | undefined | Promise<CreateRequest | undefined>;
  /** Origins of pages that may connect besides the relay's own, e.g. `https://app.example`. @default none */
  readonly allowedOrigins?: readonly string[];
  /** Longest delay of an event before it is sent, ms. @default 16 */
  readonly flushIntervalMs?: number;
  /** @default 10000 */
  readonly heartbeatMs?: number;
  /** Replay above this many bytes is answered by a snapshot, unless the reader has more than a first credit window (48 KiB). @default 1048576 */
  readonly maxReplayBytes?: number;
  /** @default 128 */
  readonly maxChannelsPerConnection?: number;
  /** @default 10000 */
  readonly maxConnections?: number;
  /** @default 200 */
  readonly maxConnectionsPerPrincipal?: number;
  /** Generations running at once. @default 1000 */
  readonly maxGenerations?: number;
  /** @default 200 */
  readonly maxGenerationsPerPrincipal?: number;
  /**
   * What becomes of a generation that nobody reads: no subscription, and no look at its state over HTTP. `keep` lets it run to its own end,
   * for a reader that comes back later. With `stopAfterMs` it is `stopped` by `server` when nobody has read it for so long, counted from
   * its creation or the last reader's leaving, and noticed within a second: what no one will see costs no more. @default 'keep'
   */
  readonly unwatched?: 'keep' | { readonly stopAfterMs: number };
  /** How long a drain lets running generations go on, ms. @default 25000, within the 30 s an orchestrator commonly allows */
  readonly drainDeadlineMs?: number;
  /** A connection with this much unsent data in its transport gets nothing more until it drains. One batch may exceed it. @default 16384 */
  readonly maxBufferedBytes?: number;
  /** Unsent data of all connections together; above, those that take nothing are ended, and resume. @default 67108864 */
  readonly maxUnsentBytes?: number;
  /** Body of a request over HTTP. @default 1048576 */
  readonly maxBodyBytes?: number;
  /** HTTP requests and client messages allowed per connection and second, as a token bucket of twice the size. @default 200 */
  readonly maxMessagesPerSecond?: number;
  /**
   * Frames allowed per connection and second, as a token bucket of twice the size; many fit into one message. A `refresh`, which asks
   * `authenticate`, counts as 20, and 16 grants of credit as one. @default 1000
   */
  readonly maxFramesPerSecond?: number;
  /**
   * Refusals of `authenticate` allowed per client address and second, as a token bucket of twice the size; then, for some seconds, it is not
   * asked for that address, and the answer is `rate_limited`. As many are asked about at once at most, others wait. @default 20
   */
  readonly maxAuthFailuresPerSecond?: number;
  /**
   * How many proxies of yours a request over HTTP or WebSocket has come through, each of which appends the client's address to
   * `X-Forwarded-For`. The address counts for limits, for loopback, and is given to `authenticate`. WebTransport's is the socket's. Only
   * where the relay cannot be reached past them: others could claim any address. @default 0
   */
  readonly trustedProxies?: number;
  /** Time for the headers of a request to arrive, ms; of the server of `listen`, others have settings of their own. @default 10000 */
  readonly headersTimeoutMs?: number;
  /** Time for the body of a request to arrive as a whole, ms. @default 15000 */
  readonly bodyTimeoutMs?: number;
  /** Time for `authenticate`, `authorize` and `admit` to answer, ms each; then what was asked is refused with `internal`. @default 10000 */
  readonly hookTimeoutMs?: number;
  /** Where lines for operators go: a function, or a logger like pino. `stream` and `connection` are in the fields of each line about one. @default nowhere */
  readonly log?: Log | Logger;
}

export type ResolvedRelayOptions = Required<Omit<RelayOptions, 'providers' | 'storage' | 'log'>> & { readonly log: Log };

export const relayDefaults: ResolvedRelayOptions = {
  authenticate: () => ({ id: 'anonymous' }),
  authorize: (principal, _action, _channel, owner) => principal.id === owner,
  admit: (_principal, request) => request,
  allowedOrigins: [],
  flushIntervalMs: 16,
  heartbeatMs: 10_000,
  maxReplayBytes: 1_048_576,
  maxChannelsPerConnection: 128,
  maxConnections: 10_000,
  maxConnectionsPerPrincipal: 200,
  maxGenerations: 1_000,
  maxGenerationsPerPrincipal: 200,
  unwatched: 'keep',
  drainDeadlineMs: 25_000,
  maxBufferedBytes: 16_384,
  maxUnsentBytes: 67_108_864,
  maxBodyBytes: 1_048_576,
  maxMessagesPerSecond: 200,
  maxFramesPerSecond: 1_000,
  maxAuthFailuresPerSecond: 20,
  trustedProxies: 0,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 15_000,
  hookTimeoutMs: 10_000,
  log: () => {},
};

/** A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Whether a page could have it. Schemes of apps (`capacitor://localhost`) have none by the URL standard, and are sent all the same. */
function isOrigin(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  return /^https?:/i.test(text) ? URL.parse(text)?.origin === text : text === 'null' || /^[a-z][a-z\d+.-]*:\/\/[^/?#\s]+$/.test(text);
}

function isProvider(value: unknown): boolean {
  const { name, generate } = (value ?? {}) as { readonly name?: unknown; readonly generate?: unknown };
  return typeof name === 'string' && typeof generate === 'function';
}

/** Fills in the defaults. @throws {StreamError} `bad_option`, naming the option, its value and what it takes */
export function resolveRelayOptions(options: RelayOptions): ResolvedRelayOptions {
  const { providers, storage, ...rest } = options;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const resolved = { ...relayDefaults, ...given };
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(relayDefaults, name)) continue;
    throw new StreamError(
      'bad_option',
      `createRelay: there is no option ${name}. Known: ${Object.keys(relayDefaults).join(', ')}, providers, storage, webTransport.`,
    );
  }
  for (const name of ['authenticate', 'authorize', 'admit'] as const) {
    if (typeof resolved[name] === 'function') continue;
    throw new StreamError(
      'bad_option',
      `createRelay: ${name} is ${typeof resolved[name]}; it must be a function. Leave it out for the default.`,
    );
  }
  if (providers !== undefined && !(Array.isArray(providers) && providers.every(isProvider))) {
    throw new StreamError(
      'bad_option',
      'createRelay: providers is no list of providers, as createScripted() and the like make them. Leave it out for those the environment configures.',
    );
  }
  if (storage !== undefined && typeof storage?.interrupted !== 'function') {
    throw new StreamError(
      'bad_option',
      `createRelay: storage is ${typeof storage}; it must be what createSqliteStorage({ directory }) or createMemoryStorage() returns. Leave it out for memory.`,
    );
  }
  for (const [name, usual] of Object.entries(relayDefaults)) {
    if (typeof usual !== 'number') continue;
    const value: unknown = resolved[name as keyof typeof resolved];
    const most = name.endsWith('Ms') ? MAX_TIMER_MS : Number.MAX_SAFE_INTEGER;
    const least = usual === 0 ? 0 : 1;
    if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) continue;
    throw new StreamError(
      'bad_option',
      `createRelay: ${name} is ${JSON.stringify(value) ?? typeof value}; it must be ${least === 0 ? '0 or ' : ''}a positive integer of at most ${most}. Leave it out for the default.`,
    );
  }
  const { allowedOrigins } = resolved;
  const odd = Array.isArray(allowedOrigins) ? allowedOrigins.find((origin) => !isOrigin(origin)) : allowedOrigins;
  if (!Array.isArray(allowedOrigins) || odd !== undefined) {
    throw new StreamError(
      'bad_option',
      `createRelay: allowedOrigins has ${JSON.stringify(odd) ?? typeof odd}; it must be a list of origins as browsers send them, e.g. https://app.example, without a path.`,
    );
  }
  const { unwatched } = resolved;
  if (unwatched !== 'keep' && !(Number.isSafeInteger(unwatched?.stopAfterMs) && unwatched.stopAfterMs > 0)) {
    throw new StreamError(
      'bad_option',
      `createRelay: unwatched is ${JSON.stringify(unwatched)}; it must be 'keep', or { stopAfterMs } with a positive integer. Leave it out to keep.`,
    );
  }
  const { log = relayDefaults.log } = options;
  if (!isLog(log)) {
    throw new StreamError(
      'bad_option',
      `createRelay: log is ${typeof log}; it must be a function, or have debug, info, warn and error as pino has. Leave it out for silence.`,
    );
  }
  return { ...resolved, log: toLog(log) };
}

import { StreamError } from '../wire/errors.ts';
import type { ReceiverOptions, TransportName } from '../worker/messages.ts';
import type { ClientOptions } from './types.ts';

export type ResolvedClientOptions = Required<Omit<ClientOptions, 'url' | 'credentials' | 'worker' | 'receiver'>> & {
  /** Absolute; `undefined` where there is neither an option nor a page. */
  readonly url: string | undefined;
  readonly credentials: ClientOptions['credentials'];
  readonly worker: ClientOptions['worker'];
  readonly receiver: ReceiverOptions;
};

export const transportNames: readonly (TransportName | undefined)[] = ['webtransport', 'websocket', 'sse'];

export const receiverDefaults: ReceiverOptions = {
  maxBufferBytes: 262_144,
  maxStalenessMs: 150,
  patchIntervalMs: 8,
  attemptTimeoutMs: 4500,
  fallbackDelayMs: 500,
  rememberMs: 600_000,
};

export const clientDefaults: Required<Pick<ClientOptions, 'transport' | 'detachGraceMs' | 'maxIdleStreams' | 'maxIdleBytes'>> = {
  transport: 'auto',
  detachGraceMs: 3000,
  maxIdleStreams: 100,
  maxIdleBytes: 8_388_608,
};

/** Fills in the defaults. @throws {StreamError} `bad_option`, naming the option, its value and what it takes */
export function resolveClientOptions({ url, credentials, worker, receiver, ...rest }: ClientOptions): ResolvedClientOptions {
  const resolved = withDefaults(rest, clientDefaults);
  const { transport } = resolved;
  if (transport !== 'auto' && !transportNames.includes(transport)) throw bad('transport', transport, `auto, ${transportNames.join(', ')}`);
  return { ...resolved, url: absolute(url), credentials, worker, receiver: withDefaults(receiver, receiverDefaults) };
}

/** What is `undefined` is left out; numbers are counts. */
function withDefaults<Options extends object>(options: Partial<Options> | undefined, defaults: Options): Options {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const isCount = Number.isSafeInteger(value) && Number(value) >= 0;
    if (typeof defaults[name as keyof Options] === 'number' && !isCount) throw bad(name, value, 'an integer from 0');
  }
  return { ...defaults, ...Object.fromEntries(given) };
}

function absolute(url: string | undefined): string | undefined {
  const page = typeof location === 'undefined' ? undefined : location.href;
  if (url === undefined && page === undefined) return undefined;
  try {
    const { origin, pathname } = new URL(url ?? '/', page);
    // The relay may live below a path: its addresses are relative to it.
    return new URL(pathname.endsWith('/') ? pathname : `${pathname}/`, origin).href;
  } catch {
    throw badUrl(url);
  }
}

/** Where there is none, too. */
export function badUrl(url?: string): StreamError {
  return bad('url', url, 'the relay’s URL, absolute where there is no page');
}

function bad(name: string, value: unknown, takes: string): StreamError {
  return new StreamError('bad_option', `createClient: ${name} is ${value}; it takes ${takes}.`);
}

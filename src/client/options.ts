import { StreamError } from '../wire/errors.ts';
import type { ReceiverOptions } from '../worker/messages.ts';
import type { ClientOptions } from './types.ts';

export type ResolvedClientOptions = Required<Omit<ClientOptions, 'url' | 'credentials' | 'worker' | 'receiver'>> & {
  /** Absolute; `undefined` where there is neither an option nor a page. */
  readonly url: string | undefined;
  readonly credentials: ClientOptions['credentials'];
  readonly worker: ClientOptions['worker'];
  readonly receiver: ReceiverOptions;
};

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
export function resolveClientOptions(options: ClientOptions): ResolvedClientOptions {
  const receiver = { ...receiverDefaults, ...given(options.receiver ?? {}) };
  const { receiver: _receiver, url, credentials, worker, ...rest } = options;
  const resolved = { ...clientDefaults, ...given(rest) };
  const numbers = {
    ...receiver,
    detachGraceMs: resolved.detachGraceMs,
    maxIdleStreams: resolved.maxIdleStreams,
    maxIdleBytes: resolved.maxIdleBytes,
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (!(Number.isSafeInteger(value) && value >= 0)) {
      throw new StreamError('bad_option', `createClient: ${name} is ${value}; it must be an integer from 0. Leave it out for the default.`);
    }
  }
  if (!['auto', 'webtransport', 'websocket', 'sse'].includes(resolved.transport)) {
    throw new StreamError(
      'bad_option',
      `createClient: transport is ${resolved.transport}; it must be auto, webtransport, websocket or sse.`,
    );
  }
  return { ...resolved, url: absolute(url), credentials, worker, receiver };
}

function absolute(url: string | undefined): string | undefined {
  const page = typeof location === 'undefined' ? undefined : location.href;
  if (url === undefined && page === undefined) return undefined;
  try {
    const { origin, pathname } = new URL(url ?? '/', page);
    // The relay may live below a path: its addresses are relative to it.
    return new URL(pathname.endsWith('/') ? pathname : `${pathname}/`, origin).href;
  } catch {
    throw new StreamError('bad_option', `createClient: url is ${url}; it must be the relay's URL, absolute where there is no page.`);
  }
}

function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

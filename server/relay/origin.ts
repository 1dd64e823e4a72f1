import { type Json, StreamError, type StreamEvent } from '../../src/wire/index.ts';
import type { GenerationObserver, Message, Provider } from '../providers/provider.ts';
import type { Principal } from './options.ts';

/** What `streams.create` takes: a request to a provider, or events an application produces itself. */
export type CreateStreamRequest = CreateStreamBase & (ProviderOrigin | IterableOrigin | ResponseOrigin);

interface CreateStreamBase {
  /** 1–128 unreserved characters. @default a random one */
  readonly id?: string;
  /** Owner of the stream. @default `{ id: 'anonymous' }` */
  readonly principal?: Principal;
}

interface ProviderOrigin {
  readonly provider: string;
  readonly model: string;
  readonly prompt?: string;
  readonly messages?: readonly Message[];
  readonly options?: { readonly [key: string]: Json };
  readonly source?: undefined;
}

interface IterableOrigin {
  /** Read to its end, once, whether or not anybody watches. `return()` is called when the stream is stopped. */
  readonly source: AsyncIterable<StreamEvent>;
  readonly model?: string;
}

interface ResponseOrigin {
  /** An answer of a provider the application fetched itself. */
  readonly source: Response;
  /** Whose dialect the answer is in. */
  readonly provider: string;
  readonly model?: string;
}

/** Begins a generation, or the reading of one. */
export type Open = (signal: AbortSignal, observer: GenerationObserver) => AsyncIterable<StreamEvent>;

/**
 * What makes the events, checked before anything exists.
 * @throws {StreamError} `bad_request`, `unknown_provider`, `provider_not_configured`
 */
export function openerOf(request: CreateStreamRequest, providers: ReadonlyMap<string, Provider>): Open {
  if (!('provider' in request)) {
    const { source } = request;
    if (typeof source?.[Symbol.asyncIterator] !== 'function') {
      throw new StreamError(
        'bad_request',
        'streams.create needs a provider, or a source that is an async iterable of events. Nothing was started.',
      );
    }
    return () => source;
  }
  const provider = providers.get(request.provider);
  if (provider === undefined) {
    throw new StreamError(
      'unknown_provider',
      `There is no provider ${JSON.stringify(String(request.provider).slice(0, 64))}; nothing was started. Known: ${[...providers.keys()].join(', ')}.`,
    );
  }
  if (request.source !== undefined) {
    const { source } = request;
    return (signal) => provider.read(source, signal);
  }
  if (provider.unavailable !== undefined) throw new StreamError('provider_not_configured', `${provider.unavailable} Nothing was started.`);
  if ((request.prompt === undefined) === (request.messages === undefined))
    throw new StreamError('bad_request', 'A request has either prompt or messages. Nothing was started.');
  const { model, prompt, messages, options } = request;
  const generation = {
    model,
    ...(prompt === undefined ? {} : { prompt }),
    ...(messages === undefined ? {} : { messages }),
    ...(options === undefined ? {} : { options }),
  };
  return (signal, observer) => provider.generate(generation, signal, observer);
}

import { StreamError } from '../wire/errors.ts';
import { badUrl } from './options.ts';
import type { StreamRequest } from './types.ts';

export interface StartedStream {
  readonly id: string;
  readonly channel: string;
  readonly epoch: string;
}

/** Credentials of the moment. */
export type Credentials = () => string | undefined | Promise<string>;

/** What the client asks of the relay over HTTP. */
export interface Requests {
  /** @throws {StreamError} with the relay's code, or `connect_failed` */
  start(request: StreamRequest & { readonly id: string }): Promise<StartedStream>;
  /** @throws {StreamError} with the relay's code, or `connect_failed` */
  stop(id: string): Promise<void>;
}

const ATTEMPTS = 3;
const RETRY_DELAY_MS = 250;
const TIMEOUT_MS = 15_000;

export function createRequests(url: string | undefined, credentials: Credentials): Requests {
  const post = async (path: string, body: unknown): Promise<Response> => {
    if (url === undefined) throw badUrl();
    const headers = new Headers({ 'content-type': 'application/json', ...(await authorization(credentials)) });
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetchAgain(new URL(path, url), init);
    if (!response.ok) throw await problem(response);
    return response;
  };
  return {
    async start(request) {
      const response = await post('v1/streams', request);
      const started: unknown = await response.json().catch(() => undefined);
      if (!isStarted(started)) {
        throw new StreamError('connect_failed', 'This is no relay. Check the URL.');
      }
      return started;
    },
    async stop(id) {
      await post(`v1/streams/${encodeURIComponent(id)}/stop`, {});
    },
  };
}

/** Reading of problems is loaded with the first: its server has answered, too. */
async function problem(response: Response): Promise<StreamError> {
  const module = await import('./problem.ts').catch(() => undefined);
  return (await module?.problem(response)) ?? new StreamError('connect_failed', `The server answered ${response.status}.`);
}

/** The request is idempotent by its id, so a lost response is asked for again. */
async function fetchAgain(url: URL, init: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (cause) {
      if (attempt === ATTEMPTS) {
        throw new StreamError('connect_failed', `The relay at ${url.origin} did not answer. Does it run and allow this origin?`, {
          cause,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * attempt));
    }
  }
}

/** The header for the present credentials. @throws {StreamError} `unauthenticated` when the application's function fails */
async function authorization(credentials: Credentials): Promise<Record<string, string>> {
  try {
    const token = await credentials();
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  } catch (cause) {
    throw new StreamError('unauthenticated', 'The credentials function failed; nothing was asked.', { cause });
  }
}

function isStarted(value: unknown): value is StartedStream {
  if (typeof value !== 'object' || value === null) return false;
  const { id, channel, epoch } = value as Partial<StartedStream>;
  return [id, channel, epoch].every((field) => typeof field === 'string');
}

import { type ErrorCode, isErrorCode, StreamError } from '../wire/errors.ts';
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
    if (url === undefined) throw noUrl();
    const headers = new Headers({ 'content-type': 'application/json', ...(await authorization(credentials)) });
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetchAgain(new URL(path, url), init);
    if (!response.ok) throw await problem(response, 'connect_failed');
    return response;
  };
  return {
    async start(request) {
      const response = await post('v1/streams', request);
      const started: unknown = await response.json().catch(() => undefined);
      if (!isStarted(started)) {
        throw new StreamError(
          'connect_failed',
          'The relay answered the start of a stream in another form than documented. Is the URL the relay’s?',
        );
      }
      return started;
    },
    async stop(id) {
      await post(`v1/streams/${encodeURIComponent(id)}/stop`, {});
    },
  };
}

/** A response with an error status as the error it stands for; of `code` where it is not a problem document of ours. */
export async function problem(response: Response, code: ErrorCode): Promise<StreamError> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const body: unknown = isProblem ? await response.json().catch(() => undefined) : undefined;
  const { code: own, detail, title, retryAfterMs } = (body ?? {}) as Record<string, unknown>;
  const message = [detail, title].find((text) => typeof text === 'string');
  const options = { retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : retryAfter(response) };
  if (isErrorCode(own)) return new StreamError(own, message as string | undefined, options);
  return new StreamError(code, `The server answered ${response.status} where a stream was asked for.`, options);
}

/** The request is idempotent by its id, so a lost response is asked for again. */
async function fetchAgain(url: URL, init: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (cause) {
      if (attempt === ATTEMPTS) {
        throw new StreamError('connect_failed', `The relay at ${url.origin} did not answer. Check that it runs and allows this origin.`, {
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
    throw new StreamError('unauthenticated', 'The credentials function failed, so the relay was not asked.', { cause });
  }
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfter(response: Response): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

function isStarted(value: unknown): value is StartedStream {
  if (typeof value !== 'object' || value === null) return false;
  const { id, channel, epoch } = value as Partial<StartedStream>;
  return typeof id === 'string' && typeof channel === 'string' && typeof epoch === 'string';
}

export function noUrl(): StreamError {
  return new StreamError('bad_option', 'createClient has no url, and there is no page to take it from. Pass the relay’s URL.');
}

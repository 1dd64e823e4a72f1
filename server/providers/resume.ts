import { readRetryAfter } from './failure.ts';
import type { JsonObject } from './json.ts';
import type { ByteSource, Upstream } from './upstream.ts';

/** Where an answer stands that its provider keeps, as the dialect knows it. */
export interface Kept {
  /** Called with each payload, before it is understood. What was read before is `seen`; a `gap` means that something in between is lost. */
  place(payload: JsonObject): 'next' | 'seen' | 'gap';
  /** Where the rest of the answer is read; `undefined` where it cannot be. */
  path(): string | undefined;
  /** What another process asks for it by; `undefined` as long as that is unknown. */
  id(): string | undefined;
  /** Where a POST ends the generation, which closing the connection does not. */
  cancelPath(): string | undefined;
}

/** Reads on an answer whose connection broke off. */
export interface Resume extends Pick<Kept, 'place'> {
  /** The rest of the answer; `undefined` where it cannot be had, after a bounded number of attempts. Never rejects. */
  reopen(): Promise<ByteSource | undefined>;
  /** Ends the generation at the provider. Never rejects. */
  cancel(): void;
}

export interface ResumeParts {
  readonly kept: Kept;
  readonly request: (method: 'GET' | 'POST', path: string, signal: AbortSignal) => Promise<Upstream>;
  readonly signal: AbortSignal;
  /** For one attempt, ms. */
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly report: (outcome: 'continued' | 'given-up') => void;
  /** Told the answer’s id, once. */
  readonly known: (id: string) => void;
}

/** Full jitter up to a bound that doubles with each attempt, ms. */
const BACKOFF = { baseMs: 250, maxMs: 8_000 };
/** Of all connections of one answer. */
const MAX_CONNECTIONS = 100;
const CANCEL_TIMEOUT_MS = 10_000;

export function createResume({ kept, request, signal, timeoutMs, maxAttempts, report, known }: ResumeParts): Resume {
  let connections = 0;
  let attempts = 0;
  let from: string | undefined;

  /** `retryAfterMs` where another attempt may succeed. */
  const attempt = async (path: string): Promise<ByteSource | { readonly retryAfterMs: number } | undefined> => {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    const timer = setTimeout(abort, timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const { status, headers, body } = await request('GET', path, controller.signal);
      if (status >= 200 && status <= 299 && headers.get('content-type')?.includes('text/event-stream') === true) return body;
      body.cancel();
      const again = status >= 500 || status === 429 || status === 408;
      return again ? { retryAfterMs: Math.min(readRetryAfter(headers, Date.now()) ?? 0, BACKOFF.maxMs) } : undefined;
    } catch {
      return { retryAfterMs: 0 };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  };

  const reopen = async (): Promise<ByteSource | undefined> => {
    const path = kept.path();
    if (path === undefined) return undefined;
    // A connection that brought nothing new is one more attempt at the same place.
    if (path !== from) attempts = 0;
    from = path;
    let retryAfterMs = 0;
    while (attempts < maxAttempts && connections < MAX_CONNECTIONS) {
      await pause(Math.max(retryAfterMs, Math.random() * Math.min(BACKOFF.maxMs, BACKOFF.baseMs * 2 ** attempts)), signal);
      if (signal.aborted) return undefined;
      attempts += 1;
      connections += 1;
      const result = await attempt(path);
      if (signal.aborted) return undefined;
      if (result === undefined) break;
      if ('read' in result) {
        report('continued');
        return result;
      }
      ({ retryAfterMs } = result);
    }
    report('given-up');
    return undefined;
  };

  let told = false;
  return {
    place(payload) {
      const place = kept.place(payload);
      const id = told ? undefined : kept.id();
      if (id === undefined) return place;
      told = true;
      known(id);
      return place;
    },
    reopen,
    cancel() {
      const path = kept.cancelPath();
      if (path === undefined) return;
      request('POST', path, AbortSignal.timeout(CANCEL_TIMEOUT_MS)).then(
        ({ body }) => body.cancel(),
        () => {},
      );
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

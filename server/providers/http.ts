import { type Json, StreamError, type StreamEvent } from '../../src/wire/index.ts';
import { readBody } from './body.ts';
import { causeCode, failure, type ProviderNames, statusFailure } from './failure.ts';
import type { JsonObject } from './json.ts';
import type { GenerationObserver, GenerationRequest, Message, Provider } from './provider.ts';
import { createResume, type Kept, type Resume } from './resume.ts';
import { type ByteSource, fromResponse, request as send, type Upstream } from './upstream.ts';
import type { EventWriter } from './writer.ts';

/** What tells one API from another. */
export interface Dialect extends ProviderNames {
  readonly framing: 'sse' | 'ndjson';
  /** Whether `[DONE]` ends an answer that said no reason. @default false: it means nothing */
  readonly doneEnds?: boolean;
  /** Path behind the base URL. */
  path(model: string): string;
  headers(apiKey: string): { readonly [name: string]: string };
  /** Without the options, which are laid over it. */
  body(model: string, messages: readonly Message[]): JsonObject;
  /** Fields of the body that options cannot replace. */
  readonly fixed: readonly string[];
  /** Fields that the option `null` leaves out. */
  readonly optional?: readonly string[];
  /** A reader of one answer: writes what each payload means. Unknown payloads mean nothing. */
  reader(writer: EventWriter): (payload: JsonObject, event: string | undefined) => void;
  /** Where an answer to this body can be read on after its connection broke off; `undefined` where the API does not keep it. */
  kept?(body: JsonObject): Kept | undefined;
  /** The same for an answer that is read from its beginning, by its id. */
  keptAgain?(id: string): Kept;
}

/** How to reach an API. */
export interface HttpOptions {
  /** Without one, no credentials are sent: for servers that want none. */
  readonly apiKey?: string | undefined;
  /** As the provider's own SDK takes it. @default the provider's; without a key there is no default */
  readonly baseURL?: string | undefined;
  /** Longest silence of the provider, ms. @default 120000 */
  readonly idleTimeoutMs?: number | undefined;
  /** Attempts to read on at one place of an answer that the provider keeps; 0 for none. @default 5 */
  readonly maxResumeAttempts?: number | undefined;
}

const httpDefaults = { idleTimeoutMs: 120_000, maxResumeAttempts: 5 } as const;

/** An adapter of a dialect. @throws {StreamError} `bad_option` */
export function createHttpProvider(dialect: Dialect, options: HttpOptions, defaultBaseURL: string | undefined): Provider {
  const { apiKey, baseURL, idleTimeoutMs, maxResumeAttempts } = resolveHttpOptions(dialect, options, defaultBaseURL);
  const { title, keyVariable, urlVariable, keptAgain } = dialect;
  const unavailable =
    baseURL !== undefined
      ? undefined
      : keyVariable === undefined
        ? `${title} is not configured: set ${urlVariable} in the relay's environment, and restart it.`
        : `${title} is not configured: set ${keyVariable} in the relay's environment (or ${urlVariable}, for a compatible server without keys), and restart it.`;

  async function* generate(
    request: GenerationRequest,
    signal: AbortSignal,
    observer?: GenerationObserver,
  ): AsyncGenerator<StreamEvent, void> {
    if (signal.aborted) return;
    if (baseURL === undefined) {
      yield failure('provider_not_configured', unavailable ?? '');
      return;
    }
    const messages = messagesOf(request);
    if (messages === undefined) {
      yield failure('bad_request', 'The request must have either prompt or messages, and not both. Nothing was sent.');
      return;
    }
    const body = bodyOf(dialect, request, messages);
    const kept = dialect.kept?.(body);
    const resume = kept && resumeOf(kept, signal, observer);
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      abort();
    }, idleTimeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const upstream = await send(
        {
          method: 'POST',
          url: `${baseURL}${dialect.path(request.model)}`,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
        controller.signal,
      );
      clearTimeout(timer);
      yield* answer(upstream, request.model, signal, resume);
    } catch (cause) {
      if (!signal.aborted) yield unanswered(cause, timedOut);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  const headers = {
    accept: dialect.framing === 'sse' ? 'text/event-stream' : 'application/x-ndjson',
    // A compressing proxy would hold tokens back.
    'accept-encoding': 'identity',
    ...(apiKey === undefined ? {} : dialect.headers(apiKey)),
  };

  const resumeOf = (kept: Kept, signal: AbortSignal, observer: GenerationObserver | undefined): Resume =>
    createResume({
      kept,
      request: (method, path, until) => send({ method, url: `${baseURL}${path}`, headers }, until),
      signal,
      timeoutMs: idleTimeoutMs,
      maxAttempts: maxResumeAttempts,
      report: (outcome) => observer?.resumed(outcome),
      known: (id) => observer?.kept?.(id),
    });

  async function* again(kept: Kept, model: string, signal: AbortSignal, observer?: GenerationObserver): AsyncGenerator<StreamEvent, void> {
    if (baseURL === undefined) {
      yield failure('provider_not_configured', unavailable ?? '');
      return;
    }
    const resume = resumeOf(kept, signal, observer);
    const first = await resume.reopen();
    if (first !== undefined) yield* readBody(first, dialect, { model, signal, idleTimeoutMs, resume });
    else if (signal.aborted) resume.cancel();
    else yield failure('upstream_truncated', `${title} does not have the answer any more. It ends here; try again.`);
  }

  const unanswered = (cause: unknown, timedOut: boolean): StreamEvent => {
    const code = causeCode(cause);
    if (timedOut) {
      return failure('upstream_timeout', `${title} did not answer within ${idleTimeoutMs} ms. The request was given up; try again.`);
    }
    return failure(
      'upstream_unreachable',
      `${title} could not be reached${code === '' ? '' : ` (${code})`}. Nothing was generated; check the network and ${urlVariable}, then try again.`,
    );
  };

  async function* answer(upstream: Upstream, model: string, signal: AbortSignal, resume?: Resume): AsyncGenerator<StreamEvent, void> {
    const { status, headers, body } = upstream;
    if (status < 200 || status > 299) {
      const start = await readStart(body, signal);
      if (!signal.aborted) yield statusFailure(dialect, status, headers, start);
      return;
    }
    const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (!isExpected(dialect.framing, type)) {
      body.cancel();
      const what = dialect.framing === 'sse' ? 'an event stream' : 'lines of JSON';
      if (!signal.aborted)
        yield failure('upstream_malformed', `${title} answered with something that is not ${what}. Check ${urlVariable}.`);
      return;
    }
    yield* readBody(body, dialect, { model, signal, idleTimeoutMs, resume });
  }

  return {
    name: dialect.name,
    unavailable,
    generate,
    ...(keptAgain === undefined ? {} : { again: (id, model, signal, observer) => again(keptAgain(id), model, signal, observer) }),
    read: (response, signal) => answer(fromResponse(response), '', signal),
  };
}

interface ResolvedHttpOptions {
  readonly apiKey: string | undefined;
  readonly baseURL: string | undefined;
  readonly idleTimeoutMs: number;
  readonly maxResumeAttempts: number;
}

function resolveHttpOptions(names: ProviderNames, options: HttpOptions, defaultBaseURL: string | undefined): ResolvedHttpOptions {
  const apiKey = options.apiKey?.trim() || undefined;
  const given = options.baseURL?.trim() || undefined;
  const { idleTimeoutMs = httpDefaults.idleTimeoutMs, maxResumeAttempts = httpDefaults.maxResumeAttempts } = options;
  // The values stay out of the messages: both may hold secrets.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new StreamError('bad_option', `${names.title}: the key has characters no HTTP header can carry. Check ${names.keyVariable}.`);
  }
  if (given !== undefined && !isBaseURL(given)) {
    throw new StreamError(
      'bad_option',
      `${names.title}: the base URL must begin with http:// or https:// and name no user. Check ${names.urlVariable}.`,
    );
  }
  if (!(idleTimeoutMs > 0 && idleTimeoutMs <= 0x7fff_ffff)) {
    throw new StreamError('bad_option', `${names.title}: idleTimeoutMs is ${idleTimeoutMs}; it must be from 1 to 2147483647.`);
  }
  if (!(Number.isInteger(maxResumeAttempts) && maxResumeAttempts >= 0 && maxResumeAttempts <= 100)) {
    throw new StreamError('bad_option', `${names.title}: maxResumeAttempts is ${maxResumeAttempts}; it must be an integer from 0 to 100.`);
  }
  const baseURL = given ?? (apiKey === undefined ? undefined : defaultBaseURL);
  return { apiKey, baseURL: baseURL?.replace(/\/+$/, ''), idleTimeoutMs, maxResumeAttempts };
}

function isBaseURL(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

function messagesOf({ prompt, messages }: GenerationRequest): readonly Message[] | undefined {
  if (prompt === undefined) return messages !== undefined && messages.length > 0 ? messages : undefined;
  return messages === undefined ? [{ role: 'user', content: prompt }] : undefined;
}

function bodyOf(dialect: Dialect, request: GenerationRequest, messages: readonly Message[]): JsonObject {
  const own = dialect.body(request.model, messages);
  const body = new Map<string, Json>(Object.entries({ ...own, ...request.options }));
  for (const name of dialect.fixed) {
    const value = own[name];
    if (value !== undefined) body.set(name, value);
  }
  for (const name of dialect.optional ?? []) if (body.get(name) === null) body.delete(name);
  return Object.fromEntries(body);
}

function isExpected(framing: Dialect['framing'], type: string): boolean {
  if (type === '') return true;
  return framing === 'sse' ? type === 'text/event-stream' : type.includes('json') || type === 'text/plain';
}

const ERROR_BODY_BYTES = 65_536;
const ERROR_BODY_MS = 2000;

/** The first 64 KiB of an error's body, for two seconds at most; what is missing is left out. */
async function readStart(source: ByteSource, signal: AbortSignal): Promise<string> {
  const timer = setTimeout(source.cancel, ERROR_BODY_MS);
  signal.addEventListener('abort', source.cancel, { once: true });
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  try {
    for (let size = 0; size < ERROR_BODY_BYTES; ) {
      const bytes = await source.read();
      if (bytes === undefined) break;
      size += bytes.byteLength;
      pieces.push(decoder.decode(bytes, { stream: true }));
    }
  } catch {
    // A broken error body is still an error of its status.
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', source.cancel);
    source.cancel();
  }
  return pieces.join('');
}

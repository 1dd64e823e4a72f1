import { type ErrorCode, type ErrorEvent, errorTable } from '../../src/wire/index.ts';
import { count, type JsonObject, list, object, parseObject, string } from './json.ts';

/** How the messages name a provider, and the environment variables that people set for it. */
export interface ProviderNames {
  readonly name: string;
  /** For people, e.g. `OpenAI`. */
  readonly title: string;
  /** `undefined` where the API knows no key. */
  readonly keyVariable: string | undefined;
  readonly urlVariable: string;
}

/** An `error` event in our own words; `retryable` as the table has it unless told. */
export function failure(
  code: ErrorCode,
  message: string,
  more: { retryable?: boolean; retryAfterMs?: number | undefined } = {},
): ErrorEvent {
  const { retryable = errorTable[code].retryable, retryAfterMs } = more;
  return { type: 'error', code, message, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The event for a status that is not 200–299. `body` is what could be read of it; none of it but the error's type is repeated. */
export function statusFailure(names: ProviderNames, status: number, headers: Headers, body: string): ErrorEvent {
  const error = errorObject(parseObject(body));
  const type = errorType(error);
  const what = `HTTP ${status}${type === '' ? '' : `, ${type}`}`;
  const retryAfterMs = readRetryAfter(headers, Date.now()) ?? retryDelay(error);
  return describe(names, codeOfStatus(status), what, type, retryAfterMs);
}

/** The event for an error object in the middle of an answer. */
export function payloadFailure(names: ProviderNames, error: JsonObject): ErrorEvent {
  const type = errorType(error);
  const status = count(error['code']) || count(error['status']);
  const code = status >= 400 && status < 600 ? codeOfStatus(status) : codeOfType(type);
  return describe(names, code, `in the answer${type === '' ? '' : `, ${type}`}`, type, retryDelay(error));
}

/** Milliseconds from `retry-after-ms`, or `retry-after` in seconds or as an HTTP date (RFC 9110 §10.2.3). */
export function readRetryAfter(headers: Headers, now: number): number | undefined {
  const milliseconds = headers.get('retry-after-ms') ?? '';
  if (/^\d{1,12}(\.\d+)?$/.test(milliseconds)) return Math.round(Number(milliseconds));
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
  // Only a date has letters; Date.parse takes much that is none.
  const date = /[A-Za-z]/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** `ECONNREFUSED`, `ENOTFOUND`, … of what `fetch` threw; empty where there is none. */
export function causeCode(thrown: unknown): string {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? cause.code : undefined;
    if (typeof code === 'string' && /^[A-Z][A-Z_]+$/.test(code)) return code;
  }
  return '';
}

/** `{ error: {…} }`, `{ error: '…' }`, `[{ error }]` or the error itself. */
function errorObject(body: JsonObject | undefined): JsonObject {
  return object(body?.['error']) ?? body ?? {};
}

/** The provider's own name of the error, only if it has the shape of a name: no digit, no dash, so hardly a secret. */
function errorType(error: JsonObject): string {
  for (const value of [error['code'], error['status'], error['type']]) {
    if (typeof value === 'string' && /^[A-Za-z]+(_[A-Za-z]+)*$/.test(value) && value.length <= 48 && value !== 'error') return value;
  }
  return '';
}

/** google.rpc.RetryInfo: `{ "retryDelay": "34.07s" }`. */
function retryDelay(error: JsonObject): number | undefined {
  for (const detail of list(error['details'])) {
    const seconds = /^(\d{1,9}(?:\.\d+)?)s$/.exec(string(object(detail)?.['retryDelay']))?.[1];
    if (seconds !== undefined) return Math.round(Number(seconds) * 1000);
  }
  return undefined;
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'upstream_unauthorized';
  if (status === 429) return 'upstream_rate_limited';
  if (status === 408 || status === 504) return 'upstream_timeout';
  return status >= 500 ? 'upstream_failed' : 'upstream_rejected';
}

function codeOfType(type: string): ErrorCode {
  if (/rate_limit|too_many|slow_down|exhausted|quota/i.test(type)) return 'upstream_rate_limited';
  if (/authentication|permission|api_key|unauthenticated/i.test(type)) return 'upstream_unauthorized';
  if (/invalid|not_found|unsupported|context_length|billing|too_large|precondition/i.test(type)) return 'upstream_rejected';
  return 'upstream_failed';
}

function describe(names: ProviderNames, code: ErrorCode, what: string, type: string, retryAfterMs: number | undefined): ErrorEvent {
  const { title, keyVariable, urlVariable } = names;
  switch (code) {
    case 'upstream_unauthorized':
      return failure(code, `${title} refused the relay's key (${what}). Check ${keyVariable ?? urlVariable}.`);
    case 'upstream_rate_limited':
      if (/quota/.test(type))
        return failure(code, `${title}'s quota is used up (${what}). Check the account.`, { retryable: false, retryAfterMs });
      return failure(code, `${title} asks to slow down (${what}). Try again later.`, { retryAfterMs });
    case 'upstream_rejected':
      return failure(code, `${title} refused the request (${what}). Check the model, the options and ${urlVariable}.`, { retryAfterMs });
    case 'upstream_timeout':
      return failure(code, `${title} gave up waiting (${what}). Try again.`, { retryAfterMs });
    default:
      return failure(code, `${title} failed (${what}). Try again.`, { retryAfterMs });
  }
}

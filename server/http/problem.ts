import { errorTable, type StreamError } from '../../src/wire/index.ts';
import { titleOf } from '../transports/refusal.ts';

/** An error as RFC 9457 problem document (docs/PROTOCOL.md, RL8). */
export function problem(error: StreamError, headers: Readonly<Record<string, string>> = {}): Response {
  const { code, message, retryable, retryAfterMs } = error;
  const { status } = errorTable[code];
  const body = { type: 'about:blank', title: titleOf(code), status, code, detail: message, retryable, retryAfterMs };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...headers,
    },
  });
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}

import { type ErrorCode, isErrorCode, StreamError } from '../wire/index.ts';

/** The error a refused request stands for: the relay's own code where its answer is a problem document. */
export async function problemOf(response: Response, fallback: ErrorCode, what: string): Promise<StreamError> {
  const retryAfterMs = retryAfter(response.headers.get('retry-after'));
  try {
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null && 'code' in body && isErrorCode(body.code)) {
      const detail = 'detail' in body && typeof body.detail === 'string' ? body.detail : undefined;
      return new StreamError(body.code, detail, { retryAfterMs });
    }
  } catch {
    // Not a problem document: a proxy answered, or something that is no relay.
  }
  return new StreamError(fallback, `${what}: HTTP ${response.status}.`, { retryAfterMs });
}

function retryAfter(header: string | null): number | undefined {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

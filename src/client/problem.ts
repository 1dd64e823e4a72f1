import { isErrorCode } from '../wire/codes.ts';
import { StreamError } from '../wire/errors.ts';

/** A problem document of the relay's as the error it stands for. */
export async function problem(response: Response): Promise<StreamError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { code, detail, retryAfterMs } = (body ?? {}) as Record<string, unknown>;
  if (!isErrorCode(code)) return new StreamError('connect_failed', `The server answered ${response.status}. Is the URL the relay’s?`);
  return new StreamError(code, String(detail), { retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined });
}

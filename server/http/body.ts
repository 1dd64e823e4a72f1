import { StreamError } from '../../src/wire/index.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Time for the whole of it to arrive, ms. */
  readonly timeoutMs: number;
  /** What a larger one is. @default 'body_too_large' */
  readonly tooLarge?: 'body_too_large' | 'frame_too_large';
}

/** @throws {StreamError} `unsupported_media_type` */
export function requireType(request: Request, type: string): void {
  const given = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (given === type) return;
  throw new StreamError('unsupported_media_type', `The content type is ${given?.slice(0, 100) ?? 'missing'}; this route takes ${type}.`);
}

/**
 * Reads a body, but no further and no longer than the limits. It is taken as it comes: nothing is ever decompressed.
 * @throws {StreamError} `tooLarge`, `request_timeout`, `unsupported_media_type` for one that says it is compressed
 */
export async function readBody(request: Request, { maxBytes, timeoutMs, tooLarge = 'body_too_large' }: BodyLimits): Promise<Uint8Array> {
  const refuse = (): StreamError => new StreamError(tooLarge, `The body is larger than ${maxBytes} bytes. Nothing was done. Send less.`);
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() || 'identity';
  if (encoding !== 'identity') {
    throw new StreamError(
      'unsupported_media_type',
      'The body is compressed; this route takes none such. Nothing was done. Send it as it is.',
    );
  }
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw refuse();
  // One growing buffer and one timer: a body may come byte by byte, and then whatever is kept for each piece is many times the body.
  let bytes = new Uint8Array(0);
  let length = 0;
  let isLate = false;
  const reader = request.body?.getReader();
  const stop = (): void => void reader?.cancel().catch(() => {});
  const timer = setTimeout(() => {
    isLate = true;
    // The read that waits ends with it.
    stop();
  }, timeoutMs);
  try {
    for (;;) {
      const chunk = (await reader?.read())?.value;
      if (isLate)
        throw new StreamError('request_timeout', `The body did not arrive within ${timeoutMs} ms. Nothing was done. Send it faster.`);
      if (chunk === undefined) break;
      if (length + chunk.byteLength > maxBytes) throw refuse();
      bytes = withRoom(bytes, length, chunk.byteLength, maxBytes);
      bytes.set(chunk, length);
      length += chunk.byteLength;
    }
  } catch (cause) {
    stop();
    // A body that breaks off is the client's fault, and nobody is there to hear of it.
    throw cause instanceof StreamError ? cause : new StreamError('bad_request', 'The body broke off. Nothing was done.', { cause });
  } finally {
    clearTimeout(timer);
  }
  return bytes.subarray(0, length);
}

/** The same buffer, or a larger one with the first `length` bytes of it: at least twice as large, so that growing costs O(1) a byte. */
function withRoom(bytes: Uint8Array<ArrayBuffer>, length: number, more: number, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (length + more <= bytes.byteLength) return bytes;
  const larger = new Uint8Array(Math.min(maxBytes, Math.max(length + more, 2 * bytes.byteLength)));
  larger.set(bytes.subarray(0, length));
  return larger;
}

/** @throws {StreamError} `unsupported_media_type`, `body_too_large`, `request_timeout`, `bad_json` */
export async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  requireType(request, 'application/json');
  const bytes = await readBody(request, limits);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new StreamError('bad_json', 'The body is not valid JSON in UTF-8. Nothing was done.', { cause });
  }
}

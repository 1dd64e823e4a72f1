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
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  let late = (_error: StreamError): void => {};
  const deadline = new Promise<never>((_, reject) => {
    late = reject;
  });
  deadline.catch(() => {});
  const timer = setTimeout(
    () => late(new StreamError('request_timeout', `The body did not arrive within ${timeoutMs} ms. Nothing was done. Send it faster.`)),
    timeoutMs,
  );
  try {
    for (;;) {
      const chunk = (await Promise.race([reader?.read(), deadline]))?.value;
      if (chunk === undefined) break;
      length += chunk.byteLength;
      if (length > maxBytes) throw refuse();
      chunks.push(chunk);
    }
  } catch (cause) {
    reader?.cancel().catch(() => {});
    // A body that breaks off is the client's fault, and nobody is there to hear of it.
    throw cause instanceof StreamError ? cause : new StreamError('bad_request', 'The body broke off. Nothing was done.', { cause });
  } finally {
    clearTimeout(timer);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
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

import { StreamError } from '../../src/wire/index.ts';

/** @throws {StreamError} `unsupported_media_type` */
export function requireType(request: Request, type: string): void {
  const given = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (given === type) return;
  throw new StreamError('unsupported_media_type', `The content type is ${given ?? 'missing'}; this route takes ${type}.`);
}

/**
 * Reads a body, but no further than the limit.
 * @throws {StreamError} `tooLarge`
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  tooLarge: 'body_too_large' | 'frame_too_large' = 'body_too_large',
): Promise<Uint8Array> {
  const refuse = (): StreamError => new StreamError(tooLarge, `The body is larger than ${maxBytes} bytes. Nothing was done. Send less.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw refuse();
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (request.body !== null) {
    for await (const chunk of request.body) {
      length += chunk.byteLength;
      if (length > maxBytes) throw refuse();
      chunks.push(chunk);
    }
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** @throws {StreamError} `unsupported_media_type`, `body_too_large`, `bad_json` */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  requireType(request, 'application/json');
  const bytes = await readBody(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new StreamError('bad_json', 'The body is not valid JSON in UTF-8. Nothing was done.', { cause });
  }
}

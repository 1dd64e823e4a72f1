import * as http from 'node:http';
import * as https from 'node:https';

/** The bytes of an answer. */
export interface ByteSource {
  /** The next bytes; `undefined` at the end. Rejects when the connection broke. */
  read(): Promise<Uint8Array | undefined>;
  /** Closes the connection at once. A pending read ends or rejects. */
  cancel(): void;
}

export interface Upstream {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ByteSource;
}

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
}

/**
 * One request, without redirects: those would carry the key to another origin. Not `fetch`, which opens a spare connection
 * for every request that is aborted in the middle of its answer (nodejs/undici#5845).
 */
export async function request(asked: UpstreamRequest, signal: AbortSignal): Promise<Upstream> {
  try {
    return await send(asked, signal);
  } catch (cause) {
    // The server closed a kept connection while the request was on its way, so it has not read it.
    if (!(cause instanceof StaleConnection) || signal.aborted) throw cause;
    return await send(asked, signal, false);
  }
}

/** A response the application fetched. */
export function fromResponse(response: Response): Upstream {
  const reader = response.body?.getReader();
  return {
    status: response.status,
    headers: response.headers,
    body: {
      read: async () => (await reader?.read())?.value,
      cancel: () => void reader?.cancel().catch(() => {}),
    },
  };
}

class StaleConnection extends Error {}

function send({ method, url, headers, body = '' }: UpstreamRequest, signal: AbortSignal, agent?: false): Promise<Upstream> {
  return new Promise((resolve, reject) => {
    const { request: open } = url.startsWith('https:') ? https : http;
    const length = method === 'GET' ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
    const options = { method, headers: { ...headers, ...length }, signal };
    const request = open(url, agent === undefined ? options : { ...options, agent });
    request.on('error', (cause: Error & { code?: string }) => {
      const stale = request.reusedSocket && cause.code === 'ECONNRESET' && agent === undefined;
      reject(stale ? new StaleConnection(cause.message, { cause }) : cause);
    });
    request.on('response', (response) => {
      // The one who reads learns of it by a rejected read.
      response.on('error', () => {});
      const chunks: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
      resolve({
        status: response.statusCode ?? 0,
        headers: new Headers(Object.entries(response.headersDistinct).map(([name, values]) => [name, values?.join(', ') ?? ''])),
        body: {
          read: async () => {
            const next = await chunks.next();
            return next.done === true ? undefined : next.value;
          },
          cancel: () => void request.destroy(),
        },
      });
    });
    request.end(body);
  });
}

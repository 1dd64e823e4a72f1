import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequest } from '@remix-run/node-fetch-server';
import { StreamError } from '../src/wire/index.ts';
import { problem } from './http/problem.ts';
import type { FetchHandler } from './http/routes.ts';

/** Answers a request to Node's server by a fetch handler. Never rejects. */
export async function respond(fetch: FetchHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let asked: Request;
  try {
    asked = createRequest(request, response);
  } catch {
    return sendResponse(response, problem(new StreamError('bad_request', 'The request cannot be understood.')));
  }
  sendResponse(response, await fetch(asked, { remoteAddress: request.socket.remoteAddress ?? '' }));
}

/**
 * Sends it, no faster than the other end takes it; a body is cancelled when the other end leaves.
 * While it waits for more of a body nothing holds what was sent last: an async loop does, and that is up to the
 * 64 KiB of a whole pool of buffers, for every reader that has nothing to read.
 */
function sendResponse(response: ServerResponse, { status, headers, body }: Response): void {
  if (response.destroyed) return void body?.cancel().catch(() => {});
  response.writeHead(status, Object.fromEntries(headers));
  if (body === null) return void response.end();
  const reader = body.getReader();
  response.once('close', () => void reader.cancel().catch(() => {}));
  const next = (): void => {
    reader.read().then(
      ({ done, value }) => {
        if (done) response.end();
        else if (response.write(value)) next();
        else response.once('drain', next);
      },
      () => response.destroy(),
    );
  };
  next();
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createRequests } from '../../src/client/requests.ts';

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function serve(answer: (seen: Seen, response: ServerResponse, count: number) => void): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const one = { url: request.url, headers: request.headers, body };
    seen.push(one);
    answer(one, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen };
}

const request = { provider: 'scripted', model: 'm', prompt: 'hi', id: 'my-id' };
const started = { id: 'my-id', channel: 'stream:my-id', epoch: 'e' };

test('[RL4] a lost response is asked for again with the same id', async () => {
  const { url, seen } = await serve((_, response, count) => {
    if (count === 1) response.socket?.destroy();
    else response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(started));
  });
  const requests = createRequests(url, () => 'secret');
  expect(await requests.start(request)).toEqual(started);
  expect(seen.map(({ url: path, body }) => [path, JSON.parse(body)])).toEqual([
    ['/v1/streams', request],
    ['/v1/streams', request],
  ]);
  expect(seen[1]?.headers).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'application/json' });
});

test('[RL8] a problem document becomes a StreamError with its code', async () => {
  const { url, seen } = await serve((_, response) => {
    response.writeHead(429, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ code: 'too_many_streams', detail: 'Wait for one to end.', retryAfterMs: 3000 }));
  });
  const requests = createRequests(url, () => undefined);
  await expect(requests.start(request)).rejects.toMatchObject({
    code: 'too_many_streams',
    message: 'Wait for one to end.',
    retryable: true,
    retryAfterMs: 3000,
  });
  expect(seen[0]?.headers['authorization']).toBeUndefined();
});

test('[RL8] what is no relay is connect_failed: nothing there, or another server', async () => {
  const { url } = await serve((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
  await expect(createRequests(url, () => undefined).start(request)).rejects.toMatchObject({ code: 'connect_failed' });
  await expect(createRequests('http://127.0.0.1:1/', () => undefined).stop('x')).rejects.toMatchObject({ code: 'connect_failed' });
  await expect(createRequests(undefined, () => undefined).stop('x')).rejects.toMatchObject({ code: 'bad_option' });
});

test('[RL5] stop names the stream, and needs no more than an empty object', async () => {
  const { url, seen } = await serve((_, response) => response.writeHead(202).end());
  await createRequests(url, async () => 'fresh').stop('a.b~c');
  expect(seen.map(({ url: path, body }) => [path, body])).toEqual([['/v1/streams/a.b~c/stop', '{}']]);
});

test('[CN3] a credentials function that throws asks nothing of the relay', async () => {
  const { url, seen } = await serve((_, response) => response.writeHead(202).end());
  const failing = createRequests(url, () => Promise.reject(new Error('logged out')));
  await expect(failing.stop('x')).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(seen).toEqual([]);
});

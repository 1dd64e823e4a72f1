import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  type ClientFrame,
  decodeClientMessage,
  decodeServerMessage,
  encodeServerFrame,
  type StreamError,
  wireLimits,
} from '../../src/wire/index.ts';
import { platformEnv } from '../../src/worker/environment.ts';
import { clientMessages, type Link, type LinkCallbacks } from '../../src/worker/transports/link.ts';
import { MessageSplitter, prefixed } from '../../src/worker/transports/prefix.ts';
import { FrameQueue } from '../../src/worker/transports/queue.ts';
import { openSse } from '../../src/worker/transports/sse.ts';
import { openWebSocket } from '../../src/worker/transports/websocket.ts';

vi.setConfig({ testTimeout: 30_000 });

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const hello: ClientFrame = { type: 'hello', protocol: 1, credit: 1000, credentials: 'token' };
const welcome = encodeServerFrame({ type: 'welcome', protocol: 1, session: 's/1', heartbeatMs: 10_000, maxChannels: 8 });

/** What a link reported. */
function recorder(): LinkCallbacks & { log: string[]; messages: Uint8Array[]; error: StreamError | undefined } {
  const record = {
    log: [] as string[],
    messages: [] as Uint8Array[],
    error: undefined as StreamError | undefined,
    opened: () => void record.log.push('opened'),
    heard: () => {},
    message: (message: Uint8Array) => void record.messages.push(message),
    ended: (error: StreamError | undefined) => {
      record.log.push(error === undefined ? 'ended' : `ended: ${error.code}`);
      record.error = error;
    },
  };
  return record;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const endpoint = (url: string) => ({ url, certificateHashes: [] });

test('[CN12] messages are found again however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (messages, cuts) => {
        const bytes = new Uint8Array(messages.flatMap((message) => [...prefixed(message)]));
        const splitter = new MessageSplitter();
        const found: Uint8Array[] = [];
        for (let at = 0; at < bytes.byteLength; ) {
          const end = at + (cuts.next().value ?? 1);
          found.push(...splitter.push(bytes.subarray(at, end)));
          at = end;
        }
        expect(found).toEqual(messages);
      },
    ),
  );
});

test('[CN12] a length out of range is refused before anything is allocated', () => {
  for (const head of [
    [0, 0, 0, 0],
    [255, 255, 255, 255],
  ]) {
    expect(() => new MessageSplitter().push(new Uint8Array(head))).toThrow(expect.objectContaining({ code: 'bad_frame' }));
  }
});

test('[FR7] many frames leave as messages within the limit, in order', () => {
  const frames: ClientFrame[] = Array.from({ length: 1_000 }, (_, index) => ({
    type: 'subscribe',
    subscription: index + 1,
    channel: `stream:${'x'.repeat(120)}`,
    afterSeq: 0,
    credit: 1,
  }));
  const messages = clientMessages(frames);
  expect(messages.length).toBeGreaterThan(1);
  for (const message of messages) expect(message.byteLength).toBeLessThanOrEqual(wireLimits.maxClientMessageBytes);
  expect(messages.flatMap((message) => decodeClientMessage(message)).map((frame) => 'subscription' in frame && frame.subscription)).toEqual(
    frames.map((_, index) => index + 1),
  );
});

test('[CN13] [CR1] waiting acknowledgements become one, with the newest limit of each', () => {
  const queue = new FrameQueue();
  queue.push([{ type: 'credit', connectionLimit: 10, grants: [{ subscription: 1, limit: 5, appliedSeq: 1 }] }]);
  queue.push([{ type: 'unsubscribe', subscription: 3 }]);
  queue.push([{ type: 'credit', connectionLimit: 30, grants: [{ subscription: 2, limit: 7, appliedSeq: 1 }] }]);
  queue.push([{ type: 'credit', connectionLimit: 20, grants: [{ subscription: 1, limit: 9, appliedSeq: 4 }] }]);
  expect(queue.take()).toEqual([
    { type: 'unsubscribe', subscription: 3 },
    {
      type: 'credit',
      connectionLimit: 30,
      grants: [
        { subscription: 1, limit: 9, appliedSeq: 4 },
        { subscription: 2, limit: 7, appliedSeq: 1 },
      ],
    },
  ]);
  expect(queue.empty).toBe(true);
});

test('[CN13] over SSE posts go one at a time, after the welcome, with the credentials of hello', async () => {
  const posts: { path: string; authorization: string | undefined; frames: ClientFrame[]; answer: () => void }[] = [];
  let atOnce = 0;
  let most = 0;
  let events: { write(data: string): void; end(): void } | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const frames = decodeClientMessage(Buffer.concat(chunks));
      const path = request.url ?? '';
      if (path === '/v1/sse') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(': hello\n\n');
        events = response;
      }
      atOnce += path === '/v1/sse' ? 0 : 1;
      most = Math.max(most, atOnce);
      posts.push({
        path,
        authorization: request.headers.authorization,
        frames,
        answer: () => {
          atOnce -= 1;
          response.writeHead(204).end();
        },
      });
    });
  });
  const host = await listening(server);
  const record = recorder();
  const link: Link = openSse(endpoint(`http://${host}/v1/sse`), record, platformEnv());
  await eventually(() => expect(record.log).toEqual(['opened']));
  link.send([hello]);
  await eventually(() => expect(posts.length).toBe(1));
  link.send([{ type: 'ping', nonce: 1 }]);
  events?.write(`data: ${Buffer.from(welcome).toString('base64')}\n\n`);
  await eventually(() => expect(posts.length).toBe(2));
  expect(posts[1]).toMatchObject({ path: '/v1/sse/s%2F1', authorization: 'Bearer token', frames: [{ type: 'ping', nonce: 1 }] });
  for (let limit = 1; limit <= 5; limit += 1) {
    link.send([{ type: 'credit', connectionLimit: limit, grants: [{ subscription: 1, limit, appliedSeq: limit }] }]);
  }
  posts[1]?.answer();
  await eventually(() => expect(posts.length).toBe(3));
  expect(posts[2]?.frames).toEqual([{ type: 'credit', connectionLimit: 5, grants: [{ subscription: 1, limit: 5, appliedSeq: 5 }] }]);
  posts[2]?.answer();
  expect(most).toBe(1);
  events?.end();
  await eventually(() => expect(record.log).toEqual(['opened', 'ended']));
  expect(record.messages.flatMap(decodeServerMessage)).toMatchObject([{ type: 'welcome', session: 's/1' }]);
});

test('[CN13] a refused post ends the link with the relay’s code', async () => {
  const server = createServer((_, response) =>
    response.writeHead(401, { 'content-type': 'application/problem+json' }).end('{"code":"unauthenticated"}'),
  );
  const record = recorder();
  const link = openSse(endpoint(`http://${await listening(server)}/v1/sse`), record, platformEnv());
  link.send([hello]);
  await eventually(() => expect(record.log).toContain('ended: unauthenticated'));
  link.send([{ type: 'ping', nonce: 1 }]);
});

test('[CN13] an event stream that breaks off says so, in words', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${Buffer.from(welcome).toString('base64')}\n\n`);
  });
  const record = recorder();
  openSse(endpoint(`http://${await listening(server)}/v1/sse`), record, platformEnv()).send([hello]);
  await eventually(() => expect(record.messages).toHaveLength(1));
  server.closeAllConnections();
  await eventually(() => expect(record.log).toEqual(['opened', 'ended: connection_lost']));
  expect(record.error?.message).toMatch(/^The event stream closed\./);
});

test('[CN8] [CN11] a WebSocket’s close reason is the error; text is refused', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    if (request.url === '/text') socket.send('hello');
    else socket.close(4408, 'heartbeat_timeout');
  });
  const host = await listening(server);
  const closed = recorder();
  openWebSocket(endpoint(`ws://${host}/`), closed, platformEnv());
  await eventually(() => expect(closed.log).toEqual(['opened', 'ended: heartbeat_timeout']));
  const text = recorder();
  openWebSocket(endpoint(`ws://${host}/text`), text, platformEnv());
  await eventually(() => expect(text.log).toEqual(['opened', 'ended: bad_frame']));
});

test('[CN17] a link that was closed reports nothing more', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  const gone = new Promise<void>((resolve) => sockets.on('connection', (socket) => socket.on('close', () => resolve())));
  const record = recorder();
  const link = openWebSocket(endpoint(`ws://${await listening(server)}/`), record, platformEnv());
  await eventually(() => expect(record.log).toEqual(['opened']));
  link.close();
  link.send([hello]);
  await gone;
  expect(record.log).toEqual(['opened']);
});

test('[CN14] an endpoint that cannot be reached, or a platform without the transport, is an ended attempt', async () => {
  const refused = recorder();
  openWebSocket(endpoint('ws://127.0.0.1:1/'), refused, platformEnv());
  await eventually(() => expect(refused.log).toEqual(['ended: connect_failed']));
  const none = recorder();
  openWebSocket(endpoint('ws://127.0.0.1:1/'), none, { ...platformEnv(), WebSocket: undefined });
  await eventually(() => expect(none.log).toEqual(['ended: connect_failed']));
});

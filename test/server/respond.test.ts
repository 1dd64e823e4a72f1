import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { FetchHandler } from '../../server/http/routes.ts';
import { attachTo } from '../../server/node.ts';
import { serveSession } from '../../server/transports/webtransport.ts';
import { type ClientFrame, encodeClientFrame } from '../../src/wire/index.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Resolves when nothing holds it any more. */
async function freed(kept: WeakRef<object>): Promise<void> {
  await vi.waitFor(() => {
    collect();
    expect(kept.deref()).toBeUndefined();
  });
}

/** Serves event streams by `fetch`, and connects to one without reading it. */
async function ask(fetch: FetchHandler, stalledMs?: number): Promise<Socket> {
  const server = createServer();
  const attached = {
    fetch,
    upgrade: () => {},
    refused: () => {},
    listening: async () => {},
    ...(stalledMs === undefined ? {} : { stalledMs }),
  };
  attachTo(server, attached);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.pause();
  socket.write('POST /v1/sse HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n');
  return socket;
}

const CHUNK = 100_000;

test('[CR9] an event stream keeps nothing of what it has sent while there is no more', async () => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own;
    },
  });
  const socket = await ask(async () => new Response(body));
  const sent = ((): WeakRef<object> => {
    const bytes = new Uint8Array(CHUNK).fill(120);
    controller?.enqueue(bytes);
    return new WeakRef(bytes.buffer);
  })();
  let taken = 0;
  socket.on('data', (data: Buffer) => {
    taken += data.byteLength;
  });
  socket.resume();
  await vi.waitFor(() => expect(taken).toBeGreaterThan(CHUNK));
  await freed(sent);
});

test('[CR9] a WebTransport session keeps nothing of what it has received', async () => {
  const received: Uint8Array[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const readable = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own;
    },
  });
  const control = { readable, writable: new WritableStream<Uint8Array>() };
  const session = {
    authority: '127.0.0.1',
    path: '/v1/webtransport',
    origin: null,
    headers: {},
    remoteAddress: '127.0.0.1',
    closed: new Promise(() => {}),
    incomingBidirectionalStreams: new ReadableStream({ start: (own) => own.enqueue(control) }),
    incomingUnidirectionalStreams: new ReadableStream(),
    createUnidirectionalStream: async () => new WritableStream<Uint8Array>(),
    close: () => {},
  };
  serveSession(session, { transport: 'webtransport', headers: new Headers(), origin: undefined, remoteAddress: '127.0.0.1' }, () => ({
    id: 'session',
    principal: undefined,
    receive: (message) => received.push(message),
    disturbed: () => {},
    drained: () => {},
    closed: () => {},
    end: () => {},
  }));
  const frame: ClientFrame = { type: 'ping', nonce: 1 };
  const message = encodeClientFrame(frame);
  const sent = ((): WeakRef<object> => {
    // As the addon does: a message is a slice of a pool.
    const pool = new Uint8Array(CHUNK);
    new DataView(pool.buffer).setUint32(0, message.byteLength);
    pool.set(message, 4);
    controller?.enqueue(pool.subarray(0, 4 + message.byteLength));
    return new WeakRef(pool.buffer);
  })();
  await vi.waitFor(() => expect(received).toHaveLength(1));
  received.length = 0;
  await freed(sent);
});

test('[CN13] an event stream whose client takes nothing for a while is cut, and its body cancelled', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(CHUNK)),
    cancel() {
      cancelled = true;
    },
  });
  await ask(async () => new Response(body), 50);
  await vi.waitFor(() => expect(cancelled).toBe(true), { timeout: 10_000 });
});

test('[CN13] and one whose client takes it is not, however long it lasts', async () => {
  // Several times as long as the patience of the one above, at a piece for each that was read.
  let pieces = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      pieces += 1;
      controller.enqueue(new Uint8Array(CHUNK));
      if (pieces === 50) controller.close();
    },
    cancel() {
      cancelled = true;
    },
  });
  const socket = await ask(async () => new Response(body), 100);
  let taken = 0;
  socket.on('data', (data: Buffer) => {
    taken += data.byteLength;
  });
  socket.resume();
  await vi.waitFor(() => expect(taken).toBeGreaterThan(50 * CHUNK), { timeout: 10_000 });
  expect(cancelled).toBe(false);
});

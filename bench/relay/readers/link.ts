import { Agent, request } from 'node:http';
import { WebTransport } from 'rwebtransport';
import { loadWire } from '../../kit.ts';
import type { Endpoint } from '../messages.ts';
import { connectEventStream } from './eventstream.ts';
import { connectWebSocket, type OnPayload } from './websocket.ts';

const { decodeServerMessage } = await loadWire();

/** One connection to the relay: whole messages in both directions. */
export interface Link {
  send(message: Uint8Array): void;
}

/** Opens a connection with the client's first message. What `onMessage` is given is only valid during the call. */
export type OpenLink = (endpoint: Endpoint, opening: Uint8Array, onMessage: OnPayload) => Promise<Link>;

export const openWebSocketLink: OpenLink = async ({ port }, opening, onMessage) => {
  const client = await connectWebSocket(port, '/v1/socket', onMessage);
  client.send(opening);
  return client;
};

export const openWebTransportLink: OpenLink = async ({ webTransport }, opening, onMessage) => {
  if (webTransport === undefined) throw new Error('The relay serves no WebTransport here.');
  const session = new WebTransport(webTransport.url, {
    serverCertificateHashes: [{ algorithm: 'sha-256', value: webTransport.certificateHash }],
  });
  session.closed.catch(() => {});
  await session.ready;
  const control = await session.createBidirectionalStream();
  const writer = control.writable.getWriter();
  const send = (message: Uint8Array): void => {
    const framed = Buffer.allocUnsafe(4 + message.length);
    framed.writeUInt32BE(message.length, 0);
    framed.set(message, 4);
    writer.write(framed).catch(() => {});
  };
  void readMessages(control.readable, onMessage);
  void acceptStreams(session.incomingUnidirectionalStreams, onMessage);
  send(opening);
  return { send };
};

let readers = 0;

export const openSseLink: OpenLink = async ({ port }, opening, onMessage) => {
  readers += 1;
  const headers = { 'content-type': 'application/vnd.sluice+msgpack', 'x-reader': `reader-${readers}` };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const session = Promise.withResolvers<string>();
  let known = false;
  await connectEventStream(port, { method: 'POST', path: '/v1/sse', body: opening, headers: lines.join('') }, (payload) => {
    const message = Buffer.from(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('latin1'), 'base64');
    if (!known) {
      known = true;
      const welcome = decodeServerMessage(message)[0];
      if (welcome?.type === 'welcome') session.resolve(welcome.session);
      else session.reject(new Error('The event stream does not begin with a welcome.'));
    }
    onMessage(message);
  });
  const path = `/v1/sse/${await session.promise}`;
  return {
    send(message) {
      const post = request({ port, host: '127.0.0.1', path, method: 'POST', agent, headers }, (response) => {
        response.resume();
        if (response.statusCode !== 200 && response.statusCode !== 202 && response.statusCode !== 204)
          throw new Error(`A message over SSE was answered ${response.statusCode}.`);
      });
      post.end(message);
    },
  };
};

async function acceptStreams(streams: ReadableStream<ReadableStream<Uint8Array>>, onMessage: OnPayload): Promise<void> {
  const reader = streams.getReader();
  for (;;) {
    const next = await reader.read().catch(() => undefined);
    if (next?.value === undefined) return;
    void readMessages(next.value, onMessage);
  }
}

/** Cuts a stream into its length-prefixed messages. */
async function readMessages(stream: ReadableStream<Uint8Array>, onMessage: OnPayload): Promise<void> {
  const reader = stream.getReader();
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await reader.read().catch(() => undefined);
    if (next?.value === undefined) return;
    const { buffer, byteOffset, byteLength } = next.value;
    const chunk = Buffer.from(buffer, byteOffset, byteLength);
    let bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const end = 4 + bytes.readUInt32BE(0);
      onMessage(bytes.subarray(4, end));
      bytes = bytes.subarray(end);
    }
    rest = bytes;
  }
}

import type { Endpoint } from '../messages.ts';
import type { Cell } from '../scenario.ts';
import { connectEventStream } from './eventstream.ts';
import type { Sample, Tally } from './tally.ts';
import { connectWebSocket, type WebSocketClient } from './websocket.ts';

/** Connects one subscriber of a subject. Resolves when nothing that arrives from now on can be missed. */
export type ConnectReader = (endpoint: Endpoint, cell: Cell, tally: Tally, sample: Sample | undefined) => Promise<void>;

const decoder = new TextDecoder();

function note(sample: Sample, [stream, index]: readonly [number, number, readonly string[]]): void {
  if (index !== sample.complete(stream)) throw new Error(`Batch ${index} came after ${sample.complete(stream)} batches.`);
  sample.received(stream, index + 1);
}

export const connectFloor: ConnectReader = async ({ port }, _cell, tally, sample) => {
  await connectWebSocket(port, '/', (payload) => {
    tally.bytes += payload.length;
    if (sample === undefined) return;
    tally.sampledBytes += payload.length;
    tally.sampledMessages += 1;
    for (const batch of JSON.parse(decoder.decode(payload))) note(sample, batch);
  });
};

export const connectBroadcast: ConnectReader = async ({ port }, _cell, tally, sample) => {
  await connectWebSocket(port, '/', (payload) => {
    tally.bytes += payload.length;
    if (sample === undefined) return;
    tally.sampledBytes += payload.length;
    tally.sampledMessages += 1;
    note(sample, JSON.parse(decoder.decode(payload)));
  });
};

export const connectSse: ConnectReader = async ({ port }, _cell, tally, sample) => {
  await connectEventStream(port, { method: 'GET', path: '/' }, (payload) => {
    tally.bytes += payload.length;
    if (sample === undefined) return;
    tally.sampledBytes += payload.length;
    tally.sampledMessages += 1;
    note(sample, JSON.parse(decoder.decode(payload)));
  });
};

/** Engine.IO 4 by hand: `0` open, `2` ping, `40` connected, `42["batch",…]` an event. */
export const connectSocketIo: ConnectReader = async ({ port }, _cell, tally, sample) => {
  const digits = { ping: 0x32, message: 0x34, connect: 0x30, event: 0x32 };
  const joined = Promise.withResolvers<void>();
  let client: WebSocketClient | undefined;
  client = await connectWebSocket(port, '/socket.io/?EIO=4&transport=websocket', (payload) => {
    if (payload[0] === digits.ping) client?.send(Buffer.from('3'), true);
    else if (payload[0] === digits.message && payload[1] === digits.connect) joined.resolve();
    else if (payload[0] === digits.message && payload[1] === digits.event) {
      tally.bytes += payload.length;
      if (sample === undefined) return;
      tally.sampledBytes += payload.length;
      tally.sampledMessages += 1;
      note(sample, JSON.parse(decoder.decode(payload.subarray(2)))[1]);
    }
  });
  client.send(Buffer.from('40'), true);
  await joined.promise;
};

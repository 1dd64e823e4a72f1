import type { ConnectReader } from './baseline.ts';
import { ReaderSession } from './session.ts';
import { connectWebSocket, type WebSocketClient } from './websocket.ts';

export const connectSluiceWebSocket: ConnectReader = async ({ port, channels = [] }, _cell, tally, sample) => {
  let client: WebSocketClient | undefined;
  const session = new ReaderSession(channels, tally, sample, (message) => client?.send(message));
  client = await connectWebSocket(port, '/v1/socket', (payload) => session.receive(payload));
  client.send(session.opening);
  await session.subscribed;
};
export const connectSluiceWebTransport = connectSluiceWebSocket;
export const connectSluiceSse = connectSluiceWebSocket;

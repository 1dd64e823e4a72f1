import { WebSocket } from 'ws';
import type { ConnectOptions, Wire } from './connect.ts';
import type { Inbox } from './inbox.ts';

export async function openWebSocket(relayUrl: string, { headers = {}, origin }: ConnectOptions, inbox: Inbox): Promise<Wire> {
  const url = new URL('/v1/socket', relayUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, { headers, perMessageDeflate: false, ...(origin === undefined ? {} : { origin }) });
  socket.on('message', (data: Buffer) => inbox.receive(data));
  socket.on('close', (code, reason) => inbox.end({ code, reason: reason.toString() }));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    send: (message) => socket.send(message),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.terminate(),
  };
}

import { createSocket } from 'node:dgram';
import { onTestFinished } from 'vitest';

/** The relay's own discovery, with WebTransport at another UDP port, or with another certificate. */
export function fetchWithQuic({ port, certificateHash }: { port?: number; certificateHash?: string }): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith('/v1/connect')) return response;
    const document = await response.json();
    const { webtransport } = document.endpoints;
    if (port !== undefined) webtransport.url = `https://127.0.0.1:${port}/v1/webtransport`;
    if (certificateHash !== undefined) webtransport.certificateHashes = [certificateHash];
    return Response.json(document);
  };
}

/** A UDP port that swallows everything (or, closed again, at which nothing listens). */
export async function udpPort(state: 'black-holed' | 'closed'): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  if (state === 'closed') await new Promise<void>((resolve) => socket.close(() => resolve()));
  else onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return port;
}

/** A UDP port whose datagrams, of one client, go to another port: what a load balancer does. */
export async function udpForward(to: number): Promise<number> {
  const [front, back] = [createSocket('udp4'), createSocket('udp4')];
  for (const socket of [front, back]) {
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  }
  let client = 0;
  front.on('message', (datagram, { port }) => {
    client = port;
    back.send(datagram, to, '127.0.0.1');
  });
  back.on('message', (datagram) => front.send(datagram, client, '127.0.0.1'));
  return front.address().port;
}

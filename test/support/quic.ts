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

import type { Endpoint } from '../messages.ts';

/** Where the relay on this port serves what. */
export async function discover(port: number): Promise<Endpoint> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/connect`);
  const { endpoints } = (await response.json()) as { endpoints: { webtransport?: { url: string; certificateHashes: string[] } } };
  const { webtransport } = endpoints;
  if (webtransport === undefined) return { port };
  const certificateHash = Buffer.from(webtransport.certificateHashes[0] ?? '', 'base64');
  return { port, webTransport: { url: webtransport.url, certificateHash } };
}

import { PROTOCOL_VERSION, StreamError } from '../wire/index.ts';
import type { ReceiverEnv } from './environment.ts';
import type { TransportName } from './messages.ts';
import { problemOf } from './problem.ts';
import type { Endpoint } from './transports/link.ts';

export type Endpoints = { readonly [name in TransportName]?: Endpoint };

/**
 * Asks the relay where to connect: `GET v1/connect` below its URL.
 * @throws {StreamError} `protocol_version`, the relay's own code, or `connect_failed`
 */
export async function discover(relayUrl: string, env: ReceiverEnv, signal: AbortSignal): Promise<Endpoints> {
  let response: Response;
  const url = new URL('v1/connect', relayUrl.endsWith('/') ? relayUrl : `${relayUrl}/`);
  try {
    response = await env.fetch(url.href, { headers: { accept: 'application/json' }, cache: 'no-store', signal });
  } catch (cause) {
    throw new StreamError('connect_failed', `The relay at ${url.origin} could not be reached. It is tried again.`, { cause });
  }
  if (!response.ok) throw await problemOf(response, 'connect_failed', `The relay at ${url.origin} refused the discovery request`);
  let document: unknown;
  try {
    document = await response.json();
  } catch (cause) {
    throw new StreamError('connect_failed', `What answers at ${url.href} is no relay: its discovery document is not JSON. Check the URL.`, {
      cause,
    });
  }
  return parseDiscovery(document, url);
}

/** @throws {StreamError} `protocol_version` or `connect_failed` */
export function parseDiscovery(document: unknown, base: URL): Endpoints {
  const { protocol, endpoints } = record(document);
  if (protocol !== PROTOCOL_VERSION) {
    throw new StreamError(
      'protocol_version',
      `The relay speaks protocol ${String(protocol)}, this page ${PROTOCOL_VERSION}. Nothing connects. Deploy the same version of both.`,
    );
  }
  const { webtransport, websocket, sse } = record(endpoints);
  return {
    ...(webtransport === undefined ? {} : { webtransport: endpoint(webtransport, base, /^https:$/) }),
    ...(websocket === undefined ? {} : { websocket: endpoint(websocket, base, /^wss?:$/) }),
    ...(sse === undefined ? {} : { sse: endpoint(sse, base, /^https?:$/) }),
  };
}

function endpoint(value: unknown, base: URL, schemes: RegExp): Endpoint {
  const { url: address, certificateHashes } = record(value);
  if (typeof address !== 'string' || !URL.canParse(address, base)) throw malformed('an endpoint has no valid URL');
  const url = new URL(address, base);
  if (!schemes.test(url.protocol)) url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (!schemes.test(url.protocol)) throw malformed('an endpoint has a URL of the wrong scheme');
  if (certificateHashes === undefined) return { url: url.href, certificateHashes: [] };
  if (!Array.isArray(certificateHashes)) throw malformed('its certificate hashes are not a list');
  return { url: url.href, certificateHashes: certificateHashes.map(hash) };
}

function hash(value: unknown): Uint8Array<ArrayBuffer> {
  try {
    const bytes = Uint8Array.from(atob(String(value)), (character) => character.charCodeAt(0));
    if (bytes.byteLength === 32) return bytes;
  } catch {
    // Reported below.
  }
  throw malformed('a certificate hash is not a SHA-256 in base64');
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw malformed('it is not of the documented form');
}

function malformed(what: string): StreamError {
  return new StreamError(
    'connect_failed',
    `The relay’s discovery document was refused: ${what}. Check the URL and that both ends run the same version.`,
  );
}

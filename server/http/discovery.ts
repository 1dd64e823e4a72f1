import { PROTOCOL_VERSION } from '../../src/wire/index.ts';
import type { RelayCore } from '../relay/relay.ts';
import type { AnnouncedAddress } from '../transports/announce.ts';
import { isLoopbackHost } from '../transports/origin.ts';
import { SSE_PATH } from '../transports/sse.ts';
import { SOCKET_PATH } from '../transports/websocket.ts';
import { WEBTRANSPORT_PATH } from '../transports/webtransport.ts';

/** What `GET /v1/connect` answers. See docs/PROTOCOL.md, the discovery document. */
export interface Discovery {
  readonly protocol: number;
  readonly endpoints: {
    readonly webtransport?: { readonly url: string; readonly certificateHashes: readonly string[] };
    readonly websocket?: { readonly url: string };
    readonly sse: { readonly url: string };
  };
  readonly providers: readonly { readonly name: string; readonly available: boolean; readonly reason?: string }[];
}

/** The transports that run beside the fetch handler. */
export interface Endpoints {
  /** Whether upgrade requests reach the relay. */
  readonly websocket: boolean;
  readonly webtransport: { readonly ports: readonly number[]; readonly certificateHashes: readonly string[] } | undefined;
  /** Instead of where it is bound. */
  readonly announced: AnnouncedAddress;
}

export function discovery(core: RelayCore, running: Endpoints, requestUrl: URL): Discovery {
  const { websocket, webtransport, announced } = running;
  return {
    protocol: PROTOCOL_VERSION,
    endpoints: {
      ...(webtransport === undefined
        ? {}
        : {
            webtransport: {
              url: `https://${announced.host ?? quicHost(requestUrl)}:${anyPort(webtransport.ports, announced.port)}${WEBTRANSPORT_PATH}`,
              certificateHashes: webtransport.certificateHashes,
            },
          }),
      ...(websocket ? { websocket: { url: SOCKET_PATH } } : {}),
      sse: { url: SSE_PATH },
    },
    providers: core.providers.map(({ name, unavailable }) =>
      unavailable === undefined ? { name, available: true } : { name, available: false, reason: unavailable },
    ),
  };
}

/** A browser may resolve `localhost` to `::1` first, and UDP has no second try. */
function quicHost({ hostname }: URL): string {
  return isLoopbackHost(hostname) && !hostname.startsWith('[') ? '127.0.0.1' : hostname;
}

/** By chance, which spreads clients over all of them. */
function anyPort(ports: readonly number[], announced: number | undefined): number | undefined {
  const index = Math.floor(Math.random() * ports.length);
  return announced === undefined ? ports[index] : announced + index;
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryStorage, createRelay, createScripted, createSqliteStorage, type Relay } from '../../server/index.ts';

export interface RelaySettings {
  /** Folder of the SQLite log; in memory without it. */
  readonly directory?: string;
  readonly maxReplayBytes: number;
  readonly keepBytes: number;
  readonly webTransport: boolean;
  /** Of the pages that read from it in a browser. */
  readonly allowedOrigins: readonly string[];
}

export interface RelayAddress {
  readonly port: number;
  readonly quicPort: number | undefined;
}

/** Silence is noticed after two and a half of these: the rig cannot wait the 25 s of the default. */
const HEARTBEAT_MS = 400;

/** The real relay behind a server whose discovery names the port the caller came by, for UDP, too: that of its link. */
export async function serveRelay(settings: RelaySettings): Promise<{ relay: Relay; address: RelayAddress; close(): Promise<void> }> {
  const { directory, keepBytes, maxReplayBytes, webTransport, allowedOrigins } = settings;
  const relay = createRelay({
    providers: [createScripted()],
    storage: directory === undefined ? createMemoryStorage({ keepBytes }) : createSqliteStorage({ directory, keepBytes }),
    heartbeatMs: HEARTBEAT_MS,
    maxReplayBytes,
    allowedOrigins,
    ...(webTransport ? {} : { webTransport: false }),
  });
  const server = createServer();
  const attached = relay.attach(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  await attached;
  const [relayed] = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', async (request, response) => {
    if (request.url !== '/v1/connect' || request.method !== 'GET') {
      relayed?.call(server, request, response);
      return;
    }
    const headers = new Headers(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    const answer = await relay.fetch(new Request(`http://${request.headers.host}/v1/connect`, { headers }), { remoteAddress: '127.0.0.1' });
    const document = (await answer.json()) as { endpoints?: { webtransport?: { url: string } } };
    const { webtransport } = document.endpoints ?? {};
    if (webtransport !== undefined) webtransport.url = `https://${request.headers.host}/v1/webtransport`;
    answer.headers.delete('content-length');
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(JSON.stringify(document));
  });
  const { port } = server.address() as AddressInfo;
  return {
    relay,
    address: { port, quicPort: webTransport ? await quicPort(relay, port) : undefined },
    async close() {
      await relay.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function quicPort(relay: Relay, port: number): Promise<number> {
  const answer = await relay.fetch(new Request(`http://127.0.0.1:${port}/v1/connect`), { remoteAddress: '127.0.0.1' });
  const { endpoints } = (await answer.json()) as { endpoints: { webtransport?: { url: string } } };
  if (endpoints.webtransport === undefined) throw new Error('The relay offers no WebTransport; install rwebtransport.');
  return Number(new URL(endpoints.webtransport.url).port);
}

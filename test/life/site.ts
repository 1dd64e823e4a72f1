import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';
import { onTestFinished } from 'vitest';
import { sourceWorker } from '../../scripts/worker.ts';
import { createRelay, type Relay, type RelayServerOptions } from '../../server/index.ts';
import { type UdpPath, udpPath } from '../worker/path.ts';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The page of this folder, built once. Returns its folder, and how to remove it. */
export async function buildPage(): Promise<{ readonly folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-life-'));
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    plugins: [sourceWorker()],
    worker: { format: 'es', plugins: () => [sourceWorker()] },
    build: { outDir: folder, emptyOutDir: true, rolldownOptions: { input: join(import.meta.dirname, 'page.html') } },
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Site {
  readonly relay: Relay;
  /** Where the page is. */
  readonly url: string;
  readonly udp: UdpPath;
  /** Breaks all TCP connections. */
  cut(): void;
  /** Ends all event streams in order, as the relay does after a minute. */
  recycle(): void;
  /** Resolves when somebody asks for `/held`. */
  asked(): Promise<void>;
  /** Answers who did. */
  release(): void;
}

/** The page and a relay on one origin, WebTransport over a path that can be cut. */
export async function startSite(folder: string, options: RelayServerOptions = {}): Promise<Site> {
  const server = createServer((request, response) => {
    if (request.url === '/held') return;
    const path = normalize(new URL(request.url ?? '/', 'http://page').pathname);
    readFile(join(folder, path)).then(
      (body) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  const streams = new Set<ServerResponse>();
  const held = new Set<ServerResponse>();
  let said = (): void => {};
  const asked = new Promise<void>((resolve) => {
    said = resolve;
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const relay = createRelay({ providers: [], ...options });
  const ready = relay.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await ready;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const discovery = async (): Promise<{ endpoints: { webtransport: { url: string } } }> =>
    (await relay.fetch(new Request(`${origin}/v1/connect`), { remoteAddress: '127.0.0.1' })).json() as never;
  const udp = await udpPath(Number(new URL((await discovery()).endpoints.webtransport.url).port));
  overrideDiscovery(server, async () => {
    const document = await discovery();
    document.endpoints.webtransport.url = `https://127.0.0.1:${udp.port}/v1/webtransport`;
    return JSON.stringify(document);
  });
  server.prependListener('request', ({ url }, response) => {
    const kept = url === '/v1/sse' ? streams : url === '/held' ? held : undefined;
    kept?.add(response);
    if (kept === held) said();
    response.on('close', () => kept?.delete(response));
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    udp.close();
    await relay.close();
    server.close();
    cut();
  });
  return {
    relay,
    url: `${origin}/page.html`,
    udp,
    cut,
    recycle() {
      // What the relay writes before it notices is not the matter here.
      for (const stream of streams) stream.on('error', () => {}).end();
    },
    asked: () => asked,
    release() {
      for (const response of held) response.end();
    },
  };
}

function overrideDiscovery(server: Server, document: () => Promise<string>): void {
  const [relayed] = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', async (request, response) => {
    if (request.url !== '/v1/connect') relayed?.call(server, request, response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(await document());
  });
}

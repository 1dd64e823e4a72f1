import { createSocket } from 'node:dgram';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EndToEnd, EndToEndStats, Recording } from '../../scripts/e2e.ts';
import { createRelay, createScripted, type Provider, type Relay } from '../../server/index.ts';
import { providerAt } from '../server/providers/reading.ts';
import { readWithSdk } from '../server/providers/sdk.ts';
import { type Replay, type ReplayDialect, type ReplayOptions, startReplay } from './replay.ts';

// The Node side of the tests that run in a browser (`scripts/e2e.ts`).

/** Thinks for as long as a model does, then says when its first token left (`data` named `sent`, ms since the Unix epoch). */
const stamped: Provider = {
  name: 'stamped',
  unavailable: undefined,
  async *generate(_request, signal) {
    await delay(300, undefined, { signal });
    yield { type: 'data', name: 'sent', value: performance.timeOrigin + performance.now() };
    yield { type: 'text', part: 't0', delta: 'first' };
    yield { type: 'finish', reason: 'stop' };
  },
  read: () => createScripted().read(new Response(), AbortSignal.abort()),
};

interface Hole {
  readonly port: number;
  close(): void;
}

interface Running {
  readonly relay: Relay;
  readonly server: Server;
  readonly sockets: Set<Socket>;
  readonly hole: Hole | undefined;
  readonly replays: Replay[];
  /** By model. */
  readonly replayed: Map<string, Provider>;
  /** Recorded responses stop halfway until this is resolved. */
  readonly halfway: PromiseWithResolvers<void>;
}

const running = new Map<string, Running>();
/** What the SDKs read does not depend on the relay. By recording. */
const sdkTexts = new Map<string, string>();
const recorded = join(import.meta.dirname, '../../../shared/fixtures/providers');

export async function startRelay(origin: string, udp?: 'closed' | 'black-holed', port = 0): Promise<string> {
  const replayed = new Map<string, Provider>();
  const replay: Provider = {
    name: 'replay',
    unavailable: undefined,
    generate: (request, signal) => named(replayed, request.model).generate(request, signal),
    read: (response, signal) => named(replayed, '').read(response, signal),
  };
  const relay = createRelay({ allowedOrigins: [origin], providers: [createScripted(), replay, stamped] });
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  relay.attach(server);
  const hole = udp === undefined ? undefined : await udpPort(udp);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  running.set(url, { relay, server, sockets, hole, replays: [], replayed, halfway: Promise.withResolvers() });
  await until(async () => (await discovery(relay, url)).endpoints.webtransport !== undefined);
  if (hole !== undefined) {
    const [relayed] = server.listeners('request');
    server.removeAllListeners('request');
    server.on('request', async (request, response) => {
      if (request.url !== '/v1/connect') relayed?.call(server, request, response);
      else {
        const document = await discovery(relay, url);
        if (document.endpoints.webtransport !== undefined)
          document.endpoints.webtransport.url = `https://127.0.0.1:${hole.port}/v1/webtransport`;
        response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': origin });
        response.end(JSON.stringify(document));
      }
    });
  }
  return url;
}

export async function replayRecordings(url: string): Promise<Recording[]> {
  const { replays, replayed, halfway } = at(url);
  if (!existsSync(recorded)) return [];
  const files = readdirSync(recorded).filter((name) => name.endsWith('.jsonl') && !name.includes('error'));
  return await Promise.all(
    files.map(async (model, index) => {
      const given = model.split('.')[0];
      const dialect = (given === 'openai-responses' ? 'openai' : given) as Exclude<ReplayDialect, 'ollama'>;
      const answer = { dialect, file: join(recorded, model), cutSeed: index + 1, maxPiece: 700 };
      const text = sdkTexts.get(model) ?? (await sdkText(dialect, answer));
      sdkTexts.set(model, text);
      const replay = await startReplay({ ...answer, halfway: () => halfway.promise });
      replays.push(replay);
      replayed.set(model, providerAt(dialect, replay.url));
      return { model, text };
    }),
  );
}

export async function releaseRecordings(url: string): Promise<void> {
  at(url).halfway.resolve();
}

export async function relayStats(url: string): Promise<EndToEndStats> {
  return structuredClone(at(url).relay.stats);
}

export async function cutConnections(url: string): Promise<void> {
  for (const socket of at(url).sockets) socket.destroy();
}

export async function drainRelay(url: string): Promise<void> {
  void at(url).relay.drain({ retryAfterMs: 0, spreadMs: 0, deadlineMs: Number.POSITIVE_INFINITY });
}

export async function stopRelay(url: string): Promise<void> {
  const { relay, server, hole, replays, halfway } = at(url);
  halfway.resolve();
  hole?.close();
  running.delete(url);
  await relay.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  for (const replay of replays) await replay.close();
}

({ startRelay, replayRecordings, releaseRecordings, relayStats, cutConnections, drainRelay, stopRelay }) satisfies EndToEnd;

function at(url: string): Running {
  const found = running.get(url);
  if (found === undefined) throw new Error(`No relay runs at ${url}.`);
  return found;
}

async function sdkText(dialect: Exclude<ReplayDialect, 'ollama'>, answer: ReplayOptions): Promise<string> {
  const replay = await startReplay(answer);
  try {
    return (await readWithSdk(dialect, replay.url)).text;
  } finally {
    await replay.close();
  }
}

function named(providers: ReadonlyMap<string, Provider>, name: string): Provider {
  const provider = providers.get(name);
  if (provider === undefined) throw new Error(`There is no recording ${name}.`);
  return provider;
}

interface Discovery {
  readonly endpoints: { readonly webtransport?: { url: string } };
}

async function discovery(relay: Relay, url: string): Promise<Discovery> {
  const response = await relay.fetch(new Request(`${url}v1/connect`), { remoteAddress: '127.0.0.1' });
  return (await response.json()) as Discovery;
}

async function udpPort(state: 'closed' | 'black-holed'): Promise<Hole> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  if (state === 'black-holed') return { port, close: () => void socket.close() };
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return { port, close: () => {} };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('The relay did not start WebTransport within 5 s.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

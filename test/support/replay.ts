import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { createRandom } from '../../server/providers/answer.ts';

export type ReplayDialect = 'openai' | 'openai-chat' | 'anthropic' | 'gemini' | 'ollama';

export interface ReplayOptions {
  readonly dialect: ReplayDialect;
  /** One event's JSON each. */
  readonly lines?: readonly string[];
  /** A `.jsonl` file of such lines, instead. */
  readonly file?: string;
  /** Sent as it is, instead of framed lines. */
  readonly body?: string;
  /** Seed of random cuts, 1 to `maxPiece` bytes a write. @default one write an event */
  readonly cutSeed?: number;
  /** @default 48 */
  readonly maxPiece?: number;
  /** Between writes. @default 0 */
  readonly delayMs?: number;
  /** Halfway through an answer, which goes on when this resolves. */
  readonly halfway?: () => Promise<void>;
  /** Bytes after which the connection is torn down. */
  readonly truncateAt?: number;
  /** Leaves the connection open behind the last event, without the `[DONE]` of Chat Completions. */
  readonly hold?: boolean;
  /** @default 200 */
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
}

export interface Replay {
  /** The base URL, as the dialect's SDK and adapter take it. */
  readonly url: string;
  readonly requests: readonly { method: string; url: string; headers: IncomingHttpHeaders; body: string }[];
  /** `performance.now()` of each connection's end, in the order they ended. */
  readonly closedAt: readonly number[];
  /** Connections open now. */
  readonly open: number;
  close(): Promise<void>;
}

/** A provider on a real port that answers every request with the same recorded events. */
export async function startReplay(options: ReplayOptions): Promise<Replay> {
  const requests: Replay['requests'][number][] = [];
  const closedAt: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, headers, body: Buffer.concat(body).toString() });
      send(response, options).catch((cause: unknown) => response.destroy(cause instanceof Error ? cause : undefined));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      closedAt.push(performance.now());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: options.dialect.startsWith('openai') ? `${origin}/v1` : origin,
    requests,
    closedAt,
    get open() {
      return sockets.size;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function readLines(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** The events in the provider's framing, one string each. */
export function frameLines(dialect: ReplayDialect, lines: readonly string[], done: boolean = true): string[] {
  if (dialect === 'ollama') return lines.map((line) => `${line}\n`);
  const named = dialect === 'anthropic' || dialect === 'openai';
  const framed = lines.map((line) => `${named ? `event: ${(JSON.parse(line) as { type: string }).type}\n` : ''}data: ${line}\n\n`);
  return dialect === 'openai-chat' && done ? [...framed, 'data: [DONE]\n\n'] : framed;
}

/** Pieces of 1 to `maxPiece` bytes, wherever they fall. */
function* cutBytes(bytes: Uint8Array, seed: number, maxPiece: number): Generator<Uint8Array> {
  const random = createRandom(seed);
  for (let from = 0; from < bytes.length; ) {
    const to = from + 1 + Math.floor(random() * maxPiece);
    yield bytes.subarray(from, to);
    from = to;
  }
}

async function send(response: ServerResponse, options: ReplayOptions): Promise<void> {
  const type = options.dialect === 'ollama' ? 'application/x-ndjson' : 'text/event-stream';
  response.writeHead(options.status ?? 200, { 'content-type': type, 'cache-control': 'no-cache', ...options.headers });
  response.flushHeaders();
  let left = options.truncateAt ?? Number.POSITIVE_INFINITY;
  const all = Array.from(pieces(options));
  for (const [index, piece] of all.entries()) {
    if (index === Math.ceil(all.length / 2)) await options.halfway?.();
    if (response.destroyed) return;
    if (left === 0) break;
    const part = piece.subarray(0, left);
    left -= part.length;
    if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    if (options.delayMs !== undefined) await sleep(options.delayMs);
    else if (options.cutSeed !== undefined) await turn();
  }
  if (options.truncateAt !== undefined) response.destroy();
  else if (options.hold !== true) response.end();
}

function pieces(options: ReplayOptions): Iterable<Uint8Array> {
  const { dialect, body, cutSeed, maxPiece = 48 } = options;
  const events = body !== undefined ? [body] : frameLines(dialect, options.lines ?? readLines(options.file ?? ''), options.hold !== true);
  if (cutSeed !== undefined) return cutBytes(Buffer.from(events.join('')), cutSeed, maxPiece);
  return events.map((event) => Buffer.from(event));
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { StorageStats } from '../../server/index.ts';
import { concatBytes, decodeServerMessage, encodeClientFrame, PROTOCOL_VERSION } from '../../src/wire/index.ts';

export type StorageName = 'memory' | 'sqlite';

export interface Cell {
  readonly streams: number;
  /** Tokens per second of each stream. */
  readonly rate: number;
  /** Connections that each read all streams. */
  readonly readers: number;
}

export interface Trial extends Cell {
  readonly storage: StorageName;
  /** Tokens that reached the readers. */
  readonly delivered: number;
  /** From the source's `yield` to the reader's decoded message, ms. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  /** The relay's, all threads, in percent of one core. */
  readonly cpuPercent: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  readonly rssMB: number;
  readonly stats: StorageStats | undefined;
}

interface Measured {
  readonly cpuMs: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  readonly rss: number;
  readonly storage?: StorageStats;
}

const CREDIT = 1e12;

/** A relay of its own, warmed up, measured, ended. */
export async function runTrial(storage: StorageName, cell: Cell, warmUpMs: number, measureMs: number): Promise<Trial> {
  const child = fork(join(import.meta.dirname, 'relay.ts'), [storage, String(cell.streams), String(cell.rate)]);
  const [{ url, channels }] = (await once(child, 'message')) as [{ url: string; channels: string[] }];
  const delays: number[] = [];
  let measuring = false;
  const sockets = await Promise.all(
    Array.from({ length: cell.readers }, () =>
      readAll(url, channels, (delta) => {
        if (!measuring) return;
        const now = Number(process.hrtime.bigint() / 1_000n);
        for (const stamp of delta.trimEnd().split(' ')) delays.push((now - Number(stamp)) / 1_000);
      }),
    ),
  );
  await sleep(warmUpMs);
  child.send('begin');
  measuring = true;
  await sleep(measureMs);
  measuring = false;
  child.send('end');
  const [{ cpuMs, loopP99Ms, loopMaxMs, rss, storage: stats }] = (await once(child, 'message')) as [Measured];
  for (const socket of sockets) socket.terminate();
  await once(child, 'exit');
  delays.sort((a, b) => a - b);
  return {
    storage,
    ...cell,
    delivered: delays.length,
    delayP50Ms: delays[delays.length >>> 1] ?? Number.NaN,
    delayP99Ms: delays[Math.floor(delays.length * 0.99)] ?? Number.NaN,
    cpuPercent: (100 * cpuMs) / measureMs,
    loopP99Ms,
    loopMaxMs,
    rssMB: rss / 1e6,
    stats,
  };
}

async function readAll(url: string, channels: readonly string[], onText: (delta: string) => void): Promise<WebSocket> {
  const socket = new WebSocket(new URL('/v1/socket', url.replace('http', 'ws')), { perMessageDeflate: false });
  socket.on('message', (message: Buffer) => {
    for (const frame of decodeServerMessage(message)) {
      if (frame.type !== 'batches') continue;
      for (const { entries } of frame.batches) for (const { event } of entries) if (event.type === 'text') onText(event.delta);
    }
  });
  socket.on('error', () => {});
  await once(socket, 'open');
  // A connection reads 128 channels at most.
  const subscribe = channels
    .slice(0, 128)
    .map((channel, index) =>
      encodeClientFrame({ type: 'subscribe', subscription: index + 1, channel, epoch: undefined, afterSeq: 0, credit: CREDIT }),
    );
  socket.send(concatBytes([encodeClientFrame({ type: 'hello', protocol: PROTOCOL_VERSION, credit: CREDIT }), ...subscribe]));
  return socket;
}

function sleep(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

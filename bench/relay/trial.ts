import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { quantile } from '../quantile.ts';
import type { ClientMark, ClientRecord, ClientRequest, Endpoint, ServerMark, ServerRecord, ServerRequest } from './messages.ts';
import { arrival, type Cell, type SubjectName, type Timing } from './scenario.ts';

/** One subject in one cell, measured once. */
export interface Trial {
  readonly subject: SubjectName;
  readonly cell: Cell;
  readonly round: number;
  /** Server CPU time per delivered batch, µs. */
  readonly cpuPerDelivery: number;
  /** Share of the deliveries due in the window that reached the clients in it. */
  readonly delivered: number;
  readonly deliveriesPerSecond: number;
  /** CPU seconds per second. */
  readonly serverCores: number;
  readonly clientCores: number;
  readonly bytesPerDelivery: number;
  /** Batches in one message, on average. */
  readonly batchesPerMessage: number;
  /** From append to receipt, ms. Of batches that had not come when it ended: at least the time until then. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** From when the batch was due to its append: the server too busy to take it. */
  readonly appendLagMs: { readonly p50: number; readonly p99: number };
  readonly rssBytes: number;
  readonly heapBytes: number;
}

export interface FailedTrial {
  readonly subject: SubjectName;
  readonly cell: Cell;
  readonly round: number;
  readonly failed: string;
}

const askMs = 20_000;
const connectMs = 60_000;
const slackMs = 2000;

/** Starts both processes afresh, warms up, measures a window. Never rejects: what goes wrong is a result, too. */
export async function runTrial(
  subject: SubjectName,
  cell: Cell,
  round: number,
  timing: Timing,
  profile?: string,
): Promise<Trial | FailedTrial> {
  const server = startChild<ServerRequest>('./relay/server.ts', ['--max-old-space-size=4096']);
  const clients = startChild<ClientRequest>('./relay/clients.ts', ['--max-old-space-size=4096']);
  try {
    const durationMs = timing.warmupMs + timing.windowMs + slackMs;
    const endpoint = await server.ask<Endpoint>({ type: 'start', subject, cell, durationMs }, askMs);
    await clients.ask({ type: 'connect', subject, cell, endpoint }, connectMs);
    await server.ask({ type: 'arrive' }, askMs);
    await delay(timing.warmupMs);
    const mark = (): Promise<[ServerMark, ClientMark]> =>
      Promise.all([server.ask<ServerMark>({ type: 'mark' }, askMs), clients.ask<ClientMark>({ type: 'mark' }, askMs)]);
    if (profile !== undefined) await server.ask({ type: 'profile' }, askMs);
    const [serverFrom, clientsFrom] = await mark();
    await delay(timing.windowMs);
    const [serverTo, clientsTo] = await mark();
    if (profile !== undefined) await server.ask({ type: 'profile', file: profile }, askMs);
    // What was appended last is given the time to arrive.
    await delay(200);
    const [serverRecord, clientRecord] = await Promise.all([
      server.ask<ServerRecord>({ type: 'collect' }, askMs),
      clients.ask<ClientRecord>({ type: 'collect' }, askMs),
    ]);
    const endedAt = clientsTo.atMs + 200;
    const batches = clientsTo.sampledBatches - clientsFrom.sampledBatches;
    const bytesPerDelivery = (clientsTo.sampledBytes - clientsFrom.sampledBytes) / batches;
    const deliveries = batches === 0 ? 0 : (clientsTo.bytes - clientsFrom.bytes) / bytesPerDelivery;
    const clientSeconds = (clientsTo.atMs - clientsFrom.atMs) / 1000;
    const serverSeconds = (serverTo.atMs - serverFrom.atMs) / 1000;
    const due = cell.subscribers * cell.streams * arrival.batchesPerSecond;
    const perSecond = subject === 'source' ? due : deliveries / clientSeconds;
    const latencies: number[] = [];
    const lags: number[] = [];
    serverRecord.appendedAt.forEach((times, stream) => {
      times.forEach((appendedAt, index) => {
        const dueAt = serverRecord.dueAt[stream]?.[index] as number;
        if (dueAt >= serverFrom.atMs && dueAt <= serverTo.atMs) lags.push((Number.isNaN(appendedAt) ? endedAt : appendedAt) - dueAt);
        if (!(appendedAt >= serverFrom.atMs && appendedAt <= serverTo.atMs)) return;
        for (const sample of clientRecord.receivedAt) {
          const receivedAt = sample[stream]?.[index] as number;
          latencies.push((Number.isNaN(receivedAt) ? endedAt : receivedAt) - appendedAt);
        }
      });
    });
    return {
      subject,
      cell,
      round,
      cpuPerDelivery: (serverTo.cpuMicros - serverFrom.cpuMicros) / serverSeconds / perSecond,
      delivered: perSecond / due,
      deliveriesPerSecond: perSecond,
      serverCores: (serverTo.cpuMicros - serverFrom.cpuMicros) / 1e6 / serverSeconds,
      clientCores: (clientsTo.cpuMicros - clientsFrom.cpuMicros) / 1e6 / clientSeconds,
      bytesPerDelivery,
      batchesPerMessage: batches / (clientsTo.sampledMessages - clientsFrom.sampledMessages),
      latencyMs: { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), p99: quantile(latencies, 0.99) },
      appendLagMs: { p50: quantile(lags, 0.5), p99: quantile(lags, 0.99) },
      rssBytes: serverTo.rssBytes,
      heapBytes: serverTo.heapBytes,
    };
  } catch (cause) {
    return { subject, cell, round, failed: cause instanceof Error ? cause.message : String(cause) };
  } finally {
    await Promise.all([server.stop(), clients.stop()]);
  }
}

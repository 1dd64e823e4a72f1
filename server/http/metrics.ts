import { Counter, Gauge, Registry } from 'prom-client';
import type { RelayCore, RelayStats } from '../relay/relay.ts';

type StorageStats = NonNullable<RelayStats['storage']>;

/** Figures for Prometheus, in a registry of their own. */
export interface Metrics {
  readonly requests: Counter<'route' | 'status'>;
  /** The exposition, as Prometheus text. */
  response(): Promise<Response>;
}

export function createMetrics(core: RelayCore): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'sluice_http_requests_total',
    help: 'HTTP requests answered.',
    labelNames: ['route', 'status'],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  const labelled = (name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void => {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count);
      },
    });
  };
  labelled('sluice_connections', 'Open connections.', 'transport', () => core.stats.connections);
  labelled('sluice_subscribe_answers_total', 'Answers to subscribe.', 'answer', () => core.stats.answers);
  labelled('sluice_refused_total', 'Connections refused or ended by an error.', 'code', () => core.stats.refused);
  gauge('sluice_subscriptions', 'Readers of channels.', () => core.stats.subscriptions);
  gauge('sluice_streams', 'Logs kept, running ones included.', () => core.stats.streams);
  gauge('sluice_generations', 'Streams still running.', () => core.stats.generations);
  gauge('sluice_generations_unwatched', 'Streams still running that nobody reads.', () => core.stats.unwatched);
  gauge('sluice_draining', 'Whether the relay starts nothing new.', () => Number(core.draining));
  gauge('sluice_drains_total', 'Drains begun.', () => core.stats.drain.drains);
  gauge(
    'sluice_drain_told_total',
    'Clients asked to reconnect elsewhere; readers of running streams up to twice.',
    () => core.stats.drain.told,
  );
  gauge('sluice_drain_cut_total', 'Generations that outlasted the deadline of a drain.', () => core.stats.drain.cut);
  gauge('sluice_log_bytes', 'Bytes of all logs.', () => core.stats.logBytes);
  const { storage } = core.stats;
  if (storage !== undefined) {
    const stored = (name: string, help: string, read: (stats: StorageStats) => number): void =>
      gauge(`sluice_storage_${name}`, help, () => read(core.stats.storage ?? storage));
    stored('commits_total', 'Groups committed.', ({ commits }) => commits);
    stored('commit_seconds_sum', 'Time spent committing.', ({ commitMsSum }) => commitMsSum / 1000);
    stored('commit_seconds_max', 'Longest commit since the start.', ({ commitMsMax }) => commitMsMax / 1000);
    stored('committed_events_total', 'Events committed.', ({ committedEvents }) => committedEvents);
    stored('committed_bytes_total', 'Bytes committed, roughly.', ({ committedBytes }) => committedBytes);
    stored('uncommitted_events', 'Events a crash now would lose.', ({ uncommittedEvents }) => uncommittedEvents);
    stored('uncommitted_bytes', 'Bytes a crash now would lose, roughly.', ({ uncommittedBytes }) => uncommittedBytes);
    stored('failures_total', 'Attempts to store that failed.', ({ failures }) => failures);
    gauge('sluice_storage_failing', 'Whether streams cannot be stored at the moment.', () => Number(core.storageFailure !== undefined));
  }
  gauge('sluice_streams_created_total', 'Streams created.', () => core.stats.created);
  gauge('sluice_streams_finished_total', 'Streams that finished.', () => core.stats.finished);
  gauge('sluice_streams_failed_total', 'Streams that failed.', () => core.stats.failed);
  gauge('sluice_streams_stopped_total', 'Streams that were stopped.', () => core.stats.stopped);
  gauge(
    'sluice_streams_stopped_unwatched_total',
    'Of the stopped, those nobody had watched for too long.',
    () => core.stats.stoppedUnwatched,
  );
  gauge('sluice_delivered_batches_total', 'Batches sent to readers.', () => core.stats.deliveredBatches);
  gauge('sluice_delivered_bytes_total', 'Bytes of batches sent to readers.', () => core.stats.deliveredBytes);
  gauge('sluice_first_token_seconds_sum', 'Time from creation to the first token, summed.', () => core.stats.firstTokenMsSum / 1000);
  gauge('sluice_first_token_seconds_count', 'Streams that had a first token.', () => core.stats.firstTokenCount);
  return {
    requests,
    response: async () => new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } }),
  };
}

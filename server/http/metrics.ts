import { Counter, Histogram, Registry } from 'prom-client';
import type { RelayCore, RelayStats } from '../relay/relay.ts';
import { by, createFigures, type Figure } from './figures.ts';
import { sparingly } from './sparingly.ts';

type StorageStats = NonNullable<RelayStats['storage']>;

/** Figures for Prometheus, in a registry of their own. What each means is in docs/OPERATIONS.md. */
export interface Metrics {
  readonly requests: Counter<'route' | 'status'>;
  /** The exposition, as Prometheus text, no older than the call. However often it is asked for, a sixteenth of the time is spent on it. */
  response(): Promise<Response>;
}

const TTFT_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const LAG_BUCKETS = [0, 1, 10, 100, 1_000, 10_000, 100_000];

export function createMetrics(core: RelayCore): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // Read once a scrape: it looks at every connection.
  let stats = core.stats;

  const { gauge, gauges, counter, counters } = createFigures(registers);

  const requests = new Counter({
    name: 'sluice_http_requests_total',
    help: 'HTTP requests answered.',
    labelNames: ['route', 'status'],
    registers,
  });
  const firstToken = new Histogram({
    name: 'sluice_first_token_seconds',
    help: 'Time from the creation of a stream to its first text, reasoning or tool event.',
    labelNames: ['provider'],
    buckets: TTFT_BUCKETS_S,
    registers,
  });
  const lag = new Histogram({
    name: 'sluice_session_lag_events',
    help: 'Events of running streams that a connection has not said to have applied, of each that reads, several times a heartbeat.',
    buckets: LAG_BUCKETS,
    registers,
  });
  core.observe({
    firstToken: (provider, ms) => firstToken.observe({ provider }, ms / 1000),
    lag: (events) => lag.observe(events),
  });

  gauges('sluice_connections', 'Open connections.', 'transport', () => stats.connections);
  counters('sluice_connections_opened_total', 'Connections welcomed, and why over no better transport.', ['transport', 'fallback'], () =>
    Object.entries(stats.opened).flatMap(([transport, reasons]) =>
      Object.entries(reasons).map(([fallback, count]): Figure<'transport' | 'fallback'> => [{ transport, fallback }, count]),
    ),
  );
  gauges('sluice_queued_bytes', 'Bytes given to transports and not yet to the operating system.', 'transport', () => stats.queuedBytes);
  gauge('sluice_session_lag_events_max', 'The most any connection lags behind now.', () => stats.lagMaxEvents);
  counters('sluice_subscribe_answers_total', 'Answers to subscribe.', ['answer'], () => by('answer', stats.answers));
  counters('sluice_recoveries_total', 'Answers to readers that had a place in a stream.', ['outcome'], () =>
    by('outcome', stats.recoveries),
  );
  counter('sluice_recovered_events_total', 'Events that readers had missed and were served exactly.', () => stats.recoveredEvents);
  counters('sluice_refused_total', 'Requests, subscriptions and connections refused or ended by an error.', ['code'], () =>
    by('code', stats.refused),
  );
  counters('sluice_hook_timeouts_total', 'Questions the app did not answer in time.', ['hook'], () => by('hook', stats.hookTimeouts));
  gauge('sluice_subscriptions', 'Readers of channels.', () => stats.subscriptions);
  gauge('sluice_streams', 'Logs kept, running ones included.', () => stats.streams);
  gauge('sluice_generations', 'Streams still running.', () => stats.generations);
  gauge('sluice_generations_unwatched', 'Streams still running that nobody reads.', () => stats.unwatched);
  gauge('sluice_draining', 'Whether the relay starts nothing new.', () => Number(core.draining));
  counter('sluice_drains_total', 'Drains begun.', () => stats.drain.drains);
  counter(
    'sluice_drain_told_total',
    'Clients asked to reconnect elsewhere; readers of running streams up to twice.',
    () => stats.drain.told,
  );
  counter('sluice_drain_cut_total', 'Generations that outlasted the deadline of a drain.', () => stats.drain.cut);
  gauge('sluice_log_bytes', 'Bytes of all logs.', () => stats.logBytes);
  counter('sluice_streams_created_total', 'Streams created.', () => stats.created);
  counter('sluice_streams_finished_total', 'Streams that finished.', () => stats.finished);
  counter('sluice_streams_failed_total', 'Streams that failed.', () => stats.failed);
  counter('sluice_streams_stopped_total', 'Streams that were stopped.', () => stats.stopped);
  counter('sluice_streams_stopped_unwatched_total', 'Of the stopped, those nobody had watched for too long.', () => stats.stoppedUnwatched);
  counters('sluice_upstream_resumes_total', 'Answers read on after their upstream connection broke off.', ['provider', 'outcome'], () =>
    Object.entries(stats.resumes).flatMap(([provider, outcomes]) =>
      Object.entries(outcomes).map(([outcome, count]): Figure<'provider' | 'outcome'> => [{ provider, outcome }, count]),
    ),
  );
  counter('sluice_delivered_batches_total', 'Batches sent to readers.', () => stats.deliveredBatches);
  counter('sluice_delivered_bytes_total', 'Bytes of batches sent to readers.', () => stats.deliveredBytes);
  counter('sluice_delivered_events_total', 'Events sent to readers.', () => stats.deliveredEvents);
  counter('sluice_coalesced_events_total', 'Events sent to readers as part of a delta before them.', () => stats.coalescedEvents);
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
  counter('process_cpu_seconds_total', 'Time the process spent computing.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  const { storage } = stats;
  if (storage !== undefined) {
    const stored = (figure: (stats: StorageStats) => number) => () => figure(stats.storage ?? storage);
    counter(
      'sluice_storage_commits_total',
      'Groups committed.',
      stored(({ commits }) => commits),
    );
    counter(
      'sluice_storage_commit_seconds_total',
      'Time spent committing.',
      stored(({ commitMsSum }) => commitMsSum / 1000),
    );
    gauge(
      'sluice_storage_commit_seconds_max',
      'Longest commit since the start.',
      stored(({ commitMsMax }) => commitMsMax / 1000),
    );
    counter(
      'sluice_storage_committed_events_total',
      'Events committed.',
      stored(({ committedEvents }) => committedEvents),
    );
    counter(
      'sluice_storage_committed_bytes_total',
      'Bytes committed, roughly.',
      stored(({ committedBytes }) => committedBytes),
    );
    gauge(
      'sluice_storage_uncommitted_events',
      'Events a crash now would lose.',
      stored(({ uncommittedEvents }) => uncommittedEvents),
    );
    gauge(
      'sluice_storage_uncommitted_bytes',
      'Bytes a crash now would lose, roughly.',
      stored(({ uncommittedBytes }) => uncommittedBytes),
    );
    counter(
      'sluice_storage_failures_total',
      'Attempts to store that failed.',
      stored(({ failures }) => failures),
    );
    gauge('sluice_storage_failing', 'Whether streams cannot be stored at the moment.', () => Number(core.storageFailure !== undefined));
  }
  const expose = sparingly(() => {
    stats = core.stats;
    return registry.metrics();
  });
  return {
    requests,
    response: async () => new Response(await expose(), { headers: { 'content-type': registry.contentType } }),
  };
}

import { type ErrorCode, errorTable, fallbackReasons, StreamError } from '../../src/wire/index.ts';
import type { LogStorage, StorageStats } from '../log/log.ts';
import type { Provider } from '../providers/provider.ts';
import type { Accept, TransportName } from '../transports/peer.ts';
import { UnsentBudget } from './budget.ts';
import { createSessionCounters, type SessionCounters } from './counters.ts';
import { cutShort, type DrainOptions, drainSessions, spreadFor } from './drain.ts';
import { withFailureLimit } from './failures.ts';
import { type HookName, withDeadlines } from './hooks.ts';
import { Hub } from './hub.ts';
import { type LogFields, limitLog } from './logger.ts';
import { type Principal, type RelayOptions, type ResolvedRelayOptions, resolveRelayOptions } from './options.ts';
import { Session, type SessionHost } from './session.ts';
import { type StreamCounters, Streams } from './streams.ts';

/** The relay without sockets and without HTTP: streams, sessions, limits. */
export interface RelayCore {
  readonly options: ResolvedRelayOptions;
  readonly providers: readonly Provider[];
  readonly streams: Streams;
  /** Given to each transport. */
  readonly accept: Accept;
  /** Whether it starts nothing new. */
  readonly draining: boolean;
  /** Why streams cannot be stored at the moment. */
  readonly storageFailure: StreamError | undefined;
  /** Starts nothing new, and asks the clients to reconnect. Resolves when everything has ended and left, or at the deadline. */
  drain(options?: DrainOptions): Promise<void>;
  readonly stats: RelayStats;
  /** Measures what a total cannot say. One at a time; without one nothing is measured. */
  observe(observer: RelayObserver): void;
  /** Counts and logs an error that refused a request or a connection. */
  refused(code: ErrorCode, fields: LogFields): void;
  /** Ends all generations, with an error that may be retried, and closes all connections. */
  close(): void;
}

export interface RelayObserver {
  /** A stream had its first text, reasoning or tool event, so long after its creation. */
  firstToken(provider: string, ms: number): void;
  /** How far a connection that reads is behind, four times a heartbeat. */
  lag(events: number): void;
}

/** Figures for operators, read when asked for. */
export interface RelayStats extends StreamCounters, SessionCounters {
  readonly connections: Readonly<Record<TransportName, number>>;
  /** Connections welcomed since the start, by the client's reason to use no better transport; `none` where it gave none. */
  readonly opened: Readonly<Record<TransportName, Readonly<Record<string, number>>>>;
  /** Bytes given to the transports and not yet to the operating system. */
  readonly queuedBytes: Readonly<Record<TransportName, number>>;
  /** Events the connection that is furthest behind has not said to have applied. */
  readonly lagMaxEvents: number;
  readonly subscriptions: number;
  /** Logs kept, running ones included. */
  readonly streams: number;
  readonly generations: number;
  /** Of these, how many nobody reads. */
  readonly unwatched: number;
  readonly logBytes: number;
  /** `undefined` where streams live in memory only. */
  readonly storage: StorageStats | undefined;
  /** Questions the app did not answer in time, by the hook that was asked. */
  readonly hookTimeouts: Readonly<Record<HookName, number>>;
  /** Requests, subscriptions and connections refused or ended by an error, by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Whether the relay starts nothing new, how often it was told so, how often a client was, and generations that outlasted the deadline. */
  readonly drain: { readonly draining: boolean; readonly drains: number; readonly told: number; readonly cut: number };
}

const EVICT_INTERVAL_MS = 1_000;

/** @throws {StreamError} `bad_option` */
export function createRelayCore(
  options: RelayOptions,
  parts: {
    storage: LogStorage;
    providers: readonly Provider[];
    /** ms since the Unix epoch, for what is told and stored. It may jump, as clocks that are set do. @default Date.now */
    date?: () => number;
    /** ms from any moment on, never back: what all waiting, and all allowances, are measured by. @default performance.now */
    now?: () => number;
  },
): RelayCore {
  const { storage, providers, date = Date.now, now = () => performance.now() } = parts;
  const hookTimeouts = { authenticate: 0, authorize: 0, admit: 0 };
  const timed = withDeadlines(resolveRelayOptions(options), (hook) => {
    hookTimeouts[hook] += 1;
    logLate('error', `${hook} did not answer in time`, { hook, timeoutMs: resolved.hookTimeoutMs });
  });
  const resolved = withFailureLimit(timed, now);
  const logLate = limitLog(resolved.log, now);
  const hub = new Hub(storage, resolved.flushIntervalMs);
  let observer: RelayObserver | undefined;
  const watchers = new Set<() => void>();
  const less = (): void => {
    for (const watcher of watchers) watcher();
  };
  const streams = new Streams({
    hub,
    storage,
    providers: new Map(providers.map((p) => [p.name, p])),
    options: resolved,
    date,
    now,
    firstToken: (provider, ms) => observer?.firstToken(provider, ms),
    ended: less,
  });
  const counters = createSessionCounters();
  const opened: Record<TransportName, Record<string, number>> = { webtransport: {}, websocket: {}, sse: {} };
  const refusedByCode: Record<string, number> = {};
  const logRefusal = limitLog(resolved.log, now);
  const refused: RelayCore['refused'] = (code, fields) => {
    refusedByCode[code] = (refusedByCode[code] ?? 0) + 1;
    logRefusal(errorTable[code].status >= 500 ? 'warn' : 'info', 'Refused', { code, ...fields });
  };
  const unsent = new UnsentBudget(resolved.maxUnsentBytes, now);
  const perPrincipal = new Map<string, number>();
  const drain = { draining: false, drains: 0, told: 0, cut: 0 };
  const closing = new AbortController();
  let failing: string | undefined;

  /** Says when the storage begins to fail, and when it is well again. */
  const watchStorage = (): void => {
    const { failure } = storage;
    if (failure?.code === failing) return;
    failing = failure?.code;
    if (failure === undefined) resolved.log('info', 'Streams can be stored again, and all that had waited is.', {});
    else resolved.log('error', failure.message, { code: failure.code, cause: String(failure.cause) });
  };
  streams.recover();

  const host: SessionHost = {
    options: resolved,
    now,
    counters,
    unsent,
    less,
    channel: (name) => hub.channel(name),
    admitSession(principal: Principal): void {
      const count = perPrincipal.get(principal.id) ?? 0;
      if (count >= resolved.maxConnectionsPerPrincipal) {
        throw new StreamError('too_many_connections', `The principal has ${count} connections already, the most it may. Close one first.`);
      }
      perPrincipal.set(principal.id, count + 1);
    },
    refused,
    welcomed({ id, peer, principal }, fallback): void {
      const reason = fallback === undefined ? 'none' : fallbackReasons.some((known) => known === fallback) ? fallback : 'other';
      const reasons = opened[peer.transport];
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      const { transport } = peer;
      resolved.log('info', 'Connection opened', { connection: id, transport, fallback: reason, principal: principal?.id ?? '' });
    },
    forget(session): void {
      hub.sessions.delete(session);
      less();
      if (session.principal === undefined) return;
      const { id: connection, endedBy, openedAt, peer, principal } = session;
      resolved.log('info', 'Connection closed', {
        connection,
        transport: peer.transport,
        principal: principal.id,
        durationMs: Math.round(now() - openedAt),
        ...(endedBy === undefined ? {} : { code: endedBy }),
      });
      const left = (perPrincipal.get(session.principal.id) ?? 1) - 1;
      if (left === 0) perPrincipal.delete(session.principal.id);
      else perPrincipal.set(session.principal.id, left);
    },
  };

  const evictTimer = setInterval(() => {
    hub.evict(date());
    streams.stopUnwatched();
    watchStorage();
  }, EVICT_INTERVAL_MS).unref();
  const heartbeatTimer = setInterval(
    () => {
      for (const session of [...hub.sessions]) {
        session.tick(now());
        if (session.subscriptions.size > 0) observer?.lag(session.lagEvents);
      }
    },
    Math.max(10, Math.floor(resolved.heartbeatMs / 4)),
  ).unref();

  return {
    options: resolved,
    providers,
    streams,
    get draining(): boolean {
      return drain.draining;
    },
    get storageFailure(): StreamError | undefined {
      return storage.failure;
    },
    accept(peer, request) {
      const session = new Session(peer, request, host);
      hub.sessions.add(session);
      if (closing.signal.aborted) session.end(goodbye(hub.sessions.size));
      else if (hub.sessions.size > resolved.maxConnections) {
        session.end(
          new StreamError('too_many_connections', 'The relay has as many connections as it may. Try again shortly.', {
            retryAfterMs: 1_000,
          }),
        );
      }
      return session;
    },
    async drain({ deadlineMs = resolved.drainDeadlineMs, ...rest } = {}) {
      drain.draining = true;
      drain.drains += 1;
      streams.draining = true;
      const figures = (): { connections: number; generations: number } => ({
        connections: hub.sessions.size,
        generations: streams.running,
      });
      resolved.log('info', 'The relay drains: it starts nothing new, and clients are asked to move.', figures());
      await drainSessions(
        { ...rest, deadlineMs },
        {
          sessions: hub.sessions,
          running: () => streams.running,
          cut(error) {
            const cut = streams.endAll(error);
            drain.cut += cut;
            return cut;
          },
          told() {
            drain.told += 1;
          },
          watch(watcher) {
            watchers.add(watcher);
            return () => watchers.delete(watcher);
          },
        },
        closing.signal,
      );
      resolved.log('info', 'The relay is drained.', { ...figures(), cut: drain.cut });
    },
    get stats(): RelayStats {
      const connections = { webtransport: 0, websocket: 0, sse: 0 };
      const queuedBytes = { ...connections };
      let subscriptions = 0;
      let lagMaxEvents = 0;
      for (const session of hub.sessions) {
        const { transport, bufferedBytes } = session.peer;
        connections[transport] += 1;
        queuedBytes[transport] += bufferedBytes;
        subscriptions += session.subscriptions.size;
        lagMaxEvents = Math.max(lagMaxEvents, session.lagEvents);
      }
      return {
        ...streams.counters,
        ...counters,
        connections,
        opened,
        queuedBytes,
        lagMaxEvents,
        subscriptions,
        streams: storage.size,
        generations: streams.running,
        unwatched: streams.unwatched,
        logBytes: storage.bytes,
        storage: storage.stats,
        hookTimeouts,
        refused: refusedByCode,
        drain,
      };
    },
    observe(next): void {
      observer = next;
    },
    refused,
    close(): void {
      // A request that is still being admitted must start nothing that nobody would stop.
      streams.draining = true;
      clearInterval(evictTimer);
      clearInterval(heartbeatTimer);
      closing.abort();
      streams.endAll(cutShort());
      const { size } = hub.sessions;
      hub.close(() => goodbye(size));
      storage.close();
      if (storage.failure === undefined) return;
      const { code } = storage.failure;
      resolved.log('error', 'The relay stops, and what waited to be stored is lost.', {
        code,
        bytes: storage.stats?.uncommittedBytes ?? 0,
      });
    },
  };
}

/** To one of so many clients: each comes back at another moment. */
function goodbye(connections: number): StreamError {
  return new StreamError('relay_draining', 'The relay stops. Reconnect to resume.', {
    retryAfterMs: Math.round(Math.random() * spreadFor(connections)),
  });
}

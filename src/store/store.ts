import { createStore, type StoreApi } from 'zustand/vanilla';
import type { StreamChange } from '../worker/messages.ts';
import { applyChange, createRecord, cursorOf, failRecord, isEnded } from './apply.ts';
import { guarded } from './guarded.ts';
import type { OwnRecord } from './record.ts';
import type { SluiceState, StreamRecord, StreamSummary } from './state.ts';

export interface StreamStoreOptions {
  /** Idle streams kept. */
  readonly maxIdleStreams: number;
  /** Bytes of text idle streams may hold together, two for each UTF-16 code unit. */
  readonly maxIdleBytes: number;
  /** Called for each idle stream that left because of a bound. */
  readonly onEvict: (key: number) => void;
  /** `performance.now` */
  readonly now: () => number;
}

/** All streams of one client. Content is mutable and read through records; `state` holds what is rare. */
export interface StreamStore {
  readonly state: StoreApi<SluiceState>;
  create(key: number, id: string | undefined): StreamRecord;
  get(key: number): StreamRecord | undefined;
  /** Folds the changes in, then publishes what is rare once, then calls the listeners. Unknown keys are ignored. */
  apply(changes: readonly StreamChange[]): void;
  /** Ends a stream for a reason that is not in its log. Does nothing to one that has ended. */
  fail(key: number, error: NonNullable<StreamSummary['error']>): void;
  identify(key: number, id: string): void;
  /** Where another worker goes on reading (ST8). */
  cursor(key: number): { readonly epoch: string | undefined; readonly afterSeq: number };
  ended(key: number): boolean;
  /** Nobody shows the stream: from now on the bounds apply to it, oldest first. */
  setIdle(key: number): void;
  /** Somebody shows it again. */
  setShown(key: number): void;
  remove(key: number): void;
  setConnection(connection: SluiceState['connection']): void;
  subscribe(key: number, listener: () => void): () => void;
}

export const idleConnection: SluiceState['connection'] = {
  status: 'idle',
  transport: undefined,
  attempt: 0,
  error: undefined,
  fallbackReason: undefined,
  roundTripMs: undefined,
};

export function createStreamStore(options: StreamStoreOptions): StreamStore {
  const state = createStore<SluiceState>()(() => ({ connection: idleConnection, streams: new Map() }));
  const records = new Map<number, OwnRecord>();
  const listeners = new Map<number, Set<() => void>>();
  /** In the order in which they became idle. */
  const idle = new Set<number>();

  const publish = (keys: Iterable<number>): void => {
    const { streams } = state.getState();
    let next: Map<number, StreamSummary> | undefined;
    for (const key of keys) {
      const summary = records.get(key)?.summary;
      if (streams.get(key) === summary) continue;
      next ??= new Map(streams);
      if (summary === undefined) next.delete(key);
      else next.set(key, summary);
    }
    if (next !== undefined) state.setState({ streams: next });
  };

  const notify = (key: number): void => {
    for (const listener of listeners.get(key) ?? []) guarded(listener);
  };

  const drop = (keys: readonly number[]): void => {
    for (const key of keys) {
      records.delete(key);
      listeners.delete(key);
      idle.delete(key);
    }
    publish(keys);
  };

  const evict = (): void => {
    let bytes = 0;
    for (const key of idle) bytes += 2 * (records.get(key)?.content.units ?? 0);
    let count = idle.size;
    const evicted: number[] = [];
    for (const key of idle) {
      if (count <= options.maxIdleStreams && bytes <= options.maxIdleBytes) break;
      evicted.push(key);
      count -= 1;
      bytes -= 2 * (records.get(key)?.content.units ?? 0);
    }
    drop(evicted);
    for (const key of evicted) options.onEvict(key);
  };

  return {
    state,
    create(key, id) {
      const record = createRecord(key, id, options.now());
      records.set(key, record);
      publish([key]);
      return record;
    },
    get: (key) => records.get(key),
    apply(changes) {
      const nowMs = options.now();
      const touched: number[] = [];
      let idleGrew = false;
      for (const change of changes) {
        const record = records.get(change.key);
        if (record === undefined) continue;
        if (change.entries.length > 0 || change.reset !== undefined) applyChange(record, change, nowMs);
        if (change.gone === true) failRecord(record, goneError, nowMs);
        touched.push(change.key);
        idleGrew ||= idle.has(change.key);
      }
      guarded(() => publish(touched));
      for (const key of touched) notify(key);
      if (idleGrew) evict();
    },
    fail(key, error) {
      const record = records.get(key);
      if (record === undefined || isEnded(record)) return;
      failRecord(record, error, options.now());
      publish([key]);
      notify(key);
    },
    identify(key, id) {
      const record = records.get(key);
      if (record === undefined || record.summary.id === id) return;
      record.summary = { ...record.summary, id };
      publish([key]);
    },
    cursor(key) {
      const record = records.get(key);
      return record === undefined ? { epoch: undefined, afterSeq: 0 } : cursorOf(record);
    },
    ended(key) {
      const record = records.get(key);
      return record === undefined || isEnded(record);
    },
    setIdle(key) {
      if (!records.has(key)) return;
      idle.add(key);
      evict();
    },
    setShown(key) {
      idle.delete(key);
    },
    remove: (key) => drop([key]),
    setConnection: (connection) => state.setState({ connection }),
    subscribe(key, listener) {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set);
      // One entry per call, so that the same function subscribed twice is called twice and removed once.
      const entry = (): void => listener();
      set.add(entry);
      return () => {
        set.delete(entry);
        if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
      };
    },
  };
}

const goneError: NonNullable<StreamSummary['error']> = {
  code: 'unknown_channel',
  message: 'The relay has no such stream now. Start another.',
  retryable: false,
};

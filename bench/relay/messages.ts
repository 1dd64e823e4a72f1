import type { Cell, SubjectName } from './scenario.ts';

/** Where a subject listens. */
export interface Endpoint {
  readonly port: number;
  /** WebTransport's, where it differs, and the hash of its certificate. */
  readonly webTransport?: { readonly url: string; readonly certificateHash: Uint8Array };
  /** Channels to subscribe, in the order of the streams. */
  readonly channels?: readonly string[];
}

/** What the parent asks of the server's process. */
export type ServerRequest =
  | { readonly type: 'start'; readonly subject: SubjectName; readonly cell: Cell; readonly durationMs: number }
  | { readonly type: 'arrive' }
  | { readonly type: 'mark' }
  | { readonly type: 'collect' }
  /** Starts the CPU profiler, or ends it and writes what it saw. */
  | { readonly type: 'profile'; readonly file?: string };

/** What the parent asks of the clients' process. */
export type ClientRequest =
  | { readonly type: 'connect'; readonly subject: SubjectName; readonly cell: Cell; readonly endpoint: Endpoint }
  | { readonly type: 'mark' }
  | { readonly type: 'collect' };

export interface ServerMark {
  readonly atMs: number;
  /** User and system time of all threads, microseconds. */
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

export interface ServerRecord {
  /** Per stream, when each batch was appended; NaN where it was not. */
  readonly appendedAt: readonly Float64Array[];
  /** Per stream, when each batch was due. */
  readonly dueAt: readonly Float64Array[];
}

export interface ClientMark {
  readonly atMs: number;
  /** Payload bytes received by all subscribers. */
  readonly bytes: number;
  /** Payload bytes received by the sampled ones, the messages and the batches these were. */
  readonly sampledBytes: number;
  readonly sampledMessages: number;
  readonly sampledBatches: number;
  readonly cpuMicros: number;
}

export interface ClientRecord {
  /** Per sampled subscriber and stream, when each batch was complete at the client; NaN where it was not. */
  readonly receivedAt: readonly (readonly Float64Array[])[];
}

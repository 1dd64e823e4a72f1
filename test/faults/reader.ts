import type { SluiceClient, StreamHandle, StreamRequest } from '../../src/client/types.ts';
import { createClient } from '../../src/client.ts';
import type { ConnectionMessage, PageMessage, PatchMessage, WorkerMessage } from '../../src/worker/messages.ts';
import type { Dice } from './dice.ts';
import type { Link } from './link.ts';
import type { PlannedStream, Transport } from './plan.ts';
import type { Tally } from './tally.ts';
import { PROMPT, type Truth } from './truth.ts';
import { createView, type View } from './view.ts';
import { RigWorker } from './worker.ts';

export interface ReaderOptions {
  readonly name: string;
  readonly link: Link;
  readonly transport: Transport;
  readonly dice: Dice;
  readonly tally: Tally;
  /** Events were folded into the store. */
  readonly onApplied: () => void;
}

/** A page without a screen: the client, its store and the receiver as they are, and a check of all that reaches them. */
export interface Reader {
  readonly name: string;
  readonly link: Link;
  readonly connection: {
    readonly status: string;
    readonly transport: string | undefined;
    readonly attempt: number;
    readonly error: ConnectionMessage['error'];
  };
  /** Connections that stood so far. */
  readonly connected: number;
  /** Of the streams it follows. */
  readonly views: ReadonlyMap<string, View>;
  /** Whether it expects anything more. */
  readonly waits: boolean;
  readonly left: boolean;
  join(stream: PlannedStream, truth: Truth, request: boolean): void;
  detach(id: string): void;
  /** Whether the relay took it. */
  stop(id: string): Promise<boolean>;
  signal(signal: 'offline' | 'online' | 'frozen' | 'resumed'): void;
  /** Its thread is busy, until `unblock` or for so long. */
  block(forMs: number): void;
  unblock(): void;
  crash(): void;
  leave(): void | Promise<void>;
}

/** An attempt that hangs is given up in time for the rig; all else is as by default. */
export const ATTEMPT_TIMEOUT_MS = 2_000;

export function createReader({ name, link, transport, dice, tally, onApplied }: ReaderOptions): Reader {
  const views = new Map<string, View>();
  const byKey = new Map<number, View>();
  const handles = new Map<string, StreamHandle>();
  let worker: RigWorker | undefined;
  let unacknowledged = 0;
  let connected = 0;
  let status = 'idle';
  let left = false;

  const patched = ({ patch, changes }: PatchMessage): void => {
    if (unacknowledged !== 0) tally.violate(`${name}: patch ${patch} while ${unacknowledged} is unacknowledged`);
    unacknowledged = patch;
    let units = 0;
    for (const change of changes) {
      byKey.get(change.key)?.arrived(change);
      for (const { event } of change.entries) units += 'delta' in event ? event.delta.length : 0;
    }
    tally.largestPatch = Math.max(tally.largestPatch, units);
  };
  const onMessage = (message: WorkerMessage): void => {
    if (message.type === 'patch') patched(message);
    if (message.type === 'failure') tally.violate(`${name}: the receiver failed: ${message.message}`);
    if (message.type !== 'connection') return;
    if (message.status === 'connected' && status !== 'connected') connected += 1;
    if (message.status === 'failed')
      tally.violate(`${name}: the connection was given up: ${message.error?.code} ${message.error?.message}`);
    status = message.status;
  };
  const onPosted = (message: PageMessage): void => {
    if (message.type !== 'applied') return;
    unacknowledged = 0;
    onApplied();
  };
  const client: SluiceClient = createClient({
    url: link.url,
    transport,
    detachGraceMs: 0,
    receiver: { attemptTimeoutMs: ATTEMPT_TIMEOUT_MS },
    worker: () => {
      unacknowledged = 0;
      status = 'idle';
      worker = new RigWorker({ random: dice.next, onMessage, onPosted });
      return worker as unknown as Worker;
    },
  });

  return {
    name,
    link,
    views,
    get connection() {
      return client.store.getState().connection;
    },
    get connected() {
      return connected;
    },
    get waits() {
      return !left && [...views.values()].some((view) => !view.over);
    },
    get left() {
      return left;
    },
    join(stream, truth, request) {
      if (left || handles.has(stream.id)) return;
      const { id } = stream;
      const handle = client.attach(request ? { request: requestFor(stream) } : { id });
      const view = createView({ name: `${name} of ${id}`, record: handle.record, truth, tally });
      byKey.set(handle.key, view);
      views.set(id, view);
      handles.set(id, handle);
      handle.subscribe(() => view.look());
    },
    detach(id) {
      handles.get(id)?.release();
      handles.delete(id);
      views.delete(id);
    },
    stop: (id) =>
      client.stop(id).then(
        () => true,
        () => false,
      ),
    signal: (signal) => worker?.signal(signal),
    block: () => worker?.block(),
    unblock: () => worker?.unblock(),
    crash: () => worker?.crash(),
    leave() {
      if (left) return;
      left = true;
      for (const view of views.values()) view.look();
      client.close();
    },
  };
}

export function requestFor({ id, model, options }: PlannedStream): StreamRequest {
  return { id, provider: 'scripted', model, prompt: PROMPT, options: { ...options } };
}

import type { Batch } from '../wire/index.ts';
import { StreamBuffer } from './buffer.ts';
import { type ConnectionCredit, StreamCredit } from './grants.ts';
import type { AttachMessage } from './messages.ts';
import type { Outlet } from './pump.ts';

/** One reading of a stream on one connection. */
export interface Subscription {
  readonly id: number;
  answered: boolean;
  /** Takes the place of one that had fallen silent. */
  readonly again: boolean;
  /** Batches that overtook the answer (WebTransport); bounded by the credit granted. */
  held: Batch[];
}

/** A stream of the relay the page follows: its cursor and its credit, over all its subscriptions. */
export interface Stream extends Outlet {
  readonly key: number;
  readonly channel: string;
  readonly credit: StreamCredit;
  epoch: string;
  /** Last `seq` received; the cursor a reconnect resumes from. */
  received: number;
  /** Last `seq` the page has applied, for the relay to know. */
  applied: number;
  subscription: Subscription | undefined;
  /** When something last came of it, ms since the Unix epoch. */
  heardAt: number;
  /** The terminal event has been received, or there is nothing to follow. */
  over: boolean;
  faults: number;
  /** The connection had no channel left for it; the next that becomes free is its own. */
  waiting: boolean;
  cancelRetry: (() => void) | undefined;
}

/** Not subscribed yet, and waiting for that. */
export function createStream(
  { key, channel, epoch, afterSeq }: AttachMessage,
  connection: ConnectionCredit,
  maxBufferBytes: number,
  nowMs: number,
): Stream {
  const received = epoch === undefined ? 0 : afterSeq;
  return {
    key,
    channel,
    credit: new StreamCredit(connection, nowMs),
    buffer: new StreamBuffer(key, maxBufferBytes, received > 0),
    epoch: epoch ?? '',
    received,
    applied: received,
    subscription: undefined,
    heardAt: 0,
    over: false,
    faults: 0,
    waiting: true,
    cancelRetry: undefined,
  };
}

/** Gives back what of a stream had arrived and the page will not be given. */
export function giveBack({ credit, applied }: Stream, costs: readonly { readonly bytes: number }[]): void {
  for (const { bytes } of costs) credit.drop(bytes, applied);
}

import type { Reader } from './reader.ts';
import type { Tally } from './tally.ts';

export type Outcome =
  /** The connection stood. */
  | 'unnoticed'
  /** A new connection went on from the cursor. */
  | 'resumed'
  /** A new connection over another transport did. */
  | 'switched'
  /** The text came anew, as a snapshot of the same epoch. */
  | 'snapshot'
  /** The log is another incarnation: the relay was killed. */
  | 'new epoch'
  | 'gone'
  /** All that was left had come already. */
  | 'ended'
  /** The next fault came before it was over. */
  | 'overtaken';

/** One fault on one reader, and what came of it. */
export interface Recovery {
  readonly fault: string;
  outcome: Outcome;
  /** From when the way was free again to the next event in the store, ms. */
  recoveryMs: number | undefined;
}

interface Pending {
  readonly recovery: Recovery;
  readonly connected: number;
  readonly transport: string | undefined;
  readonly epochs: number;
  readonly snapshots: number;
  readonly gone: number;
  healedAt: number | undefined;
  /** The first event after it, whichever connection brought it. */
  firstMs: number | undefined;
}

/** Watches one reader recover, one fault at a time. */
export interface Recoveries {
  readonly all: readonly Recovery[];
  /** Does nothing for a reader that waits for nothing. */
  begin(fault: string): void;
  healed(fault: string): void;
  applied(): void;
  /** No more will come. */
  finish(): void;
}

export function createRecoveries(reader: () => Reader, tally: Tally): Recoveries {
  const all: Recovery[] = [];
  let pending: Pending | undefined;
  /** Of the connection there is, or was last. */
  let carrier: string | undefined;

  const settle = (outcome: Outcome, recoveryMs: number | undefined): void => {
    if (pending === undefined) return;
    pending.recovery.outcome = outcome;
    pending.recovery.recoveryMs = recoveryMs;
    pending = undefined;
  };
  const outcome = ({ connected, transport, epochs, snapshots, gone }: Pending): Outcome => {
    const { connection, connected: now } = reader();
    if (tally.gone > gone) return 'gone';
    if (tally.epochs > epochs) return 'new epoch';
    if (tally.snapshots > snapshots) return 'snapshot';
    if (now === connected) return 'unnoticed';
    return transport === undefined || connection.transport === transport ? 'resumed' : 'switched';
  };

  return {
    all,
    begin(fault) {
      const { connected, connection, waits } = reader();
      if (!waits) return;
      settle('overtaken', undefined);
      const recovery: Recovery = { fault, outcome: 'ended', recoveryMs: undefined };
      all.push(recovery);
      const { epochs, snapshots, gone } = tally;
      pending = {
        recovery,
        connected,
        transport: connection.transport ?? carrier,
        epochs,
        snapshots,
        gone,
        healedAt: undefined,
        firstMs: undefined,
      };
    },
    healed(fault) {
      if (pending?.recovery.fault === fault) pending.healedAt ??= performance.now();
    },
    applied() {
      carrier = reader().connection.transport ?? carrier;
      if (pending?.healedAt === undefined) return;
      const since = performance.now() - pending.healedAt;
      pending.firstMs ??= since;
      // What was on its way when the connection broke is no recovery.
      if (reader().connected > pending.connected) settle(outcome(pending), since);
    },
    finish() {
      if (pending === undefined) return;
      const { firstMs } = pending;
      settle(firstMs === undefined ? 'ended' : outcome(pending), firstMs);
    },
  };
}

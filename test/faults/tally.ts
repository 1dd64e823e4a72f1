/** What was counted in one schedule. */
export interface Tally {
  /** Looks at a text. */
  observations: number;
  /** Events folded in, merged ones counted for what they cover. */
  events: number;
  lost: number;
  repeated: number;
  /** Not what the truth has at its place. */
  misplaced: number;
  /** Text taken back within an epoch, bytes. */
  takenBack: number;
  /** Text taken back at a change of the epoch, bytes of UTF-8. */
  withdrawn: number;
  /** Snapshots, within an epoch and with a new one. */
  snapshots: number;
  epochs: number;
  /** Streams the relay no longer had. */
  gone: number;
  /** UTF-16 code units. */
  largestPatch: number;
  /** The most the relay's transports held, bytes, as its own gauge has it. */
  queuedBytes: number;
  readonly violations: string[];
  violate(what: string): void;
}

/** Of one schedule are kept at most; the first says most. */
const MAX_VIOLATIONS = 20;

export function createTally(): Tally {
  const violations: string[] = [];
  return {
    observations: 0,
    events: 0,
    lost: 0,
    repeated: 0,
    misplaced: 0,
    takenBack: 0,
    withdrawn: 0,
    snapshots: 0,
    epochs: 0,
    gone: 0,
    largestPatch: 0,
    queuedBytes: 0,
    violations,
    violate(what) {
      if (violations.length < MAX_VIOLATIONS) violations.push(what);
    },
  };
}

import { isDeepStrictEqual } from 'node:util';
import type { StreamRecord } from '../../src/store/state.ts';
import { isTerminal, type LogEntry, type StreamEvent } from '../../src/wire/index.ts';
import type { StreamChange } from '../../src/worker/messages.ts';
import type { Tally } from './tally.ts';
import type { Truth } from './truth.ts';

export interface ViewOptions {
  readonly name: string;
  readonly record: StreamRecord;
  readonly truth: Truth;
  readonly tally: Tally;
}

/** What is shown now. */
export interface ViewState {
  readonly status: string;
  readonly epoch: string;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  /** `undefined` where only the screen is seen. */
  readonly seq: number | undefined;
  readonly text: string;
}

/** One reader's sight of one stream, held against the truth at every change. */
export interface View {
  readonly state: ViewState;
  /** Nothing more is expected. */
  readonly over: boolean;
  /** A change on its way into the store: its events are the next ones, and the right ones. */
  arrived(change: StreamChange): void;
  /** What the page shows is the truth up to its `seq`. */
  look(): void;
}

export function createView({ name, record, truth, tally }: ViewOptions): View {
  let epoch = '';
  let seq = 0;
  let terminal: StreamEvent | undefined;
  const shown = { generation: record.generation, epoch: '', length: 0 };

  const check = (entry: LogEntry): void => {
    const expected = seq + 1;
    if (entry.fromSeq > expected) {
      tally.lost += entry.fromSeq - expected;
      tally.violate(`${name}: event ${entry.fromSeq} came after ${seq}: ${entry.fromSeq - expected} lost`);
    } else if (entry.fromSeq < expected) {
      tally.repeated += expected - entry.fromSeq;
      tally.violate(`${name}: event ${entry.fromSeq} came after ${seq}: ${expected - entry.fromSeq} repeated`);
    }
    if (terminal !== undefined) tally.violate(`${name}: event ${entry.fromSeq} came after the end, ${terminal.type}`);
    if (!isTrue(entry, truth)) {
      tally.misplaced += 1;
      tally.violate(
        `${name}: events ${entry.fromSeq} to ${entry.seq} are not what the truth has there: ${JSON.stringify(entry.event).slice(0, 200)}`,
      );
    }
    tally.events += entry.seq - entry.fromSeq + 1;
    seq = entry.seq;
    if (isTerminal(entry.event)) terminal = entry.event;
  };

  return {
    get state() {
      const { status, epoch, error } = record.summary;
      return { status, epoch, error, seq: record.seq, text: record.text.toString() };
    },
    get over() {
      const { status } = record.summary;
      return status !== 'pending' && status !== 'streaming';
    },
    arrived(change) {
      if (change.reset !== undefined) {
        if (epoch === change.epoch || epoch === '') tally.snapshots += 1;
        else tally.epochs += 1;
        seq = 0;
        terminal = undefined;
      } else if (epoch !== '' && epoch !== change.epoch && change.entries.length > 0) {
        tally.violate(`${name}: the epoch changed from ${epoch} to ${change.epoch} without a reset`);
      }
      if (change.gone === true) tally.gone += 1;
      else epoch = change.epoch;
      for (const entry of change.entries) check(entry);
    },
    look() {
      tally.observations += 1;
      const { text, generation, summary } = record;
      const { length } = text;
      if (generation !== shown.generation) {
        if (length < shown.length) {
          const bytes = Buffer.byteLength(truth.text.slice(length, shown.length));
          if (summary.epoch === shown.epoch) {
            tally.takenBack += bytes;
            tally.violate(`${name}: ${bytes} bytes were taken back within an epoch`);
          } else tally.withdrawn += bytes;
        }
        shown.length = 0;
      } else if (length < shown.length) {
        tally.takenBack += shown.length - length;
        tally.violate(`${name}: the text shrank from ${shown.length} to ${length} within a generation`);
        shown.length = 0;
      }
      // A terminal event that is not the truth's own takes the place of one that is.
      const allowed = [truth.textUntil[record.seq], ...(this.over ? [truth.textUntil[record.seq - 1]] : [])];
      if (!allowed.includes(length)) {
        tally.violate(`${name}: ${length} code units are shown at event ${record.seq}, where the truth has ${allowed.join(' or ')}`);
      }
      if (text.from(shown.length) !== truth.text.slice(shown.length, length)) {
        tally.violate(`${name}: what is shown is no prefix of the truth, from ${shown.length} on`);
      }
      Object.assign(shown, { generation, epoch: summary.epoch, length });
    },
  };
}

/** Whether the entry is what the truth has in its range. */
function isTrue({ fromSeq, seq, event }: LogEntry, { events }: Truth): boolean {
  const first = events[fromSeq - 1];
  if (event.type === 'error' || event.type === 'stopped') return fromSeq === seq && fromSeq <= events.length;
  if (first === undefined || first.type !== event.type) return false;
  if (event.type === 'start') return first.type === 'start' && first.model === event.model;
  if (!('delta' in event)) return fromSeq === seq && isDeepStrictEqual(first, event);
  let delta = '';
  for (const part of events.slice(fromSeq - 1, seq)) {
    if (part.type !== event.type || part.part !== event.part) return false;
    delta += part.delta;
  }
  return delta === event.delta;
}

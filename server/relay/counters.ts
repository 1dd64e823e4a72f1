import type { SubscribedFrame } from '../../src/wire/index.ts';

/** What all sessions have been sent. */
export interface SessionCounters {
  deliveredBatches: number;
  deliveredBytes: number;
  deliveredEvents: number;
  /** Of those, events that were part of a delta before them. */
  coalescedEvents: number;
  readonly answers: Record<Answer, number>;
  /** Answers to readers that had a place in the stream. */
  readonly recoveries: Record<Answer, number>;
  /** Events that `recovered` announced. */
  recoveredEvents: number;
}

type Answer = SubscribedFrame['answer'];

export function createSessionCounters(): SessionCounters {
  const answers = { live: 0, recovered: 0, reset: 0, gone: 0 };
  return {
    deliveredBatches: 0,
    deliveredBytes: 0,
    deliveredEvents: 0,
    coalescedEvents: 0,
    answers,
    recoveries: { ...answers },
    recoveredEvents: 0,
  };
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEntry, SubscribeFrame } from '../../src/wire/index.ts';
import { batch, entry, text } from './entries.ts';
import { Reader } from './reader.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);
const LENGTH = 30;

/** The whole log of a stream, `seq` 1 to `LENGTH`. */
function slice(fromSeq: number, toSeq: number): LogEntry[] {
  const entries: LogEntry[] = [];
  for (let seq = fromSeq; seq <= Math.min(toSeq, LENGTH - 1); seq += 1) entries.push(text(seq));
  if (toSeq >= LENGTH) entries.push(entry(LENGTH, { type: 'finish', reason: 'stop' }));
  return entries;
}

const whole = Array.from({ length: LENGTH - 1 }, (_, index) => `${index + 1} `).join('');

type Step =
  | { readonly type: 'answer' | 'reset' | 'cut' | 'applied' }
  /** The next events, from `skip` too early or too late, and `count` of them. */
  | { readonly type: 'deliver'; readonly skip: number; readonly count: number }
  | { readonly type: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('deliver' as const),
      skip: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -4, max: 4 }) }),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ type: 'answer' as const }) },
  fc.constantFrom({ type: 'reset' as const }, { type: 'cut' as const }, { type: 'applied' as const }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }),
);

/** A relay of one stream that does not always behave; it follows what the reader subscribes to. */
class Relay {
  readonly reader: Reader = new Reader({ maxBufferBytes: 700 });
  subscription: SubscribeFrame | undefined;
  cursor = 0;
  epoch = 1;
  answered = false;

  constructor() {
    this.reader.attach(1);
    this.connect();
  }

  connect(): void {
    this.reader.subscriptions.down();
    this.take(this.reader.greet().filter((frame) => frame.type === 'subscribe'));
  }

  /** Follows the reader's own subscriptions. */
  take(frames: readonly SubscribeFrame[] = this.reader.subscribes()): void {
    const last = frames.at(-1);
    if (last === undefined) return;
    this.subscription = last;
    this.cursor = last.afterSeq;
    this.answered = false;
  }

  play(step: Step): void {
    const { reader, subscription } = this;
    switch (step.type) {
      case 'answer':
      case 'reset': {
        if (subscription === undefined || this.answered) break;
        this.answered = true;
        const mine = subscription.afterSeq === 0 || subscription.epoch === `e${this.epoch}`;
        if (step.type === 'reset') this.epoch += 1;
        if (step.type === 'reset' || !mine) this.cursor = 0;
        reader.answer(subscription.subscription, step.type === 'reset' || !mine ? 'reset' : 'recovered', {
          epoch: `e${this.epoch}`,
          seq: this.cursor,
        });
        break;
      }
      case 'deliver': {
        // Only what a relay of one epoch can send: not before it knows which.
        if (subscription === undefined || !this.answered) break;
        const from = Math.max(1, this.cursor + 1 + step.skip);
        if (from > LENGTH) break;
        const to = Math.min(LENGTH, from + step.count - 1);
        reader.batches(subscription.subscription, batch(slice(from, to)));
        if (step.skip === 0) this.cursor = to;
        break;
      }
      case 'cut':
        this.connect();
        break;
      case 'applied':
        reader.applied();
        break;
      case 'wait':
        reader.clock.advance(step.ms);
        break;
    }
    this.take();
  }

  get ended(): string | undefined {
    const changes = this.reader.patches.flatMap((patch) => patch.changes);
    return changes.findLast(({ status }) => status !== undefined)?.status;
  }
}

test(`[SQ10] [CN16] however a relay repeats, skips, resets and breaks off, the text is exact and the stream is never lost (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const relay = new Relay();
      for (const one of steps) relay.play(one);
      // From now on it behaves.
      for (let round = 0; round < 20; round += 1) {
        relay.play({ type: 'answer' });
        relay.play({ type: 'deliver', skip: 0, count: LENGTH });
        relay.reader.drain();
        relay.take();
      }
      // Five faults in a row give a stream up, which is no loss that goes unsaid.
      if (relay.ended === 'failed') return;
      expect(relay.ended).toBe('done');
      expect(relay.reader.text(1)).toBe(whole);
      let seq = 0;
      for (const change of relay.reader.patches.flatMap(({ changes }) => changes)) {
        if (change.reset !== undefined) seq = 0;
        for (const { fromSeq, seq: last } of change.entries) {
          expect(fromSeq).toBe(seq + 1);
          seq = last;
        }
      }
    }),
    { seed, numRuns: 300 },
  );
});

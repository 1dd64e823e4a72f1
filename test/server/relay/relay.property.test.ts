import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createMemoryStorage, createSqliteStorage } from '../../../server/log/index.ts';
import { foldedText } from '../../../src/wire/index.ts';
import { startCore } from '../../support/core.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';

/**
 * A reader that keeps every rule: drops nothing, resumes from its own cursor, grants what it likes.
 * Whatever the schedule, it must see each `seq` of an epoch exactly once, in order, or be reset.
 */
class Follower {
  received = 0;
  epoch: string | undefined;
  text = '';
  peer: MemoryPeer | undefined;
  #seen = 0;
  #subscription = 0;
  #credit = 0;

  connect(core: ReturnType<typeof startCore>, credit: number): void {
    this.peer?.leave();
    this.peer = new MemoryPeer(core);
    this.#seen = 0;
    this.#subscription = 1;
    this.#credit = credit;
    this.peer.hello(Number.MAX_SAFE_INTEGER);
    this.peer.subscribe(1, 'stream:a', { ...(this.epoch === undefined ? {} : { epoch: this.epoch }), afterSeq: this.received, credit });
  }

  resubscribe(credit: number): void {
    if (this.peer === undefined) return;
    this.pull();
    this.peer.say({ type: 'unsubscribe', subscription: this.#subscription });
    this.#subscription += 1;
    this.#credit = credit;
    this.peer.subscribe(this.#subscription, 'stream:a', {
      ...(this.epoch === undefined ? {} : { epoch: this.epoch }),
      afterSeq: this.received,
      credit,
    });
  }

  grant(bytes: number): void {
    this.#credit += bytes;
    this.peer?.say({
      type: 'credit',
      connectionLimit: 0,
      grants: [{ subscription: this.#subscription, limit: this.#credit, appliedSeq: this.received }],
    });
  }

  pull(): void {
    const frames = this.peer?.frames ?? [];
    for (; this.#seen < frames.length; this.#seen += 1) {
      const frame = frames[this.#seen];
      if (frame !== undefined && 'subscription' in frame && frame.subscription !== this.#subscription) continue;
      if (frame?.type === 'subscribed') {
        if (frame.answer === 'reset') {
          this.received = 0;
          this.text = '';
        }
        this.epoch = frame.epoch;
      }
      if (frame?.type !== 'batches') continue;
      for (const batch of frame.batches) {
        expect(batch.fromSeq).toBe(this.received + 1);
        this.received = batch.toSeq;
        for (const { event } of batch.entries) if (event.type === 'text') this.text += event.delta;
      }
    }
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('text' as const),
      delta: fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
      times: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('data' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('grant' as const), who: fc.nat(2), bytes: fc.nat(3_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('connect' as const), who: fc.nat(2), bytes: fc.nat(2_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resubscribe' as const), who: fc.nat(2), bytes: fc.nat(2_000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
);

const storages = {
  memory: { numRuns: 150, open: () => createMemoryStorage({ keepBytes: 4_000 }) },
  // Fewer, since each makes its files anew.
  sqlite: { numRuns: 60, open: () => createSqliteStorage({ directory: temporaryDirectory(), keepBytes: 4_000, commitEvents: 50 }) },
};

test.for(Object.entries(storages))(
  '[SQ1] [SQ7] [SQ8] [SQ11] [CR1] any schedule of appends, credit, leaving and resuming shows every reader the same text, once (%s)',
  {
    timeout: 60_000,
  },
  async ([, { numRuns, open }]) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80 }), async (steps) => {
        const core = startCore({ flushIntervalMs: 1, maxMessagesPerSecond: 1_000_000 }, { storage: open() });
        const source = new ManualSource();
        core.streams.create({ id: 'a', source });
        const followers = [new Follower(), new Follower(), new Follower()];
        let truth = '';
        for (const action of steps) {
          if (action.do === 'text') {
            for (let index = 0; index < action.times; index += 1) source.text(action.delta);
            truth += action.delta.repeat(action.times);
          } else if (action.do === 'data') source.push({ type: 'data', name: 'd', value: 1 });
          else if (action.do === 'turn') await new Promise((resolve) => setImmediate(resolve));
          else followers[action.who]?.[action.do === 'grant' ? 'grant' : 'resubscribe'](action.bytes);
          if (action.do === 'connect') followers[action.who]?.connect(core, action.bytes);
          for (const follower of followers) {
            follower.pull();
            expect(truth.startsWith(follower.text)).toBe(true);
          }
        }
        source.end();
        for (const follower of followers) {
          if (follower.peer === undefined) follower.connect(core, 0);
          follower.grant(10_000_000);
        }
        await vi.waitFor(
          () => {
            for (const follower of followers) {
              follower.pull();
              expect(follower.text).toBe(truth);
            }
          },
          { interval: 1 },
        );
        const fold = core.streams.fold('a')?.fold;
        expect(fold && foldedText(fold)).toBe(truth);
        core.close();
      }),
      { seed: 20_261_122, numRuns },
    );
  },
);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CreditAccount, creditWindowDefaults, type LogEntry } from '../../src/wire/index.ts';
import { batch, entry, text } from './entries.ts';
import { Reader } from './reader.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);
const { initialBytes, maxBytes, idleMs } = creditWindowDefaults;
const STREAMS = 5;
const LENGTH = 60;
/** One batch an event; now and then one that is larger than a window. */
const bytesOf = (seq: number): number => (seq % 23 === 0 ? 60_000 : 1_000 + ((seq * 7_919) % 15_000));
const LARGEST = 60_000;

type Step =
  /** The relay answers, and puts as many batches of a stream on their way as it may, up to `count`. */
  | { readonly type: 'send'; readonly stream: number; readonly count: number }
  /** So many of those on their way arrive. */
  | { readonly type: 'arrive'; readonly count: number }
  /** What is on its way is lost. */
  | { readonly type: 'cut' | 'applied' }
  /** The relay has another log under the name. */
  | { readonly type: 'renew' | 'leave'; readonly stream: number }
  | { readonly type: 'wait'; readonly ms: number };

const stream = fc.nat(STREAMS - 1);
const step = (appliedWeight: number, maxWaitMs: number): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ type: fc.constant('send' as const), stream, count: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 8, arbitrary: fc.record({ type: fc.constant('arrive' as const), count: fc.integer({ min: 1, max: 20 }) }) },
    { weight: 3, arbitrary: fc.constant({ type: 'cut' as const }) },
    { weight: appliedWeight, arbitrary: fc.constant({ type: 'applied' as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('renew' as const, 'leave' as const), stream }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: maxWaitMs }) }) },
  );

/** A stream as the relay has it, and what the page has of it. */
interface Side {
  key: number;
  epoch: number;
  id: number;
  answered: boolean;
  /** Next to send. */
  cursor: number;
  credit: CreditAccount;
  /** Last `seq` the reader has received. */
  received: number;
}

/** A relay that keeps to credit, and a page that takes patches when it is told to. Counts what is between the two. */
class Bench {
  readonly reader: Reader = new Reader({ maxBufferBytes: 30_000 });
  readonly sides: Side[] = [];
  #connection = new CreditAccount(0);
  #wire: (() => void)[] = [];
  #keys = 0;
  #taken = 0;
  /** Of the patch the page has not taken, by key. */
  #patch = new Map<number, number>();
  /** Last `seq` posted, by key. */
  #posted = new Map<number, number>();

  constructor() {
    for (let index = 0; index < STREAMS; index += 1) this.sides.push(this.#attach());
    this.cut();
  }

  /** Bytes of each stream in the worker, or posted and not taken. */
  get held(): number[] {
    return this.sides.map(({ key, received }) => {
      let bytes = this.#patch.get(key) ?? 0;
      for (let seq = (this.#posted.get(key) ?? 0) + 1; seq <= received; seq += 1) bytes += bytesOf(seq);
      return bytes;
    });
  }

  /** Of all streams, those that were left included. */
  get heldInAll(): number {
    const left = [...this.#patch].filter(([key]) => this.sides.every((side) => side.key !== key));
    return [...this.held, ...left.map(([, bytes]) => bytes)].reduce((sum, bytes) => sum + bytes, 0);
  }

  play(one: Step): void {
    switch (one.type) {
      case 'send':
        this.#send(this.sides[one.stream] as Side, one.count);
        break;
      case 'arrive':
        for (const arrive of this.#wire.splice(0, one.count)) arrive();
        break;
      case 'cut':
        this.cut();
        break;
      case 'applied':
        this.#patch.clear();
        this.reader.applied();
        break;
      case 'renew': {
        // Told at the next subscription.
        const side = this.sides[one.stream] as Side;
        side.epoch += 1;
        break;
      }
      case 'leave': {
        const { key } = this.sides[one.stream] as Side;
        this.reader.subscriptions.detach(key);
        this.reader.settled();
        this.sides[one.stream] = this.#attach();
        break;
      }
      case 'wait':
        this.reader.clock.advance(one.ms);
        break;
    }
    this.#look();
  }

  cut(): void {
    this.#wire = [];
    this.reader.subscriptions.down();
    this.reader.sent();
    const { credit, frames } = this.reader.subscriptions.greet();
    this.#connection = new CreditAccount(credit);
    this.#hear(frames);
    this.reader.settled();
    this.#look();
  }

  /** The limits of a connection made now. */
  limits(): number[] {
    this.cut();
    return [this.#connection.available, ...this.sides.map(({ credit }) => credit.available)];
  }

  end(): void {
    for (const side of this.sides) {
      this.reader.batches(side.id, batch([entry(side.received + 1, { type: 'finish', reason: 'stop' })], 10));
    }
    this.reader.drain();
  }

  #attach(): Side {
    this.#keys += 1;
    const side = { key: this.#keys, epoch: 1, id: 0, answered: false, cursor: 0, credit: new CreditAccount(0), received: 0 };
    this.reader.attach(side.key);
    return side;
  }

  #send(side: Side, count: number): void {
    const { id } = side;
    if (id === 0) return;
    if (!side.answered) {
      side.answered = true;
      const epoch = `e${side.epoch}`;
      const isReset = side.cursor > 0 && this.#epochs.get(side.key) !== epoch;
      if (isReset) side.cursor = 0;
      const answer = isReset ? 'reset' : 'recovered';
      this.#wire.push(() => {
        this.#epochs.set(side.key, epoch);
        if (isReset) {
          side.received = 0;
          this.#posted.set(side.key, 0);
        }
        this.reader.answer(id, answer, { epoch, seq: LENGTH });
        this.#look();
      });
    }
    for (let sent = 0; sent < count && side.cursor < LENGTH; sent += 1) {
      if (side.credit.available <= 0 || this.#connection.available <= 0) return;
      side.cursor += 1;
      const seq = side.cursor;
      side.credit.spend(bytesOf(seq));
      this.#connection.spend(bytesOf(seq));
      this.#wire.push(() => {
        // Of a stream that was left nothing is kept.
        if (side.id === id && this.sides.includes(side)) side.received = seq;
        this.reader.batches(id, batch([text(seq)], bytesOf(seq)));
        this.#look();
      });
    }
  }

  /** What the reader has of each, by key. */
  readonly #epochs = new Map<number, string>();

  /** Takes note of what the reader has said and posted. */
  #look(): void {
    this.#hear(this.reader.sent());
    for (const { changes } of this.reader.patches.slice(this.#taken)) {
      this.#patch.clear();
      for (const { key, entries, reset } of changes) {
        if (reset !== undefined) this.#posted.set(key, 0);
        this.#patch.set(
          key,
          entries.flatMap(seqs).reduce((sum, seq) => sum + bytesOf(seq), 0),
        );
        this.#posted.set(key, entries.at(-1)?.seq ?? this.#posted.get(key) ?? 0);
      }
    }
    this.#taken = this.reader.patches.length;
  }

  #hear(frames: ReturnType<Reader['sent']>): void {
    for (const frame of frames) {
      if (frame.type === 'subscribe') {
        const side = this.sides.find(({ key }) => `stream:${key}` === frame.channel);
        if (side === undefined) continue;
        side.id = frame.subscription;
        side.answered = false;
        side.cursor = frame.afterSeq;
        side.credit = new CreditAccount(frame.credit);
      } else if (frame.type === 'credit') {
        this.#connection.raise(frame.connectionLimit);
        for (const grant of frame.grants) this.sides.find(({ id }) => id === grant.subscription)?.credit.raise(grant.limit);
      }
    }
  }
}

function seqs({ fromSeq, seq }: LogEntry): number[] {
  return Array.from({ length: seq - fromSeq + 1 }, (_, index) => fromSeq + index);
}

const whole = Array.from({ length: LENGTH }, (_, index) => `${index + 1} `).join('');

/** Plays, then lets the page take everything from a relay that goes on: nothing is stuck, lost, or owed for ever. */
function check(steps: readonly Step[], windowBytes: number, connectionBytes: number): void {
  const bench = new Bench();
  for (const one of steps) {
    bench.play(one);
    for (const bytes of bench.held) expect(bytes).toBeLessThan(windowBytes + LARGEST);
    expect(bench.heldInAll).toBeLessThan(connectionBytes + LARGEST);
  }
  for (let round = 0; round < 100 && bench.sides.some(({ received, answered }) => !answered || received < LENGTH); round += 1) {
    for (let index = 0; index < STREAMS; index += 1) bench.play({ type: 'send', stream: index, count: LENGTH });
    bench.play({ type: 'arrive', count: STREAMS * (LENGTH + 1) });
    bench.play({ type: 'wait', ms: 200 });
    bench.play({ type: 'applied' });
  }
  bench.reader.drain();
  for (const { key } of bench.sides) expect(bench.reader.text(key)).toBe(whole);
  bench.play({ type: 'wait', ms: 2 * idleMs });
  expect(bench.limits()).toEqual([4 * initialBytes, ...bench.sides.map(() => initialBytes)]);
}

test(`[CR10] a page that takes nothing is owed one window a stream at most, whatever breaks (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(step(0, 1_500), { maxLength: 150, size: 'max' }), (steps) => check(steps, initialBytes, 4 * initialBytes)),
    { seed, numRuns: 200 },
  );
});

test(`[CR10] [CR5] nor does a page that takes it late or quickly ever hold more than a window, and nothing is stuck (seed ${seed})`, () => {
  // A page that takes as much in one go as it has window doubles it, once for each second of silence.
  const late = fc
    .array(step(1, 1_500), { maxLength: 150, size: 'max' })
    .map((steps) => steps.flatMap((one): Step[] => (one.type === 'applied' ? [{ type: 'wait', ms: idleMs + 1 }, one] : [one])));
  fc.assert(
    fc.property(late, (steps) => check(steps, 2 * initialBytes, 8 * initialBytes)),
    { seed, numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.array(step(5, 400), { maxLength: 150, size: 'max' }), (steps) => check(steps, maxBytes, maxBytes)),
    { seed, numRuns: 200 },
  );
});

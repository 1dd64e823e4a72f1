import { vi } from 'vitest';
import { createParserHost, type ParserHost } from '../../../src/markdown/host.ts';
import type { DocumentChange, FromParser, HandedTexts, ToParser } from '../../../src/markdown/index.ts';
import { createParser, type Parsing } from '../../../src/react/markdown/parser.ts';
import { createStreamStore } from '../../../src/store/index.ts';
import { type LogEntry, mergeEntries } from '../../../src/wire/index.ts';
import { StreamBuffer } from '../../../src/worker/buffer.ts';
import type { PageMessage, PatchMessage } from '../../../src/worker/messages.ts';
import { Pump } from '../../../src/worker/pump.ts';
import { Taps } from '../../../src/worker/taps.ts';
import { createFold, type Fold } from '../../markdown/fold.ts';
import { ManualClock } from '../../worker/clock.ts';

/** Of a port that another thread holds the other end of. */
interface TestPort {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(data: unknown): void;
  close(): void;
}

const key = 1;

interface TestReceiver {
  readonly pump: Pump;
  readonly taps: Taps;
  readonly buffer: StreamBuffer;
  received: number;
  readonly epoch: string;
}

/**
 * A page, its receiver and its parser with nothing between them but queues, which a test empties in the order it likes: no message
 * arrives before `deliver` says so. The receiver reads a log that the test writes.
 */
export class World {
  readonly clock: ManualClock = new ManualClock();
  readonly toReceiver: PageMessage[] = [];
  readonly toPage: PatchMessage[] = [];
  readonly toParser: { readonly worker: TestWorker; readonly message: ToParser }[] = [];
  readonly fromParser: { readonly worker: TestWorker; readonly message: FromParser }[] = [];
  readonly handed: { readonly port: TestPort; readonly data: HandedTexts }[] = [];
  readonly store: ReturnType<typeof createStreamStore>;
  readonly record: ReturnType<World['store']['create']>;
  fold: Fold = createFold();
  limit: number = Number.POSITIVE_INFINITY;
  /** The document is final. */
  isFinal = false;
  /** Patches whose text the parser was handed, and units of text the page sent. */
  handings = 0;
  sent = 0;
  deaths = 0;
  /** What a change told of beyond what was in the store. */
  readonly ahead: DocumentChange[] = [];
  #worker: TestWorker | undefined;
  #isOver = false;
  readonly #ready = new Set<TestWorker>();
  #log: { epoch: string; entries: readonly LogEntry[] };
  #receiver: TestReceiver;
  readonly #parsing: Parsing;

  constructor(epoch: string, entries: readonly LogEntry[]) {
    this.#log = { epoch, entries };
    this.store = createStreamStore({ maxIdleStreams: 10, maxIdleBytes: 1e9, onEvict() {}, now: () => 1 });
    this.record = this.store.create(key, 'a');
    this.#receiver = this.#startReceiver();
    const { record } = this;
    const handle = {
      key,
      record,
      tell: (message: PageMessage) => void this.toReceiver.push(message),
      subscribe: (listener: () => void) => this.store.subscribe(key, listener),
      stop: () => Promise.resolve(),
      release() {},
    };
    const parser = createParser(
      () => {
        this.#worker = new TestWorker(this);
        return this.#worker as unknown as Worker;
      },
      () => {},
    );
    let { generation } = record;
    const restart = (): void => {
      this.fold = createFold();
      this.isFinal = false;
    };
    this.#parsing = parser.open({
      syntax: {},
      handle,
      text: () => record.text,
      limit: () => this.limit,
      ended: () => this.hasEnded,
      onChange: (change) => {
        if (change.reach > record.text.length || (change.ended && !this.hasEnded)) this.ahead.push(change);
        this.fold.apply(change.ops);
        this.isFinal = change.ended;
      },
      onRestart: restart,
      onFailed() {
        throw new Error('There is no parser.');
      },
    });
    handle.subscribe(() => {
      if (record.generation === generation) this.#parsing.follow();
      else {
        generation = record.generation;
        restart();
        this.#parsing.restart();
      }
    });
  }

  get hasEnded(): boolean {
    const { status } = this.record.summary;
    return status !== 'pending' && status !== 'streaming';
  }

  /** The receiver reads so many entries more. */
  read(count: number): void {
    const { buffer, pump, received, epoch } = this.#receiver;
    const entries = this.#log.entries.slice(received, received + count);
    if (entries.length === 0 || this.#isOver) return;
    this.#receiver.received += entries.length;
    buffer.push(entries, entries.length, undefined, this.clock.now());
    pump.mark({ buffer, epoch });
    pump.run();
  }

  /** The log begins anew: in another epoch, or, compacted, in the same. */
  reset(epoch: string = this.#log.epoch, entries: readonly LogEntry[] = mergeEntries(this.#log.entries)): void {
    this.#log = { epoch, entries };
    const { pump, taps, buffer } = this.#receiver;
    buffer.reset(0, this.clock.now());
    this.#receiver = { pump, taps, buffer, received: 0, epoch };
    pump.mark(this.#receiver);
    pump.run();
  }

  /** Another receiver takes the place of the one there was, which takes what it had said and not been heard with it. */
  replaceReceiver(): void {
    this.#receiver.pump.close();
    this.toPage.length = 0;
    this.toReceiver.length = 0;
    this.#receiver = this.#startReceiver();
  }

  /** Where it has begun: one that cannot start is another matter. */
  crashParser(): void {
    if (this.#worker === undefined || !this.#ready.has(this.#worker)) return;
    this.deaths += 1;
    this.#worker.onerror?.({ message: 'out of memory' });
  }

  pace(limit: number): void {
    this.limit = limit;
    this.#parsing.update();
  }

  /** The page gives up: nothing more comes of its receiver. */
  fail(): void {
    this.#isOver = true;
    this.store.fail(key, { code: 'worker_failed', message: 'The client is over.', retryable: false });
    this.#receiver.pump.close();
    this.toPage.length = 0;
  }

  /** The next message of a queue arrives. Returns whether there was one. */
  deliver(queue: 'toReceiver' | 'toPage' | 'toParser' | 'fromParser' | 'handed'): boolean {
    switch (queue) {
      case 'toReceiver': {
        const message = this.toReceiver.shift();
        if (message?.type === 'tap') this.#receiver.taps.open(message);
        else if (message?.type === 'untap') this.#receiver.taps.close(message.key, message.tap);
        else if (message?.type === 'applied') {
          this.#receiver.pump.applied(message.patch);
          this.#receiver.pump.run();
        }
        return message !== undefined;
      }
      case 'toPage': {
        const message = this.toPage.shift();
        if (message === undefined) return false;
        if (message.changes.some(({ handed }) => handed !== undefined)) this.handings += 1;
        this.store.apply(message.changes);
        this.toReceiver.push({ type: 'applied', patch: message.patch });
        return true;
      }
      case 'toParser': {
        const next = this.toParser.shift();
        next?.worker.host.receive(next.message);
        return next !== undefined;
      }
      case 'fromParser': {
        const next = this.fromParser.shift();
        if (next?.message.type === 'ready') this.#ready.add(next.worker);
        next?.worker.onmessage?.({ data: next.message });
        return next !== undefined;
      }
      case 'handed': {
        const next = this.handed.shift();
        next?.port.onmessage?.({ data: next.data });
        return next !== undefined;
      }
    }
  }

  runParser(): boolean {
    return this.#worker?.runTask() ?? false;
  }

  /** What microtasks have put off. */
  async settle(): Promise<void> {
    for (let count = 0; count < 4; count += 1) await Promise.resolve();
  }

  /** Everything arrives, in an order in which it may. */
  async drain(): Promise<void> {
    for (let quiet = 0, rounds = 0; quiet < 3; rounds += 1) {
      if (rounds > 1_000) throw new Error('There is no end of messages.');
      this.read(1_000);
      this.clock.advance(200);
      let moved = false;
      for (const queue of ['toReceiver', 'handed', 'toPage', 'toParser', 'fromParser'] as const) {
        while (this.deliver(queue)) moved = true;
        await this.settle();
      }
      while (this.runParser()) moved = true;
      quiet = moved ? 0 : quiet + 1;
    }
  }

  #startReceiver(): TestReceiver {
    const { epoch, afterSeq } = this.store.cursor(key);
    // Within what was compacted nothing can be read from a cursor (SQ8).
    const at = epoch === this.#log.epoch ? this.#log.entries.findIndex(({ seq }) => seq === afterSeq) : -1;
    const received = at + 1;
    const taps = new Taps();
    const buffer = new StreamBuffer(key, 20, received > 0);
    const pump = new Pump(
      { patchIntervalMs: 16, maxStalenessMs: 100 },
      this.clock,
      (message) => {
        if (this.#receiver.pump === pump && !this.#isOver) this.toPage.push(message);
      },
      () => {},
      taps,
    );
    if (epoch !== undefined && at < 0) buffer.reset(0, this.clock.now());
    return { pump, taps, buffer, received, epoch: this.#log.epoch };
  }
}

/** In place of the parser's worker: the parser itself, behind the world's queues. */
class TestWorker {
  onmessage: ((event: { data: FromParser }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  readonly host: ParserHost;
  readonly #world: World;
  #task: (() => void) | undefined;

  constructor(world: World) {
    this.#world = world;
    let time = 0;
    this.host = createParserHost((message) => world.fromParser.push({ worker: this, message: structuredClone(message) }), {
      now() {
        time += 0.2;
        return time;
      },
      scheduler: (task) => ({
        schedule: () => {
          this.#task = task;
        },
        close: () => {
          this.#task = undefined;
        },
      }),
    });
  }

  postMessage(message: ToParser): void {
    if (message.type === 'text') for (const { text } of message.texts) this.#world.sent += text.length;
    this.#world.toParser.push({ worker: this, message });
  }

  terminate(): void {
    this.host.close();
  }

  runTask(): boolean {
    const task = this.#task;
    this.#task = undefined;
    task?.();
    return task !== undefined;
  }
}

/** Has ports deliver into the queue of the world there is. */
export function stubPorts(world: () => World): void {
  const createPort = (other: () => TestPort): TestPort => {
    let isOpen = true;
    return {
      onmessage: null,
      postMessage(data) {
        if (isOpen) world().handed.push({ port: other(), data: structuredClone(data) as HandedTexts });
      },
      close() {
        isOpen = false;
      },
    };
  };
  vi.stubGlobal(
    'MessageChannel',
    class {
      readonly port1: TestPort = createPort(() => this.port2);
      readonly port2: TestPort = createPort(() => this.port1);
    },
  );
}

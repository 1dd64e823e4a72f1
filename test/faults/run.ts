import { setTimeout as delay } from 'node:timers/promises';
import { askRelay } from './control.ts';
import { createDice } from './dice.ts';
import { type Ending, judge } from './judge.ts';
import { createLink, type Link } from './link.ts';
import type { Log, PlannedStream, Schedule, Step, Transport } from './plan.ts';
import { createReader, type Reader, type ReaderOptions } from './reader.ts';
import { createRecoveries, type Recoveries, type Recovery } from './recovery.ts';
import { createRigRelay, type RigRelay } from './relay.ts';
import { createTally, type Tally } from './tally.ts';
import { PROMPT, type Truth, truthOf } from './truth.ts';

/** What came of one schedule. */
export interface Result extends Omit<Tally, 'violate'> {
  readonly seed: number;
  readonly transport: Transport;
  readonly log: Log;
  readonly client: 'node' | 'chromium';
  readonly tookMs: number;
  readonly recoveries: readonly Recovery[];
  /** By what they ended as, one for each reader and stream. */
  readonly endings: Readonly<Record<Ending, number>>;
  readonly transportsUsed: readonly string[];
  readonly datagrams: Link['datagrams'];
}

/** After the last step everything heals; so long it may take until every reader has the end. */
const SETTLE_MS = 60_000;
/** Looks in between. One that comes later, because the machine has others to serve, counts for no more than two. */
const TURN_MS = 10;

/** The most credit a connection has (`src/wire/credit.ts`, CR5), and one batch beyond it (CR2). */
const MAX_PATCH_UNITS = 1_048_576 + 65_536;
/** Of one connection: `maxBufferedBytes` of the relay, and one delivery of that size beyond it. */
const MAX_QUEUED_BYTES = 2 * 262_144 + 65_536;

/** Who reads. */
export interface Clients {
  readonly name: 'node' | 'chromium';
  /** Of the pages, for the relay to allow. */
  readonly allowedOrigins: readonly string[];
  open(options: ReaderOptions): Reader | Promise<Reader>;
}

const nodeClients: Clients = { name: 'node', allowedOrigins: [], open: createReader };

export async function runSchedule(schedule: Schedule, clients: Clients = nodeClients): Promise<Result> {
  const run = new Run(schedule, clients);
  try {
    await run.start();
    await run.play();
    await run.settle();
    return await run.result();
  } finally {
    await run.close();
  }
}

class Run {
  readonly #schedule: Schedule;
  readonly #clients: Clients;
  readonly #tally = createTally();
  readonly #relay: RigRelay;
  readonly #links: Link[] = [];
  readonly #readers: Reader[] = [];
  readonly #recoveries: Recoveries[] = [];
  readonly #truths = new Map<string, Truth>();
  /** What may have ended a stream early. */
  readonly #asked = { stopped: new Set<string>(), kills: 0 };
  readonly #transportsUsed = new Set<string>();
  readonly #later: Promise<void>[] = [];
  readonly #startedAt = performance.now();
  #watched: Promise<void> | undefined;

  constructor(schedule: Schedule, clients: Clients) {
    this.#schedule = schedule;
    this.#clients = clients;
    const { log, killable, maxReplayBytes, keepBytes, transport } = schedule;
    const webTransport = transport === 'webtransport' || transport === 'auto';
    this.#relay = createRigRelay({ log, killable, maxReplayBytes, keepBytes, webTransport, allowedOrigins: clients.allowedOrigins });
  }

  async start(): Promise<void> {
    const { seed, weathers, streams, transport } = this.#schedule;
    const dice = createDice(seed, 'run');
    const address = await this.#relay.start();
    for (const { id, model, options } of streams) this.#truths.set(id, await truthOf(model, options));
    for (const [index, weather] of weathers.entries()) {
      const link = await createLink(weather, dice.fork(`link ${index}`));
      link.lead(address);
      this.#links.push(link);
      const recoveries = createRecoveries(() => reader, this.#tally);
      const reader: Reader = await this.#clients.open({
        name: `reader ${index}`,
        link,
        transport,
        dice: dice.fork(`client ${index}`),
        tally: this.#tally,
        onApplied: () => {
          recoveries.applied();
          const used = reader.connection.transport;
          if (used !== undefined) this.#transportsUsed.add(used);
        },
      });
      this.#recoveries.push(recoveries);
      this.#readers.push(reader);
    }
  }

  async play(): Promise<void> {
    const begun = performance.now();
    const watching = this.#watchMemory();
    for (const step of this.#schedule.steps) {
      const waits = step.at - (performance.now() - begun);
      if (waits > 0) await delay(waits);
      await this.#take(step);
    }
    await Promise.all(this.#later);
    watching.abort();
  }

  /** Everything heals, and every reader gets the end of everything. */
  async settle(): Promise<void> {
    for (const link of this.#links) link.heal();
    let left = SETTLE_MS;
    const waiting = (): Reader[] => this.#readers.filter(({ waits }) => waits);
    while (waiting().length > 0 && left > 0) {
      const before = performance.now();
      await delay(TURN_MS);
      left -= Math.min(performance.now() - before, 2 * TURN_MS);
    }
    for (const reader of waiting()) {
      const { status, transport, attempt, error } = reader.connection;
      const open = [...reader.views]
        .filter(([, view]) => !view.over)
        .map(([id, { state }]) => `${id} at ${state.seq ?? state.text.length}`);
      this.#tally.violate(
        `${reader.name} has not the end of ${open.join(', ')} within ${SETTLE_MS} ms: ${status} over ${transport}, attempt ${attempt}, ${error?.code} ${error?.message}`,
      );
    }
    for (const recoveries of this.#recoveries) recoveries.finish();
  }

  async result(): Promise<Result> {
    await this.#watched;
    this.#boundMemory();
    const { seed, transport, log } = this.#schedule;
    const endings = await judge({
      readers: this.#readers,
      truths: this.#truths,
      relay: this.#relay,
      tally: this.#tally,
      stopped: this.#asked.stopped,
      kills: this.#asked.kills,
      log,
    });
    const { violate: _, ...tally } = this.#tally;
    const datagrams = { passed: 0, dropped: 0, doubled: 0, overtaken: 0, shortened: 0 };
    for (const link of this.#links)
      for (const name of Object.keys(datagrams) as (keyof typeof datagrams)[]) datagrams[name] += link.datagrams[name];
    return {
      seed,
      transport,
      log,
      client: this.#clients.name,
      tookMs: Math.round(performance.now() - this.#startedAt),
      recoveries: this.#recoveries.flatMap(({ all }) => all),
      endings,
      transportsUsed: [...this.#transportsUsed],
      datagrams,
      ...tally,
    };
  }

  /** What is sent to a reader is within the credit of its connection, and what waits to leave within the relay's own bound. */
  #boundMemory(): void {
    const { largestPatch, queuedBytes } = this.#tally;
    if (largestPatch > MAX_PATCH_UNITS)
      this.#tally.violate(`A patch had ${largestPatch} code units, more than a connection has credit for.`);
    const bound = this.#readers.length * MAX_QUEUED_BYTES;
    if (queuedBytes > bound) this.#tally.violate(`The relay had ${queuedBytes} bytes queued, for ${this.#readers.length} readers.`);
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) await reader.leave();
    for (const link of this.#links) await link.close();
    await this.#relay.close();
  }

  async #take(step: Step): Promise<void> {
    switch (step.type) {
      case 'start':
        await this.#startStream(this.#stream(step.stream));
        break;
      case 'join': {
        const stream = this.#stream(step.stream);
        // What does not exist yet is gone, by right: whoever joins has the id from somebody who knows it.
        if (await this.#exists(stream.id)) this.#join(step.reader, stream, false);
        break;
      }
      case 'detach':
        this.#reader(step.reader).detach(this.#stream(step.stream).id);
        break;
      case 'stop': {
        const { id } = this.#stream(step.stream);
        this.#asked.stopped.add(id);
        this.#later.push(
          this.#reader(step.reader)
            .stop(id)
            .then(() => {}),
        );
        break;
      }
      case 'fault': {
        const { fault } = step;
        const recoveries = this.#recoveriesOf(step.reader);
        recoveries.begin(fault.type);
        const end = this.#reader(step.reader).link.apply(fault);
        this.#after('forMs' in fault ? fault.forMs : 0, () => {
          end();
          recoveries.healed(fault.type);
        });
        break;
      }
      case 'kill':
        await this.#kill(step.downMs);
        break;
      case 'drain':
        for (const recoveries of this.#recoveries) {
          recoveries.begin('drain');
          recoveries.healed('drain');
        }
        this.#relay.drain();
        break;
      default:
        this.#disturb(step);
    }
  }

  #disturb(step: Extract<Step, { type: 'block' | 'offline' | 'sleep' | 'crash' | 'leave' }>): void {
    const reader = this.#reader(step.reader);
    const recoveries = this.#recoveriesOf(step.reader);
    if (step.type === 'leave') {
      void reader.leave();
      return;
    }
    recoveries.begin(step.type);
    if (step.type === 'crash') {
      reader.crash();
      recoveries.healed(step.type);
      return;
    }
    const lifted = step.type === 'block' ? () => {} : reader.link.apply({ type: 'black-hole', forMs: step.forMs });
    if (step.type === 'offline') reader.signal('offline');
    else {
      if (step.type === 'sleep') reader.signal('frozen');
      reader.block(step.forMs);
    }
    this.#after(step.forMs, () => {
      lifted();
      if (step.type === 'offline') reader.signal('online');
      else reader.unblock();
      if (step.type === 'sleep') reader.signal('resumed');
      recoveries.healed(step.type);
    });
  }

  async #startStream(stream: PlannedStream): Promise<void> {
    if (stream.by !== undefined) {
      this.#join(stream.by, stream, true);
      return;
    }
    const { port } = this.#relay.address ?? {};
    const { id, model, options } = stream;
    const response = await askRelay(port, '/v1/streams', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, provider: 'scripted', model, prompt: PROMPT, options }),
    });
    // A relay that drains starts nothing.
    if (response.status !== 201 && response.status !== 503)
      this.#tally.violate(`${id} was not started: ${response.status} ${await response.text()}`);
  }

  async #exists(id: string): Promise<boolean> {
    const { port } = this.#relay.address ?? {};
    return (await askRelay(port, `/v1/streams/${id}`)).ok;
  }

  #join(index: number, stream: PlannedStream, request: boolean): void {
    const truth = this.#truths.get(stream.id);
    if (truth !== undefined) this.#reader(index).join(stream, truth, request);
  }

  async #kill(downMs: number): Promise<void> {
    this.#asked.kills += 1;
    for (const recoveries of this.#recoveries) recoveries.begin('kill');
    await this.#relay.kill();
    for (const link of this.#links) link.lead(undefined);
    await delay(downMs);
    const address = await this.#relay.start();
    for (const link of this.#links) link.lead(address);
    for (const recoveries of this.#recoveries) recoveries.healed('kill');
  }

  /** Looks at the relay's own gauges again and again. */
  #watchMemory(): AbortController {
    const watching = new AbortController();
    const watch = async (): Promise<void> => {
      while (!watching.signal.aborted) {
        const metrics = await this.#relay.metrics().catch(() => new Map<string, number>());
        let queued = 0;
        for (const [name, value] of metrics) if (name.startsWith('sluice_queued_bytes')) queued += value;
        this.#tally.queuedBytes = Math.max(this.#tally.queuedBytes, queued);
        await delay(200);
      }
    };
    this.#watched = watch();
    return watching;
  }

  #after(ms: number, act: () => void): void {
    if (ms === 0) act();
    else this.#later.push(delay(ms).then(act));
  }

  #stream(index: number): PlannedStream {
    return at(this.#schedule.streams, index);
  }

  #reader(index: number): Reader {
    return at(this.#readers, index);
  }

  #recoveriesOf(index: number): Recoveries {
    return at(this.#recoveries, index);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`The schedule names ${index}, of ${list.length}.`);
  return item;
}

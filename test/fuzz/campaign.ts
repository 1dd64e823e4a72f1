import { createMemoryStorage } from '../../server/log/index.ts';
import { createRelayCore } from '../../server/relay/relay.ts';
import { MemoryPeer } from '../support/peer.ts';
import { ManualSource } from '../support/source.ts';
import { mutate } from './mutate.ts';
import { createRandom } from './random.ts';
import { createBody, createSessions, framing, serverDecoder, type Target } from './targets.ts';

export interface TargetReport {
  readonly name: string;
  readonly inputs: number;
  readonly seconds: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Longest time of one input, ms, and of one in a million. Pauses of the collector and of the machine are in it. */
  readonly worstMs: number;
  readonly rareMs: number;
}

export interface CampaignReport {
  readonly seed: number;
  readonly targets: readonly TargetReport[];
  /** After a collection, at the beginning and at the end, MB. */
  readonly heapMB: readonly [number, number];
  readonly peakRssMB: number;
}

/** Inputs between two looks at everything that must not have changed. */
const BATCH = 256;
const BUCKETS_PER_DECADE = 20;

/**
 * Throws `inputs` mutated messages at a relay's sessions, the page's decoder, the framing of WebTransport and the body of a request.
 * @throws {Error} naming the input, when one does anything but what is documented
 */
export async function runCampaign(inputs: number, seed: number, progress: (line: string) => void = () => {}): Promise<CampaignReport> {
  const core = createRelayCore(
    { maxConnections: 1_000_000, maxConnectionsPerPrincipal: 1_000_000 },
    { storage: createMemoryStorage(), providers: [] },
  );
  const source = new ManualSource();
  core.streams.create({ id: 'open', source });
  core.streams.create({
    id: 'ended',
    source: (async function* () {
      yield { type: 'text', part: 't0', delta: 'An answer that has ended.' } as const;
    })(),
  });
  const bystander = new MemoryPeer(core);
  bystander.hello(1e12);
  bystander.subscribe(1, 'stream:open', { credit: 1e12 });
  let truth = '';
  const sessions = createSessions(core);
  const check = async (): Promise<void> => {
    await sessions.settle();
    const properties = [Object.prototype, Array.prototype, Function.prototype].flatMap((prototype) => Object.keys(prototype));
    if (properties.length > 0) throw new Error(`a prototype has got ${properties.join()}`);
    if (bystander.isClosed) throw new Error(`the bystander was closed: ${bystander.closedWith?.code}`);
  };
  const plan: readonly (readonly [string, Target, number])[] = [
    ['relay: a connection’s messages', sessions, Math.round(inputs * 0.5)],
    ['page: the relay’s messages', serverDecoder, Math.round(inputs * 0.45)],
    ['relay: messages cut out of a WebTransport stream', framing, Math.round(inputs * 0.05)],
    ['relay: bodies of POST /v1/streams', createBody, Math.round(inputs * 0.02)],
  ];
  collect();
  const before = heapMB();
  let peakRss = 0;
  const targets: TargetReport[] = [];
  for (const [index, [name, target, count]] of plan.entries()) {
    const random = createRandom(seed * 1_000 + index);
    const times = new Uint32Array(12 * BUCKETS_PER_DECADE);
    const outcomes: Record<string, number> = {};
    let worstMs = 0;
    let done = 0;
    const begun = performance.now();
    for (; done < count; done += 1) {
      const input = mutate(target.corpus, random);
      const started = performance.now();
      let outcome: string;
      try {
        const taken = target.take(input, random);
        outcome = typeof taken === 'string' ? taken : await taken;
      } catch (cause) {
        throw new Error(`seed ${seed}, ${name}, input ${done}: ${Buffer.from(input).toString('hex')}`, { cause });
      }
      const tookMs = performance.now() - started;
      if (tookMs > worstMs) worstMs = tookMs;
      const bucket = bucketOf(tookMs);
      times[bucket] = (times[bucket] ?? 0) + 1;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (done % BATCH !== 0) continue;
      if (done % (BATCH * 16) === 0) {
        truth += `${done} `;
        source.text(`${done} `);
        bystander.say({ type: 'pong', nonce: 0 });
      }
      await check();
      if (done % (BATCH * 400) === 0) {
        peakRss = Math.max(peakRss, process.memoryUsage().rss);
        progress(`${name}: ${done} of ${count}`);
      }
    }
    await check();
    const seconds = (performance.now() - begun) / 1000;
    const seen = target === sessions ? Object.fromEntries(sessions.ended) : outcomes;
    for (const code of Object.keys(seen)) {
      if (code !== 'accepted' && !target.codes.includes(code)) throw new Error(`seed ${seed}, ${name}: an undocumented outcome, ${code}`);
    }
    targets.push({ name, inputs: count, seconds, outcomes: seen, worstMs, rareMs: rareMs(times, count) });
  }
  source.end();
  while (!bystander.ended(1)) await new Promise((resolve) => setImmediate(resolve));
  if (bystander.text(1) !== truth) throw new Error('the bystander’s text is not what was streamed');
  if (core.stats.connections.websocket !== 1) throw new Error('connections are left over');
  core.close();
  bystander.frames.length = bystander.messages.length = bystander.batches.length = 0;
  collect();
  return { seed, targets, heapMB: [before, heapMB()], peakRssMB: Math.round(peakRss / 1e6) };
}

/** A hundred nanoseconds and below is the first; each decade has twenty. */
function bucketOf(ms: number): number {
  return Math.max(0, Math.floor((Math.log10(Math.max(ms, 1e-6)) + 4) * BUCKETS_PER_DECADE));
}

/** What one input in a million exceeds. */
function rareMs(times: Uint32Array, count: number): number {
  let left = Math.floor(count / 1e6);
  for (let bucket = times.length - 1; bucket > 0; bucket -= 1) {
    left -= times[bucket] ?? 0;
    if (left < 0) return 10 ** ((bucket + 1) / BUCKETS_PER_DECADE - 4);
  }
  return 0;
}

function collect(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

function heapMB(): number {
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
}

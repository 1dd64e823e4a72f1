import {
  channelStream,
  isStreamId,
  type StartEvent,
  StreamError,
  type StreamEvent,
  type StreamFold,
  streamChannel,
} from '../../src/wire/index.ts';
import type { LogStorage } from '../log/log.ts';
import type { GenerationObserver, Provider } from '../providers/provider.ts';
import { CatchUp } from './catchup.ts';
import type { Channel } from './channel.ts';
import { endingFields, endsStream, type TerminalEvent } from './ending.ts';
import { Generations, type Running } from './generations.ts';
import { growthRefusal } from './growth.ts';
import type { Hub } from './hub.ts';
import { fingerprintOf, readNote, writeNote } from './note.ts';
import type { ResolvedRelayOptions } from './options.ts';
import { type CreateStreamRequest, type Open, openerOf } from './origin.ts';
import type { Subscription } from './outbox.ts';
import { produce } from './producer.ts';
import { foldLog } from './reading.ts';

export interface CreatedStream {
  readonly id: string;
  readonly channel: string;
  readonly epoch: string;
  /** `false` where the id existed already, with the same request. */
  readonly created: boolean;
}

export interface StreamCounters {
  created: number;
  finished: number;
  failed: number;
  stopped: number;
  /** Of these, how many because nobody had watched them for too long. */
  stoppedUnwatched: number;
  /** Milliseconds from creation to the first text, reasoning or tool event, summed, and how many. */
  firstTokenMsSum: number;
  firstTokenCount: number;
  /** Answers read on where their upstream connection broke off, by provider. */
  readonly resumes: Record<string, { continued: number; 'given-up': number }>;
}

/** Generations: starts them, feeds their logs, stops them, and reads their state (docs/PROTOCOL.md, RL rules). */
export class Streams {
  readonly counters: StreamCounters = {
    created: 0,
    finished: 0,
    failed: 0,
    stopped: 0,
    stoppedUnwatched: 0,
    firstTokenMsSum: 0,
    firstTokenCount: 0,
    resumes: {},
  };
  readonly #hub: Hub;
  readonly #storage: LogStorage;
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #options: ResolvedRelayOptions;
  readonly #date: () => number;
  readonly #now: () => number;
  readonly #firstToken: (provider: string, ms: number) => void;
  readonly #left: () => void;
  readonly #running: Generations;
  draining = false;

  constructor(parts: {
    hub: Hub;
    storage: LogStorage;
    providers: ReadonlyMap<string, Provider>;
    options: ResolvedRelayOptions;
    date: () => number;
    now: () => number;
    firstToken: (provider: string, ms: number) => void;
    /** One less runs. */
    ended: () => void;
  }) {
    this.#hub = parts.hub;
    this.#storage = parts.storage;
    this.#providers = parts.providers;
    this.#options = parts.options;
    this.#date = parts.date;
    this.#now = parts.now;
    this.#firstToken = parts.firstToken;
    this.#left = parts.ended;
    this.#running = new Generations(parts.options);
  }

  get running(): number {
    return this.#running.size;
  }

  /** Running streams nobody subscribes to. */
  get unwatched(): number {
    let count = 0;
    for (const name of this.#running.channels) if (this.#hub.channel(name)?.readers.size === 0) count += 1;
    return count;
  }

  /**
   * The stream exists when this returns, before anything was asked of the provider.
   * @throws {StreamError} `bad_request`, `unknown_provider`, `provider_not_configured`, `stream_conflict`, `forbidden`, `too_many_streams`, `relay_draining`
   */
  create(request: CreateStreamRequest): CreatedStream {
    const id = request.id ?? crypto.randomUUID();
    if (!isStreamId(id))
      throw new StreamError('bad_request', 'The id of a stream is 1 to 128 letters, digits and . _ ~ - characters. Nothing was started.');
    const principal = request.principal?.id ?? 'anonymous';
    const name = streamChannel(id);
    const fingerprint = fingerprintOf(request);
    const existing = this.#storage.get(name);
    if (existing !== undefined) {
      if (existing.principal !== principal)
        throw new StreamError('forbidden', 'A stream with this id belongs to somebody else. Choose another id.');
      if (fingerprint === undefined || readNote(existing).fingerprint !== fingerprint) {
        throw new StreamError(
          'stream_conflict',
          `A stream ${id} exists and was asked for with another body. Choose another id, or send the same body.`,
        );
      }
      return { id, channel: name, epoch: existing.epoch, created: false };
    }
    if (this.draining) {
      throw new StreamError('relay_draining', 'The relay is shutting down and starts nothing new. Try again shortly.', {
        retryAfterMs: 1_000,
      });
    }
    const open = openerOf(request, this.#providers);
    this.#running.admit(principal);
    const provider = 'provider' in request ? request.provider : 'source';
    // Well-formed, since a stop may append it as it is.
    const model = String(request.model ?? '').toWellFormed();
    const start: StartEvent = { type: 'start', provider, model, createdAt: this.#date() };
    const channel = this.#hub.open(this.#storage.create(name, principal, writeNote({ fingerprint, start })));
    const begunAt = this.#now();
    const running = { principal, abort: new AbortController(), start, begunAt, seenAt: begunAt, firstTokenMs: undefined };
    this.#running.begin(name, running);
    this.counters.created += 1;
    this.#options.log('info', 'Stream created', { stream: id, provider, model, principal });
    void this.#run(channel, open, running);
    return { id, channel: name, epoch: channel.log.epoch, created: true };
  }

  /** Whether the stream exists. Stopping what has ended changes nothing. */
  stop(id: string, by: 'user' | 'server'): boolean {
    const name = streamChannel(id);
    return this.#end(name, { type: 'stopped', by }) || this.#storage.get(name) !== undefined;
  }

  /** Ends all that run with an error. Returns how many. */
  endAll({ code, message, retryable }: StreamError): number {
    const names = this.#running.channels;
    for (const name of names) this.#end(name, { type: 'error', code, message, retryable });
    return names.length;
  }

  /** Stops what nobody has watched for as long as the option `unwatched` says. */
  stopUnwatched(): void {
    const { unwatched } = this.#options;
    if (unwatched === 'keep') return;
    const since = this.#now() - unwatched.stopAfterMs;
    for (const [name, { seenAt }] of [...this.#running.all]) {
      const channel = this.#hub.channel(name);
      if (channel === undefined || channel.readers.size > 0 || Math.max(seenAt, channel.leftAt) > since) continue;
      this.counters.stoppedUnwatched += 1;
      this.#options.log('info', 'A generation was stopped: nobody had watched it for too long.', {
        stream: channelStream(name) ?? '',
        ...unwatched,
      });
      this.#end(name, { type: 'stopped', by: 'server' });
    }
  }

  /** Id of the principal the stream belongs to; `undefined` where there is no such stream. */
  owner(id: string): string | undefined {
    return this.#storage.get(streamChannel(id))?.principal;
  }

  /** State of a stream, as of now. O(answer). @throws {StreamError} where the storage cannot be read */
  fold(id: string): { epoch: string; fold: StreamFold } | undefined {
    const log = this.#storage.get(streamChannel(id));
    if (log === undefined) return undefined;
    const running = this.#running.get(log.channel);
    if (running !== undefined) running.seenAt = this.#now();
    return { epoch: log.epoch, fold: foldLog(log) };
  }

  /** Reads on the streams that were running when the relay's last process ended, or ends them (docs/PROTOCOL.md, RL11). */
  recover(): void {
    for (const log of this.#storage.interrupted()) {
      const channel = this.#hub.open(log);
      const { start, kept } = readNote(log);
      const provider = this.#providers.get(start.provider);
      const again = provider?.again?.bind(provider);
      if (kept === undefined || again === undefined) this.#giveUp(channel, start);
      else this.#readOn(channel, start, (signal, observer) => again(kept, start.model, signal, observer));
    }
    this.#storage.commit();
  }

  #giveUp(channel: Channel<Subscription>, start: StartEvent): void {
    if (channel.log.head === 0) this.#append(channel, start, start);
    this.#append(channel, { type: 'error', code: 'relay_restarted', message: RESTARTED, retryable: true }, start);
  }

  #readOn(channel: Channel<Subscription>, start: StartEvent, open: Open): void {
    const { channel: name, principal, head } = channel.log;
    const now = this.#now();
    const begunAt = now - Math.max(0, this.#date() - start.createdAt);
    const running = { principal, abort: new AbortController(), start, begunAt, seenAt: now, firstTokenMs: undefined };
    this.#running.begin(name, running);
    this.#options.log('info', 'A stream is read on after the restart', {
      stream: channelStream(name) ?? '',
      provider: start.provider,
      head,
    });
    void this.#run(channel, open, running, new CatchUp(channel.log));
  }

  /** Appends a terminal event to a running stream, and lets go of its source. `false` where it does not run. */
  #end(name: string, event: StreamEvent): boolean {
    const running = this.#running.get(name);
    const channel = running && this.#hub.channel(name);
    if (running === undefined || channel === undefined) return false;
    const { abort, start } = running;
    abort.abort();
    if (channel.log.head === 0) this.#append(channel, start, start);
    this.#append(channel, event, start);
    return true;
  }

  /** With `catchUp` the source tells from its beginning what the log has a part of. */
  async #run(channel: Channel<Subscription>, open: Open, running: Running, catchUp?: CatchUp): Promise<void> {
    const { abort, start } = running;
    let first = catchUp === undefined;
    const sink = {
      append: (event: StreamEvent): void => {
        if (channel.log.closed) return;
        const place = catchUp?.take(event) ?? 'new';
        if (place === 'known') return;
        if (place === 'differs') {
          abort.abort();
          this.#giveUp(channel, start);
          return;
        }
        const urgent = first && tokens.has(event.type);
        if (urgent) {
          first = false;
          const ms = Math.round(this.#now() - running.begunAt);
          running.firstTokenMs = ms;
          this.counters.firstTokenMsSum += ms;
          this.counters.firstTokenCount += 1;
          this.#firstToken(start.provider, ms);
        }
        this.#append(channel, event, start, urgent);
        const refusal = channel.log.closed ? undefined : growthRefusal(channel.log, this.#storage);
        if (refusal === undefined) return;
        abort.abort();
        const { code, message, retryable } = refusal;
        this.#append(channel, { type: 'error', code, message, retryable }, start);
      },
    };
    const observer: GenerationObserver = {
      kept: (id) => this.#storage.annotate(channel.log.channel, writeNote({ ...readNote(channel.log), kept: id })),
      resumed: (outcome) => {
        const { resumes } = this.counters;
        const ofProvider = resumes[start.provider] ?? { continued: 0, 'given-up': 0 };
        resumes[start.provider] = ofProvider;
        ofProvider[outcome] += 1;
        const fields = { stream: channelStream(channel.log.channel) ?? '', provider: start.provider, seq: channel.log.head };
        this.#options.log(outcome === 'continued' ? 'info' : 'warn', `Upstream connection lost: ${outcome}`, fields);
      },
    };
    // Opened by the producer, for which a source that cannot even begin is one that fails.
    const source = { [Symbol.asyncIterator]: () => open(abort.signal, observer)[Symbol.asyncIterator]() };
    await produce(source, start, sink, abort.signal);
  }

  /** Of one that another process began only the date is known. */
  #age(channel: string, { createdAt }: StartEvent): number {
    const begunAt = this.#running.get(channel)?.begunAt;
    return Math.max(0, begunAt === undefined ? this.#date() - createdAt : this.#now() - begunAt);
  }

  #append(channel: Channel<Subscription>, event: StreamEvent, start: StartEvent, urgent = false): void {
    channel.append([event], Math.round(this.#age(channel.log.channel, start)));
    const terminal = endsStream(event);
    if (terminal) this.#ended(channel, event);
    this.#hub.touch(channel, terminal ? 'ended' : urgent ? 'first' : 'soon');
  }

  #ended({ log }: Channel<Subscription>, event: TerminalEvent): void {
    const { type } = event;
    this.counters[type === 'finish' ? 'finished' : type === 'error' ? 'failed' : 'stopped'] += 1;
    const of = this.#running.get(log.channel) ?? readNote(log);
    const ending = { log, event, of, durationMs: this.#age(log.channel, of.start), ownWords: this.#providers.has(of.start.provider) };
    this.#options.log(type === 'error' ? 'warn' : 'info', `Stream ended: ${type}`, endingFields(ending));
    if (this.#running.end(log.channel)) this.#left();
  }
}

/** What somebody waits for at the beginning of an answer. */
const tokens: ReadonlySet<StreamEvent['type']> = new Set(['text', 'reasoning', 'tool-call', 'tool-args', 'tool-result', 'file'] as const);

const RESTARTED =
  'The relay restarted while this answer was generated. What is here was stored before; the rest is lost. Ask again for a new answer.';

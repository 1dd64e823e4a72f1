import { PROTOCOL_VERSION, StreamError, toStreamError } from '../wire/index.ts';
import { StreamBuffer } from './buffer.ts';
import { ConnectionDriver } from './driver.ts';
import { platformEnv, type ReceiverEnv } from './environment.ts';
import type { ConfigureMessage, FeedMessage, PageMessage, WorkerMessage } from './messages.ts';
import { type Outlet, Pump } from './pump.ts';
import { Subscriptions } from './subscriptions.ts';
import { Taps } from './taps.ts';

/** Everything between the network and the page's store, in a worker or inline. */
export interface Receiver {
  /** Takes a message of the page. Never throws: what goes wrong is posted as `failure`. */
  receive(message: PageMessage): void;
  /** Leaves every stream and closes the connection. Final; nothing is posted afterwards. */
  close(): void;
}

/**
 * Makes a receiver. It posts `ready` in a microtask, and connects only after `configure` and the first `connect` or `attach`.
 * `post` may be answered synchronously.
 */
export function createReceiver(post: (message: WorkerMessage) => void, env: Partial<ReceiverEnv> = {}): Receiver {
  const platform: ReceiverEnv = { ...platformEnv(), ...env };
  let running: Running | undefined;
  let closed = false;
  const say = (message: WorkerMessage): void => {
    if (!closed) post(message);
  };
  const close = (): void => {
    running?.close();
    closed = true;
  };
  queueMicrotask(() => say({ type: 'ready' }));
  return {
    receive(message) {
      if (closed) return;
      try {
        if (message.type === 'close') close();
        else if (message.type !== 'configure') required(running).receive(message);
        else if (running === undefined) running = new Running(message, say, platform);
      } catch (cause) {
        const { code, message: text } = toStreamError(cause);
        say({ type: 'failure', code, message: text });
      }
    },
    close,
  };
}

/** Epoch of every local stream. */
const LOCAL_EPOCH = 'local';

/** A stream the page reads itself. */
interface LocalStream extends Outlet {
  readonly startedAt: number;
}

/** A configured receiver. */
class Running {
  readonly #env: ReceiverEnv;
  readonly #maxBufferBytes: number;
  readonly #pump: Pump;
  readonly #subscriptions: Subscriptions;
  readonly #driver: ConnectionDriver;
  readonly #taps = new Taps();
  readonly #locals = new Map<number, LocalStream>();
  #credentials: string | undefined;
  /** As the connection knows it. */
  #awaiting = false;

  constructor(
    { url, transport, credentials, asksCredentials, remembered, options }: ConfigureMessage,
    post: (message: WorkerMessage) => void,
    env: ReceiverEnv,
  ) {
    const { clock, random } = env;
    this.#env = env;
    this.#credentials = credentials;
    this.#maxBufferBytes = options.maxBufferBytes;
    this.#pump = new Pump(options, clock, post, (taken) => this.#subscriptions.settle(taken), this.#taps);
    this.#subscriptions = new Subscriptions({
      maxBufferBytes: options.maxBufferBytes,
      clock,
      random,
      pump: this.#pump,
      send: (frames) => this.#driver.send(frames),
      lost: () => this.#driver.lost(),
    });
    this.#driver = new ConnectionDriver({
      url,
      config: {
        transport,
        asksCredentials: asksCredentials ?? false,
        attemptTimeoutMs: options.attemptTimeoutMs,
        fallbackDelayMs: options.fallbackDelayMs,
        rememberMs: options.rememberMs,
      },
      remembered,
      env,
      hooks: {
        greet: (fallback, apart) => {
          const { credit, frames } = this.#subscriptions.greet(apart);
          const hello = { type: 'hello', protocol: PROTOCOL_VERSION, credit, ...(fallback && { fallback }) } as const;
          return [this.#credentials === undefined ? hello : { ...hello, credentials: this.#credentials }, ...frames];
        },
        credentials: () => this.#credentials,
        askCredentials: () => post({ type: 'credentials-needed' }),
        frame: (frame) => this.#subscriptions.receive(frame),
        settled: () => this.#settled(),
        down: () => this.#subscriptions.down(),
        report: post,
      },
    });
  }

  receive(message: Exclude<PageMessage, { type: 'configure' | 'close' }>): void {
    switch (message.type) {
      case 'connect':
        this.#driver.dispatch({ type: 'start' });
        break;
      case 'attach':
        this.#subscriptions.attach(message);
        this.#driver.dispatch({ type: 'start' });
        break;
      case 'detach':
        this.#detach(message.key);
        break;
      case 'feed':
        this.#feed(message);
        break;
      case 'tap':
        this.#taps.open(message);
        break;
      case 'untap':
        this.#taps.close(message.key, message.tap);
        break;
      case 'applied':
        this.#pump.applied(message.patch);
        break;
      case 'credentials':
        this.#credentials = message.credentials;
        this.#driver.dispatch({ type: 'credentials' });
        break;
      case 'credentials-failed':
        this.#driver.dispatch({ type: 'credentials-failed' });
        break;
      case 'signal':
        this.#driver.dispatch({ type: 'signal', signal: message.signal });
        break;
    }
    this.#settled();
  }

  close(): void {
    this.#pump.close();
    this.#subscriptions.close();
    this.#driver.dispatch({ type: 'close' });
  }

  #detach(key: number): void {
    this.#taps.forget(key);
    const local = this.#locals.get(key);
    if (local === undefined) this.#subscriptions.detach(key);
    else {
      this.#locals.delete(key);
      this.#pump.forget(local);
    }
  }

  #feed({ key, fromSeq, events }: FeedMessage): void {
    const now = this.#env.clock.now();
    let local = this.#locals.get(key);
    if (local === undefined) {
      local = { buffer: new StreamBuffer(key, this.#maxBufferBytes, false), epoch: LOCAL_EPOCH, startedAt: now };
      this.#locals.set(key, local);
    }
    if (events.length === 0) return;
    const at = Math.max(0, Math.round(now - local.startedAt));
    const entries = events.map((event, index) => ({ fromSeq: fromSeq + index, seq: fromSeq + index, at, event }));
    let bytes = 0;
    for (const event of events) bytes += 'delta' in event ? event.delta.length : 0;
    local.buffer.push(entries, bytes, undefined, now);
    this.#pump.mark(local);
  }

  #settled(): void {
    this.#subscriptions.flush();
    this.#pump.run();
    const { active } = this.#subscriptions;
    if (active === this.#awaiting) return;
    this.#awaiting = active;
    this.#driver.dispatch({ type: 'awaiting', streams: active });
  }
}

function required(running: Running | undefined): Running {
  if (running !== undefined) return running;
  throw new StreamError('internal', 'The receiver was given a message before `configure`. Nothing was done.');
}

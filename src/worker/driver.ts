import {
  type ClientFrame,
  decodeServerMessage,
  type ErrorFrame,
  type FallbackReason,
  isErrorCode,
  PROTOCOL_VERSION,
  type ServerFrame,
  type StreamError,
  toStreamError,
} from '../wire/index.ts';
import { nextWake, transition } from './connection.ts';
import { discover, type Endpoints } from './discovery.ts';
import type { ReceiverEnv } from './environment.ts';
import { fallbackReason, type Out, type OutOfRace } from './ladder.ts';
import type { ConnectionMessage, RememberedTransport, TransportName } from './messages.ts';
import { connectionReport } from './report.ts';
import {
  type ConnectionConfig,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  type Failure,
  initialConnection,
} from './state.ts';
import { lostFailure } from './step.ts';
import type { Link, OpenLink } from './transports/link.ts';
import { openSse } from './transports/sse.ts';
import { openWebSocket } from './transports/websocket.ts';
import { openWebTransport } from './transports/webtransport.ts';

export interface DriverOptions {
  readonly url: string;
  readonly config: ConnectionConfig;
  readonly remembered: RememberedTransport | undefined;
  readonly env: ReceiverEnv;
  readonly hooks: DriverHooks;
}

export interface DriverHooks {
  /** What a new connection begins with: `hello`, and a `subscribe` for each stream. `apart`: each has a stream of the transport to itself. */
  greet(fallback: FallbackReason | undefined, apart: boolean): ClientFrame[];
  /** The newest credentials, for a running connection. */
  credentials(): string | undefined;
  askCredentials(): void;
  /** A frame of the live connection that is about a subscription. */
  frame(frame: ServerFrame): void;
  /** Everything that came in one message has been handed over. */
  settled(): void;
  down(): void;
  report(message: ConnectionMessage): void;
}

const openers: { readonly [name in TransportName]: OpenLink } = { webtransport: openWebTransport, websocket: openWebSocket, sse: openSse };

/** A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Runs the connection machine: its effects, its clock, its links. Decides nothing. */
export class ConnectionDriver {
  readonly #options: DriverOptions;
  readonly #links = new Map<number, Link>();
  #state: ConnectionState;
  #endpoints: Endpoints = {};
  #discovery: AbortController | undefined;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  #reported = '';
  #events: ConnectionEvent[] = [];
  #dispatching = false;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#state = initialConnection(options.config, options.remembered);
  }

  /** Effects may lead to further events, even synchronously: each is handled after those before it. */
  dispatch(event: ConnectionEvent): void {
    this.#events.push(event);
    if (this.#dispatching) return;
    this.#dispatching = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#step(next);
    } finally {
      this.#dispatching = false;
    }
  }

  /** Sends on the live connection; does nothing where there is none. */
  send(frames: readonly ClientFrame[]): void {
    const { live } = this.#state;
    if (live !== undefined) this.#links.get(live.id)?.send(frames);
  }

  /** What the relay sent on the live connection does not come: it is made again. */
  lost(): void {
    const { live } = this.#state;
    if (live !== undefined) this.dispatch({ type: 'refused', attempt: live.id, failure: lostFailure });
  }

  #step(event: ConnectionEvent): void {
    const { clock, random } = this.#options.env;
    const { state, effects } = transition(this.#state, event, { now: clock.now(), random: random() });
    this.#state = state;
    // The deadline for silence only moves away: the timer that is set finds out by itself.
    if (event.type === 'heard') return;
    for (const effect of effects) this.#run(effect);
    if (this.#state.phase !== 'preparing') this.#discovery?.abort();
    this.#arm();
    this.#report();
  }

  #run(effect: ConnectionEffect): void {
    const { hooks } = this.#options;
    switch (effect.type) {
      case 'discover':
        this.#discover(effect.round);
        break;
      case 'ask-credentials':
        hooks.askCredentials();
        break;
      case 'open':
        this.#open(effect.attempt, effect.transport);
        break;
      case 'close':
        this.#links.get(effect.attempt)?.close();
        this.#links.delete(effect.attempt);
        break;
      case 'greet': {
        const { live, out } = this.#state;
        this.#links.get(effect.attempt)?.send(hooks.greet(live && fallbackReason(live.transport, out), live?.transport === 'webtransport'));
        break;
      }
      case 'refresh': {
        const credentials = hooks.credentials();
        if (credentials !== undefined) this.#links.get(effect.attempt)?.send([{ type: 'refresh', credentials }]);
        break;
      }
      case 'ping':
        this.#links.get(effect.attempt)?.send([{ type: 'ping', nonce: effect.nonce }]);
        break;
      case 'down':
        hooks.down();
        break;
    }
  }

  #discover(round: number): void {
    this.#discovery?.abort();
    const abort = new AbortController();
    this.#discovery = abort;
    discover(this.#options.url, this.#options.env, abort.signal).then(
      (endpoints) => {
        if (abort.signal.aborted) return;
        this.#endpoints = endpoints;
        this.dispatch({ type: 'discovered', round, unavailable: this.#unavailable(endpoints) });
      },
      (cause: unknown) => {
        if (!abort.signal.aborted)
          this.dispatch({ type: 'discovery-failed', round, failure: failureOf(toStreamError(cause, 'connect_failed')) });
      },
    );
  }

  #unavailable(endpoints: Endpoints): OutOfRace {
    const { WebSocket, WebTransport } = this.#options.env;
    const missing: { [name in TransportName]?: Out } = {};
    if (WebTransport === undefined) missing.webtransport = noneHere('WebTransport');
    else if (endpoints.webtransport === undefined) missing.webtransport = notOffered('WebTransport');
    if (WebSocket === undefined) missing.websocket = noneHere('WebSocket');
    else if (endpoints.websocket === undefined) missing.websocket = notOffered('WebSocket');
    if (endpoints.sse === undefined) missing.sse = notOffered('SSE');
    return missing;
  }

  #open(attempt: number, transport: TransportName): void {
    const endpoint = this.#endpoints[transport];
    if (endpoint === undefined) return;
    const link = openers[transport](
      endpoint,
      {
        opened: () => this.dispatch({ type: 'opened', attempt }),
        heard: () => this.dispatch({ type: 'heard', attempt }),
        message: (message) => this.#receive(attempt, message),
        ended: (error) => {
          this.#links.delete(attempt);
          this.dispatch({ type: 'ended', attempt, failure: error === undefined ? undefined : failureOf(error) });
        },
      },
      this.#options.env,
    );
    this.#links.set(attempt, link);
  }

  #receive(attempt: number, message: Uint8Array): void {
    if (this.#state.live?.id !== attempt) return;
    try {
      for (const frame of decodeServerMessage(message)) {
        if (this.#state.live?.id !== attempt) break;
        this.#frame(attempt, frame);
      }
    } catch (cause) {
      this.dispatch({ type: 'refused', attempt, failure: { ...failureOf(toStreamError(cause)), retryable: true } });
    }
    this.#options.hooks.settled();
  }

  #frame(attempt: number, frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        if (frame.protocol === PROTOCOL_VERSION) {
          this.dispatch({ type: 'welcomed', attempt, heartbeatMs: frame.heartbeatMs });
          this.#options.hooks.frame(frame);
        } else this.dispatch({ type: 'refused', attempt, failure: versionFailure(frame.protocol) });
        break;
      case 'ping':
        this.#links.get(attempt)?.send([{ type: 'pong', nonce: frame.nonce }]);
        break;
      case 'pong':
        this.dispatch({ type: 'pong', attempt, nonce: frame.nonce });
        break;
      case 'drain':
        this.dispatch({ type: 'drain', attempt, retryAfterMs: frame.retryAfterMs, spreadMs: frame.spreadMs });
        break;
      case 'error':
        if (frame.subscription === undefined) this.dispatch({ type: 'refused', attempt, failure: frameFailure(frame) });
        else this.#options.hooks.frame(frame);
        break;
      default:
        this.#options.hooks.frame(frame);
        break;
    }
  }

  #arm(): void {
    const at = nextWake(this.#state);
    if (this.#timer?.at === at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#options.env;
    const cancel = clock.setTimer(
      () => {
        this.#timer = undefined;
        this.dispatch({ type: 'tick' });
      },
      Math.min(Math.max(0, at - clock.now()), MAX_TIMER_MS),
    );
    this.#timer = { at, cancel };
  }

  #report(): void {
    const report = connectionReport(this.#state);
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#options.hooks.report({ type: 'connection', ...report });
  }
}

function noneHere(transport: string): Out {
  return { reason: 'unsupported', message: `This browser has no ${transport}.` };
}

function notOffered(transport: string): Out {
  return { reason: 'not-offered', message: `The relay offers no ${transport}.` };
}

function failureOf({ code, message, retryable, retryAfterMs }: StreamError): Failure {
  return { code, message, retryable, retryAfterMs };
}

function frameFailure({ code, message, retryable, retryAfterMs }: ErrorFrame): Failure {
  return { code: isErrorCode(code) ? code : 'internal', message, retryable, retryAfterMs };
}

function versionFailure(protocol: number): Failure {
  const message = `The relay speaks protocol ${protocol}, this page ${PROTOCOL_VERSION}. Nothing connects. Deploy the same version of both.`;
  return { code: 'protocol_version', message, retryable: false };
}

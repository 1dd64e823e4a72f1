import { nextWake, transition } from '../../src/worker/connection.ts';
import type { ConnectionMessage, RememberedTransport, TransportName } from '../../src/worker/messages.ts';
import { connectionReport } from '../../src/worker/report.ts';
import {
  type ConnectionConfig,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  initialConnection,
} from '../../src/worker/state.ts';

const connectionConfig: ConnectionConfig = {
  transport: 'auto',
  asksCredentials: false,
  attemptTimeoutMs: 4_500,
  fallbackDelayMs: 500,
  rememberMs: 600_000,
};

/** The machine with time: what happened, and what it asked for. */
export class Machine {
  state: ConnectionState;
  now = 0;
  random = 0.5;
  /** Effects since the last `take`. */
  #effects: ConnectionEffect[] = [];

  constructor(config: Partial<ConnectionConfig> = {}, remembered?: RememberedTransport) {
    this.state = initialConnection({ ...connectionConfig, ...config }, remembered);
  }

  on(event: ConnectionEvent): readonly ConnectionEffect[] {
    const { state, effects } = transition(this.state, event, { now: this.now, random: this.random });
    this.state = state;
    this.#effects.push(...effects);
    return effects;
  }

  /** Time passes; the machine is woken whenever it asked to be. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (let wake = nextWake(this.state); wake <= end; wake = nextWake(this.state)) {
      this.now = Math.max(this.now, wake);
      this.on({ type: 'tick' });
    }
    this.now = end;
  }

  take(): ConnectionEffect[] {
    return this.#effects.splice(0);
  }

  /** `open:websocket`, `close:1`, `greet:1`, … since the last call. */
  said(): string[] {
    return this.take().map((effect) => {
      switch (effect.type) {
        case 'open':
          return `open:${effect.transport}`;
        case 'discover':
        case 'ask-credentials':
          return effect.type;
        default:
          return `${effect.type}:${effect.attempt}`;
      }
    });
  }

  discovered(unavailable: { readonly [name in TransportName]?: string } = {}): void {
    const out = Object.entries(unavailable).map(([name, message]) => [name, { reason: 'unsupported', message }]);
    this.on({ type: 'discovered', round: this.state.round, unavailable: Object.fromEntries(out) });
  }

  attempt(transport: TransportName): number {
    const found = [...this.state.pending, ...(this.state.live === undefined ? [] : [this.state.live])].find(
      (a) => a.transport === transport,
    );
    return found?.id ?? 0;
  }

  opened(transport: TransportName): void {
    this.on({ type: 'opened', attempt: this.attempt(transport) });
  }

  welcomed(): void {
    this.on({ type: 'welcomed', attempt: this.state.live?.id ?? 0, heartbeatMs: 10_000 });
  }

  ended(transport: TransportName, message?: string): void {
    const failure = message === undefined ? undefined : ({ code: 'connection_lost', message, retryable: true } as const);
    this.on({ type: 'ended', attempt: this.attempt(transport), failure });
  }

  /** All the way to `connected`. */
  connect(transport: TransportName): void {
    this.on({ type: 'start' });
    const missing: { [name in TransportName]?: string } = {};
    if (transport !== 'webtransport') missing.webtransport = 'none';
    if (transport === 'sse') missing.websocket = 'none';
    this.discovered(missing);
    this.opened(transport);
    this.welcomed();
    this.take();
  }

  get report(): Omit<ConnectionMessage, 'type'> {
    return connectionReport(this.state);
  }
}

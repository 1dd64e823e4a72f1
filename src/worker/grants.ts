import { type CreditFrame, type CreditGrant, CreditWindow, creditWindowDefaults } from '../wire/index.ts';

/** A batch's cost, owed until the page has applied it. */
export interface Cost {
  readonly account: StreamCredit;
  readonly bytes: number;
}

/**
 * The credit of all streams together, as the reader grants it (docs/PROTOCOL.md, CR5, CR10).
 * Every byte received is settled once: when the page has applied it, or at once when it is dropped unseen.
 */
export class ConnectionCredit {
  readonly #window: CreditWindow;
  #announce = false;
  readonly #grants = new Map<number, CreditGrant>();

  constructor(nowMs: number) {
    // All channels share it: room for a few of them to begin with.
    this.#window = new CreditWindow(nowMs, { initialBytes: 4 * creditWindowDefaults.initialBytes });
  }

  /** Bytes received and not settled, of whichever connection. */
  get owed(): number {
    return this.#window.owed;
  }

  /** A new connection stands. Returns its limit, for `hello`. */
  begin(nowMs: number): number {
    this.#window.begin(nowMs);
    this.#announce = false;
    this.#grants.clear();
    return this.#window.limit;
  }

  arrived(bytes: number): void {
    this.#window.arrived(bytes);
  }

  settle(bytes: number, nowMs: number): void {
    if (this.#window.applied(bytes, nowMs)) this.#announce = true;
  }

  drop(bytes: number): void {
    if (this.#window.dropped(bytes)) this.#announce = true;
  }

  grant(grant: CreditGrant): void {
    this.#grants.set(grant.subscription, grant);
  }

  revoke(subscription: number): void {
    this.#grants.delete(subscription);
  }

  /** The frame to send, where a limit has risen enough to be worth one. */
  take(): CreditFrame | undefined {
    if (!this.#announce && this.#grants.size === 0) return undefined;
    const frame: CreditFrame = { type: 'credit', connectionLimit: this.#window.limit, grants: [...this.#grants.values()] };
    this.#announce = false;
    this.#grants.clear();
    return frame;
  }
}

/** The credit of one stream, whatever its subscriptions: what one leaves owed counts against the window of the next. */
export class StreamCredit {
  readonly #connection: ConnectionCredit;
  readonly #window: CreditWindow;
  #subscription: number | undefined;

  constructor(connection: ConnectionCredit, nowMs: number) {
    this.#connection = connection;
    this.#window = new CreditWindow(nowMs);
  }

  /** The stream is subscribed anew. Returns the limit, for `subscribe`. */
  begin(subscription: number, nowMs: number): number {
    this.#subscription = subscription;
    this.#window.begin(nowMs);
    return this.#window.limit;
  }

  arrived(bytes: number): void {
    this.#connection.arrived(bytes);
    this.#window.arrived(bytes);
  }

  /** `bytes` were applied, and with them everything up to `appliedSeq`. */
  settle(bytes: number, appliedSeq: number, nowMs: number): void {
    this.#connection.settle(bytes, nowMs);
    if (this.#window.applied(bytes, nowMs)) this.#grant(appliedSeq);
  }

  /** `bytes` will not be applied; `appliedSeq` is as it was. */
  drop(bytes: number, appliedSeq: number): void {
    this.#connection.drop(bytes);
    if (this.#window.dropped(bytes)) this.#grant(appliedSeq);
  }

  /** The subscription has ended: what is settled before the next one is granted with it. */
  end(): void {
    if (this.#subscription !== undefined) this.#connection.revoke(this.#subscription);
    this.#subscription = undefined;
  }

  #grant(appliedSeq: number): void {
    if (this.#subscription === undefined) return;
    this.#connection.grant({ subscription: this.#subscription, limit: this.#window.limit, appliedSeq });
  }
}

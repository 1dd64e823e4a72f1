import { type CreditFrame, type CreditGrant, CreditWindow, creditWindowDefaults } from '../wire/index.ts';

/** A batch's cost, owed until the page has applied it. */
export interface Cost {
  readonly account: SubscriptionCredit;
  readonly bytes: number;
}

/**
 * The credit of one connection and its subscriptions, as the reader grants it (docs/PROTOCOL.md, CR5).
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

  /** For `hello`. */
  get limit(): number {
    return this.#window.limit;
  }

  /** Bytes that belong to no subscription any more. */
  settle(bytes: number, nowMs: number): void {
    if (this.#window.applied(bytes, nowMs)) this.#announce = true;
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

/** The credit of one subscription. */
export class SubscriptionCredit {
  readonly #subscription: number;
  readonly #connection: ConnectionCredit;
  readonly #window: CreditWindow;
  #over = false;

  constructor(subscription: number, connection: ConnectionCredit, nowMs: number) {
    this.#subscription = subscription;
    this.#connection = connection;
    this.#window = new CreditWindow(nowMs);
  }

  /** For `subscribe`. */
  get limit(): number {
    return this.#window.limit;
  }

  /** `bytes` were applied (or dropped), and with them everything up to `appliedSeq`. */
  settle(bytes: number, appliedSeq: number, nowMs: number): void {
    this.#connection.settle(bytes, nowMs);
    if (this.#window.applied(bytes, nowMs) && !this.#over) {
      this.#connection.grant({ subscription: this.#subscription, limit: this.#window.limit, appliedSeq });
    }
  }

  /** The subscription has ended: what is settled later counts for the connection only. */
  end(): void {
    this.#over = true;
    this.#connection.revoke(this.#subscription);
  }
}

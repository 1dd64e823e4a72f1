import {
  type ClientFrame,
  channelStream,
  type ErrorCode,
  encodeServerFrame,
  type HelloFrame,
  PROTOCOL_VERSION,
  StreamError,
  toStreamError,
} from '../../src/wire/index.ts';
import type { Connection, ConnectionRequest, Peer } from '../transports/peer.ts';
import type { Holder, UnsentBudget } from './budget.ts';
import type { Channel } from './channel.ts';
import type { SessionCounters } from './counters.ts';
import { Intake } from './intake.ts';
import type { LogFields } from './logger.ts';
import type { Principal, ResolvedRelayOptions } from './options.ts';
import { Outbox, type Subscription } from './outbox.ts';
import { identify } from './principal.ts';
import { Subscriptions } from './subscriptions.ts';

/** What a session asks of the relay around it. */
export interface SessionHost {
  readonly options: ResolvedRelayOptions;
  readonly now: () => number;
  channel(name: string): Channel<Subscription> | undefined;
  /** Counts the session to its principal. @throws {StreamError} `too_many_connections` */
  admitSession(principal: Principal): void;
  forget(session: Session): void;
  /** Counts and logs an error that ended a connection or refused a subscription. */
  refused(code: ErrorCode, fields: LogFields): void;
  /** It was welcomed. `fallback` is what the client gave as its reason. */
  welcomed(session: Session, fallback: string | undefined): void;
  readonly unsent: UnsentBudget;
  /** It reads one channel less, or its transport holds less than before. */
  less(): void;
  /** Figures for operators; see `RelayStats`. */
  readonly counters: SessionCounters;
}

const HELLO_TIMEOUT_MS = 5_000;
/** Answers and errors that wait behind a transport that takes nothing at most, bytes. */
const MAX_WAITING_ANSWERS = 65_536;

/** One connection as the relay sees it. Frames are handled in order; nothing it does throws. */
export class Session implements Connection, Holder {
  readonly id: string = crypto.randomUUID();
  readonly peer: Peer;
  readonly request: ConnectionRequest;
  principal: Principal | undefined;
  /** Of the error that ended it. */
  endedBy: ErrorCode | undefined;
  readonly openedAt: number;
  lastReceivedAt: number;
  lastSentAt: number;
  /** Already in the hub's list for this flush. */
  due = false;
  readonly #host: SessionHost;
  readonly #subscriptions: Subscriptions;
  readonly #intake: Intake;
  readonly #outbox: Outbox;
  /** Bytes of answers and errors since the transport was full. */
  #waitingAnswers = 0;
  /** Nothing more is sent or heard. */
  ended = false;
  /** The client has said hello; the rest is the app's time. */
  #greeted = false;

  constructor(peer: Peer, request: ConnectionRequest, host: SessionHost) {
    this.peer = peer;
    this.request = request;
    this.#host = host;
    this.#subscriptions = new Subscriptions(this, host);
    this.openedAt = host.now();
    this.lastReceivedAt = this.openedAt;
    this.lastSentAt = this.openedAt;
    this.#outbox = new Outbox(peer, {
      maxBufferedBytes: host.options.maxBufferedBytes,
      counters: host.counters,
      reset: (subscription) => this.#subscriptions.reset(subscription),
      finished: (subscription) => this.#subscriptions.forget(subscription),
      failed: (subscription, error) => {
        this.#subscriptions.leave(subscription);
        this.sendError(error, subscription.id, subscription.channel.log.channel);
      },
      sent: () => {
        this.lastSentAt = host.now();
      },
    });
    this.#intake = new Intake(host.options, this.openedAt, {
      handle: (frame) => this.#handle(frame),
      failed: (cause) => this.end(toStreamError(cause)),
    });
  }

  get unsentBytes(): number {
    return this.peer.bufferedBytes;
  }

  get subscriptions(): ReadonlyMap<number, Subscription> {
    return this.#subscriptions.all;
  }

  /** Events of its channels that it has not said to have applied. */
  get lagEvents(): number {
    return this.#subscriptions.lagEvents;
  }

  receive(message: Uint8Array): void {
    if (this.ended) return;
    const now = this.#host.now();
    this.lastReceivedAt = now;
    try {
      this.#intake.receive(message, now);
    } catch (cause) {
      this.end(toStreamError(cause));
      return;
    }
    void this.#intake.work();
  }

  disturbed(): void {
    if (this.ended) return;
    try {
      this.#intake.charge(this.#host.now());
    } catch (cause) {
      this.end(toStreamError(cause));
    }
  }

  drained(): void {
    this.deliver();
    this.#host.less();
  }

  closed(): void {
    if (this.ended) return;
    this.ended = true;
    this.#subscriptions.leaveAll();
    this.#outbox.clear();
    this.#intake.close();
    this.#host.unsent.forget(this);
    this.#host.forget(this);
  }

  /** Says why, closes, and leaves every channel. */
  end(error: StreamError): void {
    if (this.ended) return;
    this.endedBy = error.code;
    // Who reads nothing cannot be told.
    if (error.code === 'too_slow') this.#host.refused(error.code, { connection: this.id, transport: this.peer.transport });
    else this.sendError(error);
    this.peer.close(error);
    this.closed();
  }

  send(message: Uint8Array): void {
    this.lastSentAt = this.#host.now();
    this.#waitingAnswers = this.unsentBytes < this.#host.options.maxBufferedBytes ? 0 : this.#waitingAnswers + message.byteLength;
    if (this.#waitingAnswers > MAX_WAITING_ANSWERS && !this.ended) {
      this.end(new StreamError('too_slow', 'The connection asks and does not read the answers; it ends. Reconnect to resume.'));
      return;
    }
    this.peer.send(message);
    if (!this.ended) this.#host.unsent.look(this);
  }

  /** Heartbeat, and the deadlines of hello and silence. */
  tick(now: number): void {
    const { heartbeatMs } = this.#host.options;
    if (!this.#greeted && now - this.openedAt > HELLO_TIMEOUT_MS) {
      this.end(new StreamError('hello_timeout', `No hello came within ${HELLO_TIMEOUT_MS} ms; the connection closes.`));
    } else if (now - this.lastReceivedAt > 2.5 * heartbeatMs) {
      this.end(
        new StreamError(
          'heartbeat_timeout',
          'Nothing was received for two and a half heartbeats; the connection closes. Reconnect to resume.',
        ),
      );
    } else if (now - this.lastSentAt >= heartbeatMs) {
      this.send(encodeServerFrame({ type: 'ping', nonce: 0 }));
    }
  }

  /** Puts a subscription on the list of the next delivery. */
  markDue(subscription: Subscription): void {
    this.#outbox.markDue(subscription);
  }

  /** A fault ends this connection, and nothing else. */
  deliver(): void {
    if (this.ended) return;
    try {
      this.#outbox.deliver();
      if (!this.ended) this.#host.unsent.look(this);
    } catch (cause) {
      this.end(toStreamError(cause));
    }
  }

  /** The channel was dropped from the logs. */
  dropChannel(subscription: Subscription): void {
    this.#subscriptions.leave(subscription);
    this.sendError(
      new StreamError('unknown_channel', 'The stream’s grace period is over; its log was dropped.'),
      subscription.id,
      subscription.channel.log.channel,
    );
  }

  #handle(frame: ClientFrame): Promise<void> | undefined {
    if (frame.type === 'hello') return this.#hello(frame);
    if (this.principal === undefined)
      throw new StreamError('hello_expected', `The first frame was ${frame.type}; it must be hello. The connection closes.`);
    switch (frame.type) {
      case 'subscribe':
        this.#subscriptions.subscribe(frame, this.principal);
        return undefined;
      case 'unsubscribe':
        this.#subscriptions.unsubscribe(frame.subscription);
        return undefined;
      case 'credit':
        this.#outbox.credit.raise(frame.connectionLimit);
        for (const grant of frame.grants) this.#subscriptions.grant(grant);
        // Another channel may have waited for the connection's credit.
        for (const subscription of this.subscriptions.values())
          if (subscription.cursor < subscription.channel.flushed) this.markDue(subscription);
        this.deliver();
        return undefined;
      case 'refresh':
        return this.#authenticate(frame.credentials).then((principal) => {
          if (principal.id !== this.principal?.id)
            throw new StreamError('unauthenticated', 'The new credentials belong to somebody else; the connection closes. Connect anew.');
          // What else the app knows of it (a role, say) may have changed.
          this.principal = principal;
        });
      case 'ping':
        this.send(encodeServerFrame({ type: 'pong', nonce: frame.nonce }));
        return undefined;
      case 'pong':
        return undefined;
    }
  }

  async #hello(frame: HelloFrame): Promise<void> {
    if (this.#greeted) throw new StreamError('bad_frame', 'A second hello came on this connection, which closes.');
    this.#greeted = true;
    if (frame.protocol !== PROTOCOL_VERSION) {
      throw new StreamError(
        'protocol_version',
        `The client speaks version ${frame.protocol} of the protocol, this relay version ${PROTOCOL_VERSION}. Update the older one.`,
      );
    }
    const principal = await this.#authenticate(frame.credentials);
    if (this.ended) return;
    this.#host.admitSession(principal);
    this.principal = principal;
    this.#outbox.credit.raise(frame.credit);
    this.#host.welcomed(this, frame.fallback);
    const { heartbeatMs, maxChannelsPerConnection } = this.#host.options;
    this.send(
      encodeServerFrame({
        type: 'welcome',
        protocol: PROTOCOL_VERSION,
        session: this.id,
        heartbeatMs,
        maxChannels: maxChannelsPerConnection,
      }),
    );
  }

  async #authenticate(credentials: string | undefined): Promise<Principal> {
    const { headers, origin, remoteAddress, transport } = this.request;
    return identify(this.#host.options, { credentials, headers, origin, remoteAddress, transport });
  }

  /** Counts and says it: about the connection, or about one subscription. */
  sendError(error: StreamError, subscription?: number, channel?: string): void {
    const { code, message, retryable, retryAfterMs } = error;
    const stream = channel === undefined ? undefined : channelStream(channel);
    this.#host.refused(code, {
      connection: this.id,
      transport: this.peer.transport,
      ...(stream === undefined ? {} : { stream }),
      // A fault of ours or of the app's keeps its details to the operator's log.
      ...(code === 'internal' ? { cause: String(error.cause ?? message) } : {}),
    });
    this.send(
      encodeServerFrame({
        type: 'error',
        code,
        message,
        retryable,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(subscription === undefined ? {} : { subscription }),
      }),
    );
  }
}

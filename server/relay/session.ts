// Longer than most files here: all a client may send is handled in one place, in one order.
import {
  type ClientFrame,
  CreditAccount,
  type CreditGrant,
  channelStream,
  creditWindowDefaults,
  decodeClientMessage,
  type ErrorCode,
  encodeServerFrame,
  type HelloFrame,
  PROTOCOL_VERSION,
  StreamError,
  type SubscribedFrame,
  type SubscribeFrame,
  toStreamError,
} from '../../src/wire/index.ts';
import type { StreamLog } from '../log/log.ts';
import type { Connection, ConnectionRequest, Peer } from '../transports/peer.ts';
import { TokenBucket } from './bucket.ts';
import type { Holder, UnsentBudget } from './budget.ts';
import type { Channel } from './channel.ts';
import type { LogFields } from './logger.ts';
import type { Principal, ResolvedRelayOptions } from './options.ts';
import { Outbox, type Subscription } from './outbox.ts';
import { identify } from './principal.ts';

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

export interface SessionCounters {
  deliveredBatches: number;
  deliveredBytes: number;
  deliveredEvents: number;
  /** Of those, events that were part of a delta before them. */
  coalescedEvents: number;
  readonly answers: Record<Answer, number>;
  /** Answers to readers that had a place in the stream. */
  readonly recoveries: Record<Answer, number>;
  /** Events that `recovered` announced. */
  recoveredEvents: number;
}

type Answer = SubscribedFrame['answer'];

export function createSessionCounters(): SessionCounters {
  const answers = { live: 0, recovered: 0, reset: 0, gone: 0 };
  return {
    deliveredBatches: 0,
    deliveredBytes: 0,
    deliveredEvents: 0,
    coalescedEvents: 0,
    answers,
    recoveries: { ...answers },
    recoveredEvents: 0,
  };
}

const HELLO_TIMEOUT_MS = 5_000;
/** Frames waiting for `authenticate` or `authorize` at most. */
const MAX_INBOX = 4_096;
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
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #messages: TokenBucket;
  readonly #frames: TokenBucket;
  readonly #outbox: Outbox;
  #highestSubscription = 0;
  /** Bytes of answers and errors since the transport was full. */
  #waitingAnswers = 0;
  #inbox: ClientFrame[] = [];
  #busy = false;
  #ended = false;

  constructor(peer: Peer, request: ConnectionRequest, host: SessionHost) {
    this.peer = peer;
    this.request = request;
    this.#host = host;
    this.openedAt = host.now();
    this.lastReceivedAt = this.openedAt;
    this.lastSentAt = this.openedAt;
    this.#outbox = new Outbox(peer, {
      maxBufferedBytes: host.options.maxBufferedBytes,
      counters: host.counters,
      reset: (subscription) => this.#reset(subscription),
      finished: (subscription) => this.#forget(subscription),
      failed: (subscription, error) => {
        this.#leave(subscription);
        this.#sendError(error, subscription.id, subscription.channel.log.channel);
      },
      sent: () => {
        this.lastSentAt = host.now();
      },
    });
    this.#messages = new TokenBucket(host.options.maxMessagesPerSecond, this.openedAt);
    this.#frames = new TokenBucket(host.options.maxFramesPerSecond, this.openedAt);
  }

  get unsentBytes(): number {
    return this.peer.bufferedBytes;
  }

  get subscriptions(): ReadonlyMap<number, Subscription> {
    return this.#subscriptions;
  }

  /** Events of its channels that it has not said to have applied. */
  get lagEvents(): number {
    let lag = 0;
    for (const { channel, applied } of this.#subscriptions.values()) lag += channel.log.head - applied;
    return lag;
  }

  receive(message: Uint8Array): void {
    if (this.#ended) return;
    const now = this.#host.now();
    this.lastReceivedAt = now;
    try {
      if (!this.#messages.take(now)) throw tooManyMessages();
      const frames = decodeClientMessage(message);
      if (!this.#frames.take(now, costOf(frames))) {
        throw new StreamError('rate_limited', 'Too many frames on this connection, which closes. Subscribe, ping and refresh less often.');
      }
      this.#inbox.push(...frames);
      if (this.#inbox.length > MAX_INBOX) throw new StreamError('rate_limited', 'Too many frames wait on this connection, which closes.');
    } catch (cause) {
      this.end(toStreamError(cause));
      return;
    }
    if (!this.#busy) void this.#work();
  }

  disturbed(): void {
    if (!this.#ended && !this.#messages.take(this.#host.now())) this.end(tooManyMessages());
  }

  drained(): void {
    this.deliver();
    this.#host.less();
  }

  closed(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leaveAll();
    this.#host.unsent.forget(this);
    this.#host.forget(this);
  }

  /** Says why, closes, and leaves every channel. */
  end(error: StreamError): void {
    if (this.#ended) return;
    this.endedBy = error.code;
    // Who reads nothing cannot be told.
    if (error.code === 'too_slow') this.#host.refused(error.code, { connection: this.id, transport: this.peer.transport });
    else this.#sendError(error);
    this.peer.close(error);
    this.closed();
  }

  send(message: Uint8Array): void {
    this.lastSentAt = this.#host.now();
    this.#waitingAnswers = this.unsentBytes < this.#host.options.maxBufferedBytes ? 0 : this.#waitingAnswers + message.byteLength;
    if (this.#waitingAnswers > MAX_WAITING_ANSWERS && !this.#ended) {
      this.end(new StreamError('too_slow', 'The connection asks and does not read the answers; it ends. Reconnect to resume.'));
      return;
    }
    this.peer.send(message);
    if (!this.#ended) this.#host.unsent.look(this);
  }

  /** Heartbeat, and the deadlines of hello and silence. */
  tick(now: number): void {
    const { heartbeatMs } = this.#host.options;
    if (this.principal === undefined && now - this.openedAt > HELLO_TIMEOUT_MS) {
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
    if (this.#ended) return;
    try {
      this.#outbox.deliver();
      this.#host.unsent.look(this);
    } catch (cause) {
      this.end(toStreamError(cause));
    }
  }

  /** The channel was dropped from the logs. */
  dropChannel(subscription: Subscription): void {
    this.#leave(subscription);
    this.#sendError(
      new StreamError('unknown_channel', 'The stream’s grace period is over; its log was dropped.'),
      subscription.id,
      subscription.channel.log.channel,
    );
  }

  async #work(): Promise<void> {
    this.#busy = true;
    try {
      for (let frame = this.#inbox.shift(); frame !== undefined && !this.#ended; frame = this.#inbox.shift()) {
        const waiting = this.#handle(frame);
        if (waiting !== undefined) await waiting;
      }
    } catch (cause) {
      this.end(toStreamError(cause));
    }
    this.#busy = false;
  }

  #handle(frame: ClientFrame): Promise<void> | undefined {
    if (frame.type === 'hello') return this.#hello(frame);
    if (this.principal === undefined)
      throw new StreamError('hello_expected', `The first frame was ${frame.type}; it must be hello. The connection closes.`);
    switch (frame.type) {
      case 'subscribe':
        return this.#subscribe(frame, this.principal);
      case 'unsubscribe': {
        const subscription = this.#subscriptions.get(frame.subscription);
        if (subscription !== undefined) this.#leave(subscription);
        return undefined;
      }
      case 'credit':
        this.#outbox.credit.raise(frame.connectionLimit);
        for (const grant of frame.grants) this.#grant(grant);
        // Another channel may have waited for the connection's credit.
        for (const subscription of this.#subscriptions.values())
          if (subscription.cursor < subscription.channel.flushed) this.markDue(subscription);
        this.deliver();
        return undefined;
      case 'refresh':
        return this.#authenticate(frame.credentials).then((principal) => {
          if (principal.id !== this.principal?.id)
            throw new StreamError('unauthenticated', 'The new credentials belong to somebody else; the connection closes. Connect anew.');
        });
      case 'ping':
        this.send(encodeServerFrame({ type: 'pong', nonce: frame.nonce }));
        return undefined;
      case 'pong':
        return undefined;
    }
  }

  async #hello(frame: HelloFrame): Promise<void> {
    if (this.principal !== undefined) throw new StreamError('bad_frame', 'A second hello came on this connection, which closes.');
    if (frame.protocol !== PROTOCOL_VERSION) {
      throw new StreamError(
        'protocol_version',
        `The client speaks version ${frame.protocol} of the protocol, this relay version ${PROTOCOL_VERSION}. Update the older one.`,
      );
    }
    const principal = await this.#authenticate(frame.credentials);
    if (this.#ended) return;
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

  #subscribe(frame: SubscribeFrame, principal: Principal): Promise<void> | undefined {
    const refusal = this.#refuseSubscribe(frame);
    this.#highestSubscription = Math.max(this.#highestSubscription, frame.subscription);
    if (refusal !== undefined) {
      this.#sendError(refusal, frame.subscription, frame.channel);
      return undefined;
    }
    const channel = this.#channel(frame);
    if (channel === undefined) return undefined;
    const allowed = this.#host.options.authorize(principal, 'subscribe', frame.channel, channel.log.principal);
    if (!(allowed instanceof Promise)) {
      this.#join(frame, channel, allowed === true);
      return undefined;
    }
    return allowed.then((decision) => {
      if (this.#ended) return;
      // It may have been dropped meanwhile, and its id be somebody else's by now: the decision was about this log only.
      const current = this.#channel(frame);
      const same = current?.log.principal === channel.log.principal;
      if (current !== undefined) this.#join(frame, current, decision === true && same);
    });
  }

  /** The channel to be read; where there is none, or none that can be read, that is said. */
  #channel(frame: SubscribeFrame): Channel<Subscription> | undefined {
    try {
      const channel = this.#host.channel(frame.channel);
      if (channel === undefined)
        this.#answer(
          frame.channel,
          { subscription: frame.subscription, answer: 'gone', epoch: '', seq: 0, recovered: 0 },
          frame.afterSeq > 0,
        );
      return channel;
    } catch (cause) {
      this.#sendError(toStreamError(cause), frame.subscription, frame.channel);
      return undefined;
    }
  }

  #refuseSubscribe(frame: SubscribeFrame): StreamError | undefined {
    if (frame.subscription <= this.#highestSubscription) {
      return new StreamError(
        'already_subscribed',
        `Subscription ${frame.subscription} was used before on this connection; numbers must rise. This one is ignored.`,
      );
    }
    for (const { channel } of this.#subscriptions.values()) {
      if (channel.log.channel === frame.channel)
        return new StreamError('already_subscribed', 'The connection reads this channel already; the second subscription is ignored.');
    }
    const max = this.#host.options.maxChannelsPerConnection;
    if (this.#subscriptions.size >= max)
      return new StreamError('too_many_channels', `The connection reads ${max} channels already, the most it may. Leave one first.`);
    return undefined;
  }

  #join(frame: SubscribeFrame, channel: Channel<Subscription>, allowed: boolean): void {
    if (!allowed) {
      this.#sendError(
        new StreamError('forbidden', 'The principal may not read this stream. The connection stays open.'),
        frame.subscription,
        frame.channel,
      );
      return;
    }
    const { log } = channel;
    const subscription: Subscription = {
      id: frame.subscription,
      session: this,
      channel,
      credit: new CreditAccount(frame.credit),
      cursor: frame.afterSeq,
      applied: frame.afterSeq,
      due: false,
      over: false,
    };
    let exact: boolean;
    try {
      exact = this.#canReplay(log, frame);
    } catch (cause) {
      this.#sendError(toStreamError(cause), frame.subscription, frame.channel);
      return;
    }
    this.#subscriptions.set(subscription.id, subscription);
    channel.readers.add(subscription);
    if (!exact) this.#reset(subscription);
    else {
      const { afterSeq: seq } = frame;
      const recovered = log.head - seq;
      if (seq > 0) this.#host.counters.recoveredEvents += recovered;
      const answer = recovered === 0 ? 'live' : 'recovered';
      this.#answer(frame.channel, { subscription: subscription.id, answer, epoch: log.epoch, seq, recovered }, seq > 0);
    }
    if (log.closed && subscription.cursor === log.head) {
      this.#forget(subscription);
      return;
    }
    this.markDue(subscription);
    this.deliver();
  }

  /** Whether what follows the cursor is served as it is, and not by a snapshot. @throws {StreamError} where the storage cannot be read */
  #canReplay(log: StreamLog, { afterSeq, epoch }: SubscribeFrame): boolean {
    if (afterSeq === 0) return true;
    if (epoch !== log.epoch || afterSeq > log.head || !log.serves(afterSeq)) return false;
    const missing = log.pendingBytes(afterSeq);
    if (missing <= this.#host.options.maxReplayBytes) return true;
    // Whoever has much of it goes on, or one interrupted again and again would begin again and again.
    return log.pendingBytes(0) - missing > creditWindowDefaults.initialBytes;
  }

  #reset(subscription: Subscription): void {
    const { log, flushed } = subscription.channel;
    subscription.cursor = 0;
    subscription.applied = 0;
    this.#answer(log.channel, { subscription: subscription.id, answer: 'reset', epoch: log.epoch, seq: flushed, recovered: 0 }, true);
  }

  #grant(grant: CreditGrant): void {
    const subscription = this.#subscriptions.get(grant.subscription);
    if (subscription === undefined) return;
    subscription.credit.raise(grant.limit);
    // Nobody has applied what was not sent.
    subscription.applied = Math.max(subscription.applied, Math.min(grant.appliedSeq, subscription.cursor));
  }

  /** `recovery`: the reader had a place in the stream. */
  #answer(channel: string, frame: Omit<SubscribedFrame, 'type'>, recovery: boolean): void {
    const { answer, seq, recovered } = frame;
    this.#host.options.log('debug', 'Subscribed', { connection: this.id, stream: channelStream(channel) ?? '', answer, seq, recovered });
    const { answers, recoveries } = this.#host.counters;
    answers[frame.answer] += 1;
    if (recovery) recoveries[frame.answer] += 1;
    this.send(encodeServerFrame({ type: 'subscribed', ...frame }));
  }

  #sendError(error: StreamError, subscription?: number, channel?: string): void {
    const { code, message, retryable, retryAfterMs } = error;
    const stream = channel === undefined ? undefined : channelStream(channel);
    this.#host.refused(code, { connection: this.id, transport: this.peer.transport, ...(stream === undefined ? {} : { stream }) });
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

  #leave(subscription: Subscription): void {
    this.#forget(subscription);
    this.peer.release(subscription.id);
  }

  #forget(subscription: Subscription): void {
    subscription.over = true;
    this.#subscriptions.delete(subscription.id);
    subscription.channel.leave(subscription, this.#host.now());
    this.#host.less();
  }

  #leaveAll(): void {
    for (const subscription of this.#subscriptions.values()) subscription.channel.leave(subscription, this.#host.now());
    this.#subscriptions.clear();
    this.#outbox.clear();
    this.#inbox = [];
  }
}

/** In frames: what asks the app, or is long, counts for more. */
function costOf(frames: readonly ClientFrame[]): number {
  let cost = 0;
  for (const frame of frames) {
    if (frame.type === 'refresh') cost += 20;
    else if (frame.type === 'credit') cost += 1 + Math.floor(frame.grants.length / 16);
    else cost += 1;
  }
  return cost;
}

function tooManyMessages(): StreamError {
  return new StreamError('rate_limited', 'Too many messages on this connection, which closes. Send fewer, and several frames in one.');
}

import {
  CreditAccount,
  type CreditGrant,
  channelStream,
  creditWindowDefaults,
  encodeServerFrame,
  StreamError,
  type SubscribedFrame,
  type SubscribeFrame,
  toStreamError,
} from '../../src/wire/index.ts';
import type { StreamLog } from '../log/log.ts';
import type { Channel } from './channel.ts';
import type { Principal } from './options.ts';
import type { Subscription } from './outbox.ts';
import type { Session, SessionHost } from './session.ts';

/** What one session reads: who may, from where, and how far (docs/PROTOCOL.md, SQ3 to SQ9, CN4, CN6). */
export class Subscriptions {
  readonly #session: Session;
  readonly #host: SessionHost;
  readonly #byId = new Map<number, Subscription>();
  /** What the app is asked about, and the credit it has by now. The connection over, nothing is here. */
  readonly #asked = new Map<number, { readonly channel: string; credit: number; left: boolean }>();
  #highest = 0;

  constructor(session: Session, host: SessionHost) {
    this.#session = session;
    this.#host = host;
  }

  get all(): ReadonlyMap<number, Subscription> {
    return this.#byId;
  }

  /** Events of its channels that it has not said to have applied. */
  get lagEvents(): number {
    let lag = 0;
    for (const { channel, applied } of this.#byId.values()) lag += channel.log.head - applied;
    return lag;
  }

  /** Subscribes, or says why not; where the app takes its time to decide, nothing else waits for it. */
  subscribe(frame: SubscribeFrame, principal: Principal): void {
    const refusal = this.#refuseSubscribe(frame);
    this.#highest = Math.max(this.#highest, frame.subscription);
    if (refusal !== undefined) {
      this.#session.sendError(refusal, frame.subscription, frame.channel);
      return;
    }
    const channel = this.#channel(frame);
    if (channel !== undefined) this.#decide(frame, principal, channel);
  }

  /** A decision that fails is about this subscription only. */
  #decide(frame: SubscribeFrame, principal: Principal, channel: Channel<Subscription>): void {
    const owner = channel.log.principal;
    const failed = (cause: unknown): void => this.#session.sendError(toStreamError(cause), frame.subscription, frame.channel);
    let allowed: boolean | Promise<boolean>;
    try {
      allowed = this.#host.options.authorize(principal, 'subscribe', frame.channel, owner);
    } catch (cause) {
      failed(cause);
      return;
    }
    if (!(allowed instanceof Promise)) {
      this.#join(frame, channel, allowed === true);
      return;
    }
    const asked = { channel: frame.channel, credit: frame.credit, left: false };
    this.#asked.set(frame.subscription, asked);
    allowed
      .then(
        (decision) => {
          if (!this.#asked.delete(frame.subscription) || asked.left) return;
          // It may have been dropped meanwhile, and its id be somebody else's by now: the decision was about this log only.
          const current = this.#channel(frame);
          if (current === undefined) return;
          this.#join({ ...frame, credit: asked.credit }, current, decision === true && current.log.principal === owner);
        },
        (cause: unknown) => {
          if (this.#asked.delete(frame.subscription) && !asked.left) failed(cause);
        },
      )
      .catch((cause: unknown) => this.#session.end(toStreamError(cause)));
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
      this.#session.sendError(toStreamError(cause), frame.subscription, frame.channel);
      return undefined;
    }
  }

  #refuseSubscribe(frame: SubscribeFrame): StreamError | undefined {
    if (frame.subscription <= this.#highest) {
      return new StreamError(
        'already_subscribed',
        `Subscription ${frame.subscription} was used before on this connection; numbers must rise. This one is ignored.`,
      );
    }
    const channels = [...this.#byId.values()].map(({ channel }) => channel.log.channel);
    for (const { channel, left } of this.#asked.values()) if (!left) channels.push(channel);
    if (channels.includes(frame.channel))
      return new StreamError('already_subscribed', 'The connection reads this channel already; the second subscription is ignored.');
    const max = this.#host.options.maxChannelsPerConnection;
    // What was left takes its place until the app has answered: else one connection could ask it without end.
    if (this.#byId.size + this.#asked.size >= max)
      return new StreamError('too_many_channels', `The connection reads ${max} channels already, the most it may. Leave one first.`);
    return undefined;
  }

  #join(frame: SubscribeFrame, channel: Channel<Subscription>, allowed: boolean): void {
    if (!allowed) {
      this.#session.sendError(
        new StreamError('forbidden', 'The principal may not read this stream. The connection stays open.'),
        frame.subscription,
        frame.channel,
      );
      return;
    }
    const { log } = channel;
    const subscription: Subscription = {
      id: frame.subscription,
      session: this.#session,
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
      this.#session.sendError(toStreamError(cause), frame.subscription, frame.channel);
      return;
    }
    this.#byId.set(subscription.id, subscription);
    channel.readers.add(subscription);
    if (!exact) this.reset(subscription);
    else {
      const { afterSeq: seq } = frame;
      const recovered = log.head - seq;
      if (seq > 0) this.#host.counters.recoveredEvents += recovered;
      const answer = recovered === 0 ? 'live' : 'recovered';
      this.#answer(frame.channel, { subscription: subscription.id, answer, epoch: log.epoch, seq, recovered }, seq > 0);
    }
    if (log.closed && subscription.cursor === log.head) {
      this.forget(subscription);
      return;
    }
    this.#session.markDue(subscription);
    this.#session.deliver();
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

  /** Sets the cursor back, and says so. */
  reset(subscription: Subscription): void {
    const { log, flushed } = subscription.channel;
    subscription.cursor = 0;
    subscription.applied = 0;
    this.#answer(log.channel, { subscription: subscription.id, answer: 'reset', epoch: log.epoch, seq: flushed, recovered: 0 }, true);
  }

  grant(grant: CreditGrant): void {
    const asked = this.#asked.get(grant.subscription);
    if (asked !== undefined) asked.credit = Math.max(asked.credit, grant.limit);
    const subscription = this.#byId.get(grant.subscription);
    if (subscription === undefined) return;
    subscription.credit.raise(grant.limit);
    // Nobody has applied what was not sent.
    subscription.applied = Math.max(subscription.applied, Math.min(grant.appliedSeq, subscription.cursor));
  }

  /** `recovery`: the reader had a place in the stream. */
  #answer(channel: string, frame: Omit<SubscribedFrame, 'type'>, recovery: boolean): void {
    const { answer, seq, recovered } = frame;
    this.#host.options.log('debug', 'Subscribed', {
      connection: this.#session.id,
      stream: channelStream(channel) ?? '',
      answer,
      seq,
      recovered,
    });
    const { answers, recoveries } = this.#host.counters;
    answers[frame.answer] += 1;
    if (recovery) recoveries[frame.answer] += 1;
    this.#session.send(encodeServerFrame({ type: 'subscribed', ...frame }));
  }

  /** The client wants no more of it. */
  unsubscribe(id: number): void {
    const asked = this.#asked.get(id);
    if (asked !== undefined) asked.left = true;
    const subscription = this.#byId.get(id);
    if (subscription !== undefined) this.leave(subscription);
  }

  /** It is read no more, and its stream ends. */
  leave(subscription: Subscription): void {
    this.forget(subscription);
    this.#session.peer.release(subscription.id);
  }

  /** It is over: all of it was sent. */
  forget(subscription: Subscription): void {
    subscription.over = true;
    this.#byId.delete(subscription.id);
    subscription.channel.leave(subscription, this.#host.now());
    this.#host.less();
  }

  leaveAll(): void {
    for (const subscription of this.#byId.values()) subscription.channel.leave(subscription, this.#host.now());
    this.#byId.clear();
    this.#asked.clear();
  }
}

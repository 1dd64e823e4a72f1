// Larger than most files here: the whole life of a connection is one machine, and is read as one.
import { dueTransports, ladder, startingOrder } from './ladder.ts';
import type { SignalMessage, TransportName } from './messages.ts';
import {
  type Attempt,
  backoff,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  type Failure,
  type Moment,
  NEVER,
  silence,
  type Transition,
} from './state.ts';

/** The next state and what is to be done. Pure; events of an attempt or round that is not current change nothing (CN17). */
export function transition(state: ConnectionState, event: ConnectionEvent, moment: Moment): Transition {
  if (state.phase === 'closed') return { state, effects: [] };
  const step: Step = { next: { ...state }, effects: [], ...moment };
  apply(step, event);
  return { state: step.next, effects: step.effects };
}

/** When `tick` is due, ms since the Unix epoch; infinite when nothing is. */
export function nextWake(state: ConnectionState): number {
  let wake = Math.min(NEVER, ...state.pending.map((attempt) => attempt.deadline));
  switch (state.phase) {
    case 'preparing':
    case 'greeting':
    case 'waiting':
      return Math.min(wake, state.deadline);
    case 'racing':
      if (dueTransports(state.out, transports(state.pending), true).length > 0) wake = Math.min(wake, headStartEnd(state));
      return wake;
    case 'connected':
      return Math.min(wake, silenceEnd(state), state.pingAt, state.probeUntil, askAt(state), state.drainAt);
    default:
      return wake;
  }
}

type Draft = { -readonly [field in keyof ConnectionState]: ConnectionState[field] };

interface Step extends Moment {
  readonly next: Draft;
  readonly effects: ConnectionEffect[];
}

function apply(step: Step, event: ConnectionEvent): void {
  const { next, effects, now } = step;
  switch (event.type) {
    case 'start':
      if (next.phase === 'idle' || mayRevive(next)) prepare(step);
      break;
    case 'credentials':
      applyCredentials(step);
      break;
    case 'credentials-failed':
      if (next.phase === 'preparing' && next.awaitsCredentials) giveUp(step, credentialsFailure);
      break;
    case 'discovered':
      if (next.phase !== 'preparing' || event.round !== next.round || next.discovered) break;
      next.discovered = true;
      next.unavailable = event.unavailable;
      raceWhenPrepared(step);
      break;
    case 'discovery-failed':
      if (next.phase === 'preparing' && event.round === next.round && !next.discovered) giveUp(step, event.failure);
      break;
    case 'opened': {
      const attempt = next.pending.find(({ id }) => id === event.attempt);
      if (attempt === undefined) break;
      if (next.phase === 'racing') win(step, attempt);
      else dismiss(step, attempt);
      break;
    }
    case 'ended': {
      const attempt = next.pending.find(({ id }) => id === event.attempt);
      if (attempt !== undefined) lose(step, attempt, event.failure ?? lostFailure);
      else if (isLive(next, event.attempt)) liveEnded(step, event.failure);
      break;
    }
    case 'welcomed':
      if (next.phase === 'greeting' && isLive(next, event.attempt)) welcome(step, event.heartbeatMs);
      break;
    case 'heard':
      if (!isLive(next, event.attempt)) break;
      if (next.probeUntil !== NEVER && now - next.ping.sentAt < silence.patienceMs) next.patienceMs = silence.patienceMs;
      next.heardAt = now;
      next.probeUntil = NEVER;
      break;
    case 'pong':
      if (isLive(next, event.attempt) && event.nonce === next.ping.nonce) next.roundTripMs = now - next.ping.sentAt;
      break;
    case 'refused':
      if (!isLive(next, event.attempt)) break;
      effects.push({ type: 'close', attempt: event.attempt });
      if (next.phase === 'connected') lostConnection(step, { ...event.failure, retryable: true });
      else {
        down(step);
        giveUp(step, event.failure);
      }
      break;
    case 'drain':
      if (next.phase === 'connected' && isLive(next, event.attempt)) {
        next.drainAt = Math.min(next.drainAt, now + event.retryAfterMs + step.random * event.spreadMs);
      }
      break;
    case 'awaiting':
      next.awaiting = event.streams;
      break;
    case 'signal':
      applySignal(step, event.signal);
      break;
    case 'tick':
      tick(step);
      break;
    case 'close':
      closeLive(step);
      closePending(step);
      next.phase = 'closed';
      next.recycling = false;
      break;
  }
}

function tick(step: Step): void {
  const { next, effects, now } = step;
  for (const attempt of next.pending) {
    if (attempt.deadline > now) continue;
    effects.push({ type: 'close', attempt: attempt.id });
    lose(step, attempt, timedOut(`not ready within ${next.config.attemptTimeoutMs} ms`), 'timeout');
  }
  switch (next.phase) {
    case 'preparing':
      if (next.deadline <= now) {
        giveUp(
          step,
          timedOut(next.discovered ? 'The page gave no credentials in time' : 'The relay did not answer the discovery request in time'),
        );
      }
      break;
    case 'racing':
      advance(step);
      break;
    case 'greeting':
      if (next.deadline > now || next.live === undefined) break;
      effects.push({ type: 'close', attempt: next.live.id });
      liveEnded(step, timedOut(`The relay did not answer over ${next.live.transport} in time`));
      break;
    case 'connected':
      if (next.drainAt <= now) {
        closeLive(step);
        closePending(step);
        prepare(step);
      } else if (silenceEnd(next) <= now || (next.probeUntil <= now && now < next.probeUntil + silence.lateMs)) fallenSilent(step);
      else if (next.probeUntil <= now || askAt(next) <= now) probe(step);
      else if (next.pingAt <= now) ping(step);
      break;
    case 'waiting':
      if (next.deadline <= now) prepare(step);
      break;
    default:
      break;
  }
}

/** Begins a round: discovery and credentials, then the race. */
function prepare(step: Step, credentialsFresh = false): void {
  const { next, effects, now } = step;
  next.phase = 'preparing';
  next.round += 1;
  next.rounds += 1;
  next.deadline = now + next.config.attemptTimeoutMs;
  next.discovered = next.recycling;
  next.awaitsCredentials = next.config.asksCredentials && !credentialsFresh;
  if (!next.discovered) effects.push({ type: 'discover', round: next.round });
  if (next.awaitsCredentials) effects.push({ type: 'ask-credentials' });
  raceWhenPrepared(step);
}

function raceWhenPrepared(step: Step): void {
  const { next, now } = step;
  if (!next.discovered || next.awaitsCredentials) return;
  next.phase = 'racing';
  next.raceStartedAt = now;
  next.lost = [];
  next.out = next.recycling
    ? {
        webtransport: next.out.webtransport ?? { reason: 'slower', message: 'WebTransport was not ready in time.' },
        websocket: next.out.websocket ?? { reason: 'slower', message: 'websocket was not tried.' },
      }
    : startingOrder(next.config.transport, next.unavailable, next.remembered, now);
  advance(step);
}

/** Starts what is due; ends the round when nothing is left. */
function advance(step: Step): void {
  const { next, effects, now } = step;
  for (const transport of dueTransports(next.out, transports(next.pending), headStartEnd(next) <= now)) {
    next.lastAttempt += 1;
    next.pending = [...next.pending, { id: next.lastAttempt, transport, deadline: now + next.config.attemptTimeoutMs }];
    effects.push({ type: 'open', attempt: next.lastAttempt, transport });
  }
  if (next.pending.length > 0) return;
  if (next.config.transport === 'auto' && !next.recycling) next.remembered = undefined;
  const reasons = ladder.map((name) => next.out[name]?.message).filter((reason) => reason !== undefined);
  giveUp(step, {
    code: 'connect_failed',
    message: `No transport reached the relay: ${reasons.join(' ')} It is tried again.`,
    retryable: true,
  });
}

function win(step: Step, winner: Attempt): void {
  const { next, effects, now } = step;
  for (const attempt of next.pending) {
    if (attempt !== winner && attempt.transport !== 'webtransport') effects.push({ type: 'close', attempt: attempt.id });
  }
  next.pending = next.pending.filter((attempt) => attempt !== winner && attempt.transport === 'webtransport');
  next.live = winner;
  next.phase = 'greeting';
  next.deadline = now + next.config.attemptTimeoutMs;
  next.greetedAt = now;
  effects.push({ type: 'greet', attempt: winner.id });
}

function dismiss({ next, effects }: Step, attempt: Attempt): void {
  next.pending = next.pending.filter((other) => other !== attempt);
  effects.push({ type: 'close', attempt: attempt.id });
}

/** A running attempt failed before it could win, or, being WebTransport, after another had won. */
function lose(step: Step, { id, transport }: Attempt, failure: Failure, reason: 'failed' | 'timeout' = 'failed'): void {
  const { next } = step;
  next.pending = next.pending.filter((attempt) => attempt.id !== id);
  next.out = { ...next.out, [transport]: { reason, message: `${transport}: ${failure.message}` } };
  next.lost = [...next.lost, transport];
  if (next.phase === 'racing') advance(step);
  else if (next.phase === 'connected') remember(step);
}

function liveEnded(step: Step, failure: Failure | undefined): void {
  const { next } = step;
  if (next.phase === 'connected') {
    lostConnection(step, failure);
    return;
  }
  const { live } = next;
  down(step);
  if (live === undefined) return;
  if (failure?.retryable === false) {
    giveUp(step, failure);
    return;
  }
  next.phase = 'racing';
  lose(step, live, failure ?? lostFailure);
}

/** CN7 */
function fallenSilent(step: Step): void {
  const { next, effects, now } = step;
  const { live } = next;
  if (live !== undefined) effects.push({ type: 'close', attempt: live.id });
  next.patienceMs = Math.min(silence.maxPatienceMs, 2 * next.patienceMs);
  next.distrusts = live?.transport;
  lostConnection(step, {
    code: 'heartbeat_timeout',
    message: `The relay has been silent for ${Math.round(now - next.heardAt)} ms. The connection is made again and every stream resumes.`,
    retryable: true,
  });
}

function welcome(step: Step, heartbeatMs: number): void {
  const { next, now } = step;
  next.phase = 'connected';
  next.recycling = false;
  next.since = now;
  next.heartbeatMs = heartbeatMs;
  next.heardAt = now;
  next.pingAt = now + 0.75 * heartbeatMs;
  next.probeUntil = NEVER;
  next.drainAt = NEVER;
  next.roundTripMs = now - next.greetedAt;
  next.rounds = 0;
  next.askedAgain = false;
  next.distrusts = undefined;
  next.everConnected = true;
  next.error = undefined;
  remember(step);
}

/** CN15: a better transport has lost only when it failed or timed out; one left out because of an earlier loss keeps that loss's expiry. */
function remember({ next, now }: Step): void {
  const winner = next.live?.transport;
  if (next.config.transport !== 'auto' || winner === undefined) return;
  if (winner !== 'webtransport' && next.lost.length === 0) return;
  next.remembered = { winner, expiresAt: now + next.config.rememberMs };
}

/** A connection that stood is gone. */
function lostConnection(step: Step, failure: Failure | undefined): void {
  const { next, now } = step;
  const stood = now - next.since >= backoff.stableMs;
  const { live, drainAt } = next;
  if (stood) next.losses = 0;
  down(step);
  closePending(step);
  if (failure === undefined && stood && live?.transport === 'sse' && drainAt === NEVER) {
    next.recycling = true;
    prepare(step);
    next.rounds = 0;
    return;
  }
  giveUp(step, {
    ...(failure ?? lostFailure),
    retryAfterMs: Math.max(failure?.retryAfterMs ?? 0, drainAt === NEVER ? 0 : drainAt - now),
  });
}

/** Ends the round: waits for the next one, or for good where trying again cannot help. */
function giveUp(step: Step, failure: Failure): void {
  const { next, now } = step;
  closePending(step);
  next.error = failure;
  next.recycling = false;
  if (!failure.retryable && !asksAgain(next, failure)) {
    next.phase = 'failed';
    return;
  }
  next.phase = 'waiting';
  next.notBefore = now + (failure.retryAfterMs ?? 0);
  next.deadline = next.notBefore + step.random * Math.min(backoff.maxMs, backoff.baseMs * 2 ** next.losses);
  next.losses = Math.min(next.losses + 1, 10);
}

/** Credentials that had expired on the way: others are asked for, once in a row. */
function asksAgain(next: Draft, { code }: Failure): boolean {
  if (code !== 'unauthenticated' || !next.config.asksCredentials || next.askedAgain) return false;
  next.askedAgain = true;
  return true;
}

/** The page can be asked for other credentials by now. */
function mayRevive({ phase, config }: ConnectionState): boolean {
  return phase === 'failed' && config.asksCredentials;
}

function applyCredentials(step: Step): void {
  const { next, effects } = step;
  switch (next.phase) {
    case 'preparing':
      next.awaitsCredentials = false;
      raceWhenPrepared(step);
      break;
    case 'waiting':
      if (next.awaitsCredentials) prepare(step, true);
      break;
    case 'failed':
      prepare(step, true);
      break;
    case 'greeting':
    case 'connected':
      if (next.live !== undefined) effects.push({ type: 'refresh', attempt: next.live.id });
      break;
    default:
      break;
  }
}

function applySignal(step: Step, signal: SignalMessage['signal']): void {
  const { next, now } = step;
  switch (signal) {
    case 'offline':
      next.offline = true;
      return;
    case 'hidden':
      next.hidden = true;
      return;
    case 'frozen':
      freeze(step);
      return;
    case 'online':
      next.offline = false;
      break;
    case 'visible':
      next.hidden = false;
      break;
    case 'resumed':
      break;
  }
  const thawed = next.frozen && signal !== 'online';
  if (thawed) next.frozen = false;
  if (next.frozen) return;
  if (mayRevive(next) || (next.phase === 'waiting' && (thawed || next.notBefore <= now))) prepare(step);
  else if (next.phase === 'connected' && next.probeUntil === NEVER) probe(step);
}

/** Nobody can read: the connection is let go, without which a page cannot be kept in the back/forward cache. */
function freeze(step: Step): void {
  const { next } = step;
  if (next.phase === 'idle' || next.phase === 'failed') return;
  closeLive(step);
  closePending(step);
  next.frozen = true;
  next.recycling = false;
  next.awaitsCredentials = false;
  next.phase = 'waiting';
  next.notBefore = 0;
  next.deadline = NEVER;
}

/** Asks whether the connection lives. */
function probe(step: Step): void {
  const { next, now } = step;
  next.probeUntil = now + Math.max(next.patienceMs, 4 * (next.roundTripMs ?? 0));
  ping(step);
}

function ping({ next, effects, now }: Step): void {
  if (next.live === undefined) return;
  next.ping = { nonce: next.ping.nonce + 1, sentAt: now };
  next.pingAt = now + 0.75 * next.heartbeatMs;
  effects.push({ type: 'ping', attempt: next.live.id, nonce: next.ping.nonce });
}

function closeLive(step: Step): void {
  if (step.next.live === undefined) return;
  step.effects.push({ type: 'close', attempt: step.next.live.id });
  down(step);
}

function closePending({ next, effects }: Step): void {
  for (const { id } of next.pending) effects.push({ type: 'close', attempt: id });
  next.pending = [];
}

function down({ next, effects }: Step): void {
  if (next.live === undefined) return;
  effects.push({ type: 'down', attempt: next.live.id });
  next.live = undefined;
}

function isLive(state: ConnectionState, attempt: number): boolean {
  return state.live?.id === attempt;
}

function transports(attempts: readonly Attempt[]): TransportName[] {
  return attempts.map(({ transport }) => transport);
}

function headStartEnd({ raceStartedAt, distrusts, config }: ConnectionState): number {
  return raceStartedAt + (distrusts === 'webtransport' ? 0 : config.fallbackDelayMs);
}

/** CN7 */
function silenceEnd(state: ConnectionState): number {
  return state.heardAt + 2.5 * state.heartbeatMs;
}

/** When to ask whether the connection lives, because streams are awaited and nothing comes. */
function askAt({ awaiting, hidden, probeUntil, heardAt }: ConnectionState): number {
  return awaiting && !hidden && probeUntil === NEVER ? heardAt + silence.askMs : NEVER;
}

function timedOut(what: string): Failure {
  return { code: 'connect_failed', message: `${what}.`, retryable: true };
}

const credentialsFailure: Failure = {
  code: 'unauthenticated',
  message: 'The page’s credentials function failed. It is asked again.',
  retryable: true,
};

export const lostFailure: Failure = {
  code: 'connection_lost',
  message: 'The connection to the relay broke off. It is made again and every stream resumes.',
  retryable: true,
};

import { dueTransports, ladder, startingOrder } from './ladder.ts';
import type { TransportName } from './messages.ts';
import { type Attempt, backoff, type ConnectionState, type Failure, NEVER, silence } from './state.ts';
import { closePending, type Draft, down, lostFailure, type Step } from './step.ts';

/** Begins a round: discovery and credentials, then the race. */
export function prepare(step: Step, credentialsFresh = false): void {
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

export function raceWhenPrepared(step: Step): void {
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
export function advance(step: Step): void {
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

export function win(step: Step, winner: Attempt): void {
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

export function dismiss({ next, effects }: Step, attempt: Attempt): void {
  next.pending = next.pending.filter((other) => other !== attempt);
  effects.push({ type: 'close', attempt: attempt.id });
}

/** A running attempt failed before it could win, or, being WebTransport, after another had won. */
export function lose(step: Step, { id, transport }: Attempt, failure: Failure, reason: 'failed' | 'timeout' = 'failed'): void {
  const { next } = step;
  next.pending = next.pending.filter((attempt) => attempt.id !== id);
  next.out = { ...next.out, [transport]: { reason, message: `${transport}: ${failure.message}` } };
  next.lost = [...next.lost, transport];
  if (next.phase === 'racing') advance(step);
  else if (next.phase === 'connected') remember(step);
}

export function liveEnded(step: Step, failure: Failure | undefined): void {
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
export function fallenSilent(step: Step): void {
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

export function welcome(step: Step, heartbeatMs: number): void {
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
export function lostConnection(step: Step, failure: Failure | undefined): void {
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
export function giveUp(step: Step, failure: Failure): void {
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

export function transports(attempts: readonly Attempt[]): TransportName[] {
  return attempts.map(({ transport }) => transport);
}

export function headStartEnd({ raceStartedAt, distrusts, config }: ConnectionState): number {
  return raceStartedAt + (distrusts === 'webtransport' ? 0 : config.fallbackDelayMs);
}

import { dueTransports } from './ladder.ts';
import { askAt, ping, probe, silenceEnd } from './liveness.ts';
import type { SignalMessage } from './messages.ts';
import {
  advance,
  dismiss,
  fallenSilent,
  giveUp,
  headStartEnd,
  liveEnded,
  lose,
  lostConnection,
  prepare,
  raceWhenPrepared,
  transports,
  welcome,
  win,
} from './round.ts';
import { type ConnectionEvent, type ConnectionState, type Failure, type Moment, NEVER, silence, type Transition } from './state.ts';
import { closeLive, closePending, down, isLive, lostFailure, type Step, timedOut } from './step.ts';

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

const credentialsFailure: Failure = {
  code: 'unauthenticated',
  message: 'The page’s credentials function failed. It is asked again.',
  retryable: true,
};

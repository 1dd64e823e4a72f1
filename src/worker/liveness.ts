import { type ConnectionState, NEVER, silence } from './state.ts';
import type { Step } from './step.ts';

/** Asks whether the connection lives. */
export function probe(step: Step): void {
  const { next, now } = step;
  next.probeUntil = now + Math.max(next.patienceMs, 4 * (next.roundTripMs ?? 0));
  ping(step);
}

export function ping({ next, effects, now }: Step): void {
  if (next.live === undefined) return;
  next.ping = { nonce: next.ping.nonce + 1, sentAt: now };
  next.pingAt = now + 0.75 * next.heartbeatMs;
  effects.push({ type: 'ping', attempt: next.live.id, nonce: next.ping.nonce });
}

/** CN7 */
export function silenceEnd(state: ConnectionState): number {
  return state.heardAt + 2.5 * state.heartbeatMs;
}

/** When to ask whether the connection lives, because streams are awaited and nothing comes. */
export function askAt({ awaiting, hidden, probeUntil, heardAt }: ConnectionState): number {
  return awaiting && !hidden && probeUntil === NEVER ? heardAt + silence.askMs : NEVER;
}

import type { ConnectionEffect, ConnectionState, Failure, Moment } from './state.ts';

/** The state that comes out of a step, while it is made. */
export type Draft = { -readonly [field in keyof ConnectionState]: ConnectionState[field] };

/** One event's way through the machine: what it changes, and what is to be done. */
export interface Step extends Moment {
  readonly next: Draft;
  readonly effects: ConnectionEffect[];
}

export function closeLive(step: Step): void {
  if (step.next.live === undefined) return;
  step.effects.push({ type: 'close', attempt: step.next.live.id });
  down(step);
}

export function closePending({ next, effects }: Step): void {
  for (const { id } of next.pending) effects.push({ type: 'close', attempt: id });
  next.pending = [];
}

export function down({ next, effects }: Step): void {
  if (next.live === undefined) return;
  effects.push({ type: 'down', attempt: next.live.id });
  next.live = undefined;
}

export function isLive(state: ConnectionState, attempt: number): boolean {
  return state.live?.id === attempt;
}

export const lostFailure: Failure = {
  code: 'connection_lost',
  message: 'The connection to the relay broke off. It is made again and every stream resumes.',
  retryable: true,
};

export function timedOut(what: string): Failure {
  return { code: 'connect_failed', message: `${what}.`, retryable: true };
}

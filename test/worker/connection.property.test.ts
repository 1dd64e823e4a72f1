import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConnectionEvent } from '../../src/worker/state.ts';
import { Machine } from './machine.ts';

const round = (): fc.Arbitrary<number> => fc.integer({ min: 1, max: 2 });
const attempt = fc.integer({ min: 1, max: 3 });
const failure = fc.record({
  code: fc.constantFrom('connect_failed' as const, 'unauthenticated' as const, 'rate_limited' as const),
  message: fc.constant('it failed'),
  retryable: fc.boolean(),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
});
const no = fc.constant({ reason: 'failed', message: 'no' } as const);
const transportReasons = fc.oneof(fc.constant({}), fc.record({ webtransport: no, websocket: no, sse: no }, { requiredKeys: [] }));
/** The way to a connection is taken more often than any other, so that what follows it is reached. */
const event: fc.Arbitrary<ConnectionEvent> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('discovered' as const), round: round(), unavailable: transportReasons }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('opened' as const), attempt }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('welcomed' as const), attempt, heartbeatMs: fc.integer({ min: 1, max: 20_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('ended' as const), attempt, failure: fc.option(failure, { nil: undefined }) }) },
  fc.constant({ type: 'credentials' } as const),
  fc.constant({ type: 'credentials-failed' } as const),
  fc.record({ type: fc.constant('awaiting' as const), streams: fc.boolean() }),
  fc.record({ type: fc.constant('discovery-failed' as const), round: round(), failure }),
  fc.record({ type: fc.constant('heard' as const), attempt }),
  fc.record({ type: fc.constant('pong' as const), attempt, nonce: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ type: fc.constant('refused' as const), attempt, failure }),
  fc.record({ type: fc.constant('drain' as const), attempt, retryAfterMs: fc.nat(2_000), spreadMs: fc.nat(2_000) }),
  fc.record({
    type: fc.constant('signal' as const),
    signal: fc.constantFrom('online', 'offline', 'visible', 'hidden', 'frozen', 'resumed'),
  }),
);
/** Events, and time between them. Attempts and rounds are relative to the newest, so that many are current. */
const script = fc.array(fc.oneof({ weight: 3, arbitrary: event }, { weight: 1, arbitrary: fc.constantFrom(1, 500, 4_500, 30_000) }), {
  maxLength: 80,
  size: 'max',
});

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);

/** Plays the script against the machine as a faithful driver would, and checks every effect. */
function play(steps: readonly (ConnectionEvent | number)[], asksCredentials: boolean): Machine {
  const machine = new Machine({ asksCredentials });
  /** Links the driver holds; `greeted` are those that carry traffic. */
  const open = new Set<number>();
  const greeted = new Set<number>();
  const follow = (): void => {
    for (const effect of machine.take()) {
      switch (effect.type) {
        case 'open':
          expect(open.has(effect.attempt)).toBe(false);
          open.add(effect.attempt);
          break;
        case 'close':
          expect(open.delete(effect.attempt)).toBe(true);
          break;
        case 'greet':
          expect(open.has(effect.attempt)).toBe(true);
          greeted.add(effect.attempt);
          expect(greeted.size).toBe(1);
          break;
        case 'down':
          expect(greeted.delete(effect.attempt)).toBe(true);
          break;
        case 'refresh':
        case 'ping':
          expect([...greeted]).toEqual([effect.attempt]);
          expect(open.has(effect.attempt)).toBe(true);
          break;
        default:
          break;
      }
    }
    const { state } = machine;
    expect(state.live === undefined ? [] : [state.live.id]).toEqual([...greeted]);
    const held = [...state.pending, ...(state.live === undefined ? [] : [state.live])].map(({ id }) => id);
    expect([...open].sort((a, b) => a - b)).toEqual(held.sort((a, b) => a - b));
    if (state.phase === 'connected' || state.phase === 'greeting') expect(greeted.size).toBe(1);
  };
  for (const step of steps) {
    if (typeof step === 'number') machine.pass(step);
    else {
      let current = step;
      if ('attempt' in current) {
        const id = machine.state.lastAttempt + 1 - current.attempt;
        current = { ...current, attempt: id };
        // A link that ended, or that the machine closed, says nothing more.
        if (current.type === 'ended' && open.has(id)) open.delete(id);
        else if (!open.has(id) && current.type === 'opened') continue;
      } else if ('round' in current) current = { ...current, round: machine.state.round + 1 - current.round };
      machine.on(current);
    }
    follow();
  }
  machine.random = 0.5;
  return machine;
}

test(`[CN14] [CN17] whatever happens there is at most one live link, and effects are for current attempts only (seed ${seed})`, () => {
  fc.assert(
    fc.property(script, fc.boolean(), (steps, asks) => {
      play([{ type: 'start' }, ...steps], asks);
    }),
    { seed, numRuns: 400 },
  );
});

test(`[CN16] whatever happened, a machine that has begun and was not refused connects again (seed ${seed})`, () => {
  fc.assert(
    fc.property(script, (steps) => {
      const machine = play([{ type: 'start' }, ...steps], false);
      if (machine.state.frozen) machine.on({ type: 'signal', signal: 'resumed' });
      if (machine.state.phase === 'failed') machine.on({ type: 'credentials' });
      // A world in which everything works from now on.
      const connected = (): boolean => machine.report.status === 'connected';
      for (let round = 0; round < 50 && !connected(); round += 1) {
        machine.discovered();
        const first = machine.state.pending.at(0);
        if (first !== undefined) machine.on({ type: 'opened', attempt: first.id });
        machine.welcomed();
        if (!connected()) machine.pass(40_000);
      }
      expect(machine.report.status).toBe('connected');
    }),
    { seed, numRuns: 300 },
  );
});

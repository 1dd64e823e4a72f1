import type { ScriptOptions } from '../../server/providers/script.ts';
import { createDice, type Dice } from './dice.ts';
import { clearWeather, type Fault, type Weather } from './fault.ts';

export type Transport = 'webtransport' | 'websocket' | 'sse' | 'auto';
export type Log = 'memory' | 'sqlite';

export const transports: readonly [Transport, ...Transport[]] = ['websocket', 'sse', 'webtransport', 'auto'];
export const logs: readonly [Log, ...Log[]] = ['memory', 'sqlite'];

export interface PlannedStream {
  readonly id: string;
  readonly model: string;
  readonly options: ScriptOptions;
  /** Asked for by this reader through its link, else started at the relay. */
  readonly by: number | undefined;
}

export type Step = { readonly at: number } & (
  | { readonly type: 'start'; readonly stream: number }
  | { readonly type: 'join' | 'detach' | 'stop'; readonly reader: number; readonly stream: number }
  | { readonly type: 'fault'; readonly reader: number; readonly fault: Fault }
  | { readonly type: 'kill'; readonly downMs: number }
  | { readonly type: 'drain' }
  /** The page's thread is busy, the page is told that it is offline, or the device sleeps: both, and nothing passes. */
  | { readonly type: 'block' | 'offline' | 'sleep'; readonly reader: number; readonly forMs: number }
  /** The worker dies. */
  | { readonly type: 'crash'; readonly reader: number }
  | { readonly type: 'leave'; readonly reader: number }
);

/** What one run does, decided by its seed alone. */
export interface Schedule {
  readonly seed: number;
  readonly transport: Transport;
  readonly log: Log;
  readonly killable: boolean;
  readonly maxReplayBytes: number;
  readonly keepBytes: number;
  /** One for each reader. */
  readonly weathers: readonly Weather[];
  readonly streams: readonly PlannedStream[];
  /** In order of time. */
  readonly steps: readonly Step[];
}

export interface PlanLimits {
  readonly transport?: Transport | undefined;
  readonly log?: Log | undefined;
}

/** Combinations take turns with the seed, so that any run of seeds has them all; all else is chance. */
export function planSchedule(seed: number, limits: PlanLimits = {}): Schedule {
  const dice = createDice(seed, 'plan');
  const turn = Math.abs(seed);
  const transport = limits.transport ?? transports[turn % transports.length] ?? 'websocket';
  const log = limits.log ?? logs[Math.floor(turn / transports.length) % logs.length] ?? 'memory';
  const killable = dice.chance(0.3);
  const readers = dice.between(1, 3);
  const streams = Array.from({ length: dice.between(1, 3) }, (_, index) => planStream(seed, index, readers, dice));
  const steps: Step[] = [];
  for (const [stream, { by }] of streams.entries()) {
    const at = stream === 0 ? 0 : dice.between(0, 1_200);
    steps.push({ at, type: 'start', stream });
    for (let reader = 0; reader < readers; reader += 1) {
      if (by === reader) continue;
      const joinsAt = at + (dice.chance(0.5) ? 0 : dice.between(50, 900));
      steps.push({ at: joinsAt, type: 'join', reader, stream });
      if (dice.chance(0.15)) {
        const leavesAt = joinsAt + dice.between(20, 500);
        steps.push({ at: leavesAt, type: 'detach', reader, stream });
        if (dice.chance(0.7)) steps.push({ at: leavesAt + dice.between(0, 400), type: 'join', reader, stream });
      }
      if (dice.chance(0.08)) steps.push({ at: joinsAt + dice.between(50, 900), type: 'stop', reader, stream });
    }
  }
  if (killable) {
    const kills = dice.chance(0.2) ? 2 : 1;
    for (let kill = 0; kill < kills; kill += 1)
      steps.push({ at: 400 + kill * 1_500 + dice.between(0, 900), type: 'kill', downMs: dice.between(0, 500) });
  } else if (dice.chance(0.1)) steps.push({ at: dice.between(300, 1_200), type: 'drain' });
  for (let reader = 0; reader < readers; reader += 1) {
    steps.push(...planReader(reader, transport, dice.fork(`reader ${reader}`)));
  }
  return {
    seed,
    transport,
    log,
    killable,
    maxReplayBytes: dice.chance(0.15) ? dice.between(200, 2_000) : 1_048_576,
    keepBytes: dice.chance(0.15) ? dice.between(500, 3_000) : 524_288,
    weathers: Array.from({ length: readers }, () => planWeather(dice, 1)),
    streams,
    steps: steps.sort((a, b) => a.at - b.at),
  };
}

function planStream(seed: number, index: number, readers: number, dice: Dice): PlannedStream {
  const burst = dice.chance(0.12);
  return {
    id: `s${seed}-${index}`,
    model: dice.pick(['scripted-markdown', 'scripted-plain', 'scripted-reasoning', 'scripted-tools']),
    options: {
      seed: dice.between(1, 1_000_000),
      tokens: burst ? dice.between(2_000, 20_000) : dice.between(100, 500),
      rate: burst ? 0 : dice.between(120, 400),
      reasoning: dice.chance(0.2) ? 20 : 0,
      tools: dice.chance(0.2) ? 1 : 0,
      sources: dice.chance(0.2) ? 1 : 0,
    },
    by: dice.chance(0.2) ? dice.between(0, readers - 1) : undefined,
  };
}

function planReader(reader: number, transport: Transport, dice: Dice): Step[] {
  const steps: Step[] = [];
  let at = dice.between(0, 500);
  // Each loss doubles the bound of the delay before the next attempt.
  for (let left = dice.between(1, 2); left > 0; left -= 1) {
    steps.push({ at, type: 'fault', reader, fault: planFault(transport, dice) });
    at += dice.between(600, 1_500);
  }
  if (dice.chance(0.2)) steps.push({ at: dice.between(0, 1_500), type: 'block', reader, forMs: dice.between(100, 800) });
  if (dice.chance(0.1)) steps.push({ at: dice.between(0, 1_500), type: 'offline', reader, forMs: dice.between(100, 700) });
  if (dice.chance(0.1)) steps.push({ at: dice.between(200, 1_500), type: 'sleep', reader, forMs: dice.between(300, 1_200) });
  if (dice.chance(0.15)) steps.push({ at: dice.between(100, 1_800), type: 'crash', reader });
  if (reader > 0 && dice.chance(0.08)) steps.push({ at: dice.between(300, 1_500), type: 'leave', reader });
  return steps;
}

function planFault(transport: Transport, dice: Dice): Fault {
  const forMs = dice.between(100, 700);
  const quic = transport === 'webtransport';
  const type = dice.pick<Fault['type']>([
    'reset',
    quic ? 'storm' : 'truncate',
    quic ? 'storm' : 'half-close',
    'black-hole',
    'stall',
    'refuse',
    'throttle',
    'storm',
    ...(transport === 'auto' ? (['no-udp', 'only-http', 'no-udp', 'only-http'] as const) : []),
  ]);
  switch (type) {
    case 'reset':
      return { type };
    case 'truncate':
      return { type, afterBytes: dice.between(1, dice.chance(0.5) ? 40 : 4_000) };
    case 'half-close':
      return { type, side: dice.pick(['client', 'relay']) };
    case 'throttle':
      return { type, forMs, bytesPerSecond: dice.between(300, 20_000) };
    case 'storm':
      return { type, forMs, weather: planWeather(dice, 6) };
    case 'no-udp':
    case 'only-http':
      return { type, forMs: forMs + 1_500 };
    default:
      return { type, forMs };
  }
}

/** `force` 1 is a bad day, more is worse. */
function planWeather(dice: Dice, force: number): Weather {
  if (force === 1 && dice.chance(0.3)) return clearWeather;
  const share = (most: number): number => Math.min(0.4, dice.next() * most * force);
  return {
    delayMs: dice.between(0, 15 * force),
    jitterMs: dice.between(0, 10 * force),
    pieceBytes: dice.chance(0.5) ? dice.between(1, 200) : 0,
    dropped: share(0.02),
    doubled: share(0.03),
    overtaken: share(0.03),
    shortened: share(0.01),
  };
}

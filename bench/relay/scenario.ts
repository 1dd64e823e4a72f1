export interface Cell {
  readonly subscribers: number;
  /** Every subscriber follows every stream. */
  readonly streams: number;
}

export interface Timing {
  readonly rounds: number;
  readonly warmupMs: number;
  readonly windowMs: number;
}

export const subjectNames = ['floor', 'ws', 'sse', 'socket.io', 'json', 'sluice-ws', 'sluice-wt', 'sluice-sse'] as const;

/** What is compared, and `source`: what arrives, delivered to nobody. */
export type SubjectName = (typeof subjectNames)[number] | 'source';

export const subjectTitles: Readonly<Record<SubjectName, string>> = {
  source: 'source alone',
  floor: 'floor: one `ws` message per tick',
  ws: 'bare `ws` broadcast',
  sse: 'plain SSE',
  'socket.io': 'socket.io room',
  json: 'JSON per subscriber over `ws`',
  'sluice-ws': '**Sluice, WebSocket**',
  'sluice-wt': '**Sluice, WebTransport**',
  'sluice-sse': '**Sluice, SSE**',
};

/** What arrives: per stream, every 40 ms (jittered by up to half of that), four tokens. */
export const arrival = { batchesPerSecond: 25, tokensPerBatch: 4, seed: 7 } as const;

/** The floor's tick, and Sluice's default flush interval, ms. */
export const tickMs = 16;

export const reference: Cell = { subscribers: 200, streams: 8 };

export const cells: readonly Cell[] = [
  reference,
  ...[1, 100, 1000].flatMap((subscribers) => [1, 8, 64].map((streams) => ({ subscribers, streams }))),
];

export const quickCells: readonly Cell[] = [reference, { subscribers: 1, streams: 8 }];

export const fullTiming: Timing = { rounds: 3, warmupMs: 1200, windowMs: 2500 };

export const quickTiming: Timing = { rounds: 1, warmupMs: 800, windowMs: 1500 };

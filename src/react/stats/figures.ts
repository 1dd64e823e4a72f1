import type { StreamRecord } from '../../client.ts';

/** A stream's figures, for people; an en dash where one is not known yet. */
export interface Figures {
  readonly rate: string;
  readonly 'first-token': string;
  readonly tokens: string;
}

const unknown = '–';

/** `nowMs` as `performance.now()`. The provider's own count of tokens replaces the estimate once there is one. */
export function figures(record: StreamRecord | undefined, nowMs: number): Figures {
  if (record === undefined || record.firstTextAt === 0) return { rate: unknown, 'first-token': unknown, tokens: unknown };
  const count = record.endedAt > 0 ? (record.usage?.outputTokens ?? record.deltas) : record.deltas;
  const seconds = ((record.endedAt || nowMs) - record.firstTextAt) / 1000;
  return {
    rate: seconds > 0.05 ? (count / seconds).toFixed(count / seconds < 10 ? 1 : 0) : unknown,
    'first-token': duration(record.firstTextAt - record.attachedAt),
    tokens: count.toLocaleString('en'),
  };
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.max(0, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

import type { StreamHandle, StreamRecord } from '../../client.ts';
import { type FrameTask, frames } from '../frame.ts';
import { visibility } from '../visibility.ts';

/** A stream's figures, for people; an en dash where one is not known yet. */
interface Figures {
  readonly rate: string;
  readonly 'first-token': string;
  readonly tokens: string;
}

const unknown = '–';

const intervalMs = 250;

/** Keeps the figures in `element` up to date, each in its `data-stat`. Returns the end of that. */
export function showFigures(element: HTMLElement, { record, subscribe }: StreamHandle): () => void {
  let due = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A panel is watched already: what is new to the observer would count as in view until it has looked.
  const panel = element.closest('[data-stream-panel]');
  const task: FrameTask = {
    kind: 'figures',
    rank: (now) => (record.endedAt > 0 ? 'visible' : visibility().rank(panel ?? element, now)),
    flush(now) {
      due = now + intervalMs;
      const shown = figures(record, performance.now());
      for (const cell of element.querySelectorAll('dd')) {
        const text = shown[cell.dataset['stat'] as keyof Figures];
        if (cell.textContent !== text) cell.textContent = text;
      }
    },
  };
  const update = (): void => {
    timer = undefined;
    frames().request(task);
  };
  const unwatch = panel === null ? visibility().watch(element) : undefined;
  update();
  const unsubscribe = subscribe(() => {
    if (record.endedAt > 0) {
      clearTimeout(timer);
      frames().request(task);
    } else timer ??= setTimeout(update, Math.max(0, due - performance.now()));
  });
  return () => {
    unwatch?.();
    unsubscribe();
    clearTimeout(timer);
    frames().cancel(task);
  };
}

// `nowMs` as `performance.now()`. The provider's own count of tokens replaces the estimate once there is one.
function figures(record: StreamRecord, nowMs: number): Figures {
  if (record.firstTextAt === 0) return { rate: unknown, 'first-token': unknown, tokens: unknown };
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

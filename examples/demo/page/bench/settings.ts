import type { Renderer } from './Lane.tsx';

export interface Settings {
  readonly streams: number;
  /** Tokens per second of each stream. */
  readonly rate: number;
  readonly renderer: Renderer;
  /** Milliseconds of every hundred in which the page's main thread does something else. */
  readonly busyMs: number;
}

const renderers: readonly Renderer[] = ['plain', 'markdown', 'naive'];

/** What the address does not say, or says wrongly, is the default. */
export function readSettings(search: string): Settings {
  const given = new URLSearchParams(search);
  const number = (name: string, low: number, high: number, fallback: number): number => {
    const value = Number(given.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? Math.min(high, Math.max(low, Math.round(value))) : fallback;
  };
  return {
    streams: number('streams', 1, 64, 16),
    rate: number('rate', 1, 2000, 200),
    renderer: renderers.find((name) => name === given.get('renderer')) ?? 'markdown',
    busyMs: number('busy', 0, 90, 0),
  };
}

export function writeSettings({ streams, rate, renderer, busyMs }: Settings): string {
  return `?${new URLSearchParams({ streams: String(streams), rate: String(rate), renderer, busy: String(busyMs) })}`;
}

import { expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import type { SluiceClient } from '../../src/index.ts';
import type { WorkerMessage } from '../../src/worker/messages.ts';
import { frame, setHidden } from '../react/page.tsx';
import { relayText, scripted, startClient, startRelay, transports } from './page.ts';
import { bodyOf, showPanels } from './panels.tsx';

const STREAMS = 16;

/** The package's worker, and the sizes of all patches it posts. */
function watchedWorker(): { readonly worker: () => Worker; readonly patches: number[] } {
  const patches: number[] = [];
  return {
    patches,
    worker() {
      const worker = new Worker(new URL('../../src/worker/entry.ts', import.meta.url), { type: 'module' });
      worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
        if (data.type !== 'patch') return;
        let units = 0;
        for (const { entries } of data.changes) for (const { event } of entries) units += 'delta' in event ? event.delta.length : 0;
        patches.push(units);
      });
      return worker;
    },
  };
}

function show(client: SluiceClient, view: 'plain' | 'markdown', tokens: number, rate: number): () => HTMLElement[] {
  const sources = Array.from({ length: STREAMS }, (_, index) => scripted({ seed: index + 1, tokens, rate }));
  return showPanels(
    client,
    sources.map((source) => ({ source, view, style: { height: '8rem' } })),
  );
}

const statuses = (panels: readonly HTMLElement[]): string[] => [...new Set(panels.map((panel) => panel.dataset['status'] ?? ''))];

/** Statuses in the store, whatever is shown. */
const folded = (client: SluiceClient): string[] => [...new Set([...client.store.getState().streams.values()].map(({ status }) => status))];

function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

test.each(['plain', 'markdown'] as const)(
  '[ST1] [CR5] a page blocked for ten seconds, with 16 %s panels: bounded while it lasts, and whole after it',
  { timeout: 90_000 },
  async (view) => {
    const url = await startRelay();
    const { worker, patches } = watchedWorker();
    const client = startClient(url, { transport: 'websocket', worker });
    const panels = show(client, view, 16_000, 1_200);
    await expect.poll(() => folded(client), { timeout: 20_000 }).toEqual(['streaming']);
    const long: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) if (startTime > released) long.push(duration);
    });
    let released = Number.POSITIVE_INFINITY;
    observer.observe({ type: 'longtask' });
    const before = patches.length;
    const { deliveredBytes } = await commands.relayStats(url);
    block(10_000);
    released = performance.now() + 1;
    const { deliveredBytes: later } = await commands.relayStats(url);
    // What the relay sent meanwhile is all that the worker can hold: the connection's window at most.
    const sent = later - deliveredBytes;
    await expect.poll(() => statuses(panels()), { timeout: 60_000 }).toEqual(['done']);
    await frame(5);
    observer.disconnect();
    const most = Math.max(...patches.slice(before));
    console.info(
      `${view}: blocked 10 s, ${sent} bytes sent meanwhile, largest patch ${most} units, long tasks after it: ${long.map(Math.round).join(', ') || 'none'}`,
    );
    // Four windows of a channel, as a connection begins; without credit it would be a megabyte.
    expect(sent).toBeLessThan(262_144);
    // A window at its largest, and what overshoots it.
    expect(most).toBeLessThan(1_114_112);
    for (const panel of panels()) {
      const text = await relayText(url, panel.dataset['streamId'] ?? '');
      if (view === 'plain') expect(bodyOf(panel)).toBe(text);
      else expect(bodyOf(panel).length).toBeGreaterThan(text.length / 2);
    }
  },
);

test.each(transports)(
  '[UI7] [CN16] a hidden tab over %s keeps folding and its connection, and shows the end when it is seen again',
  async (transport) => {
    const url = await startRelay();
    const client = startClient(url, { transport });
    const panels = show(client, 'plain', 2_000, 400);
    await expect.poll(() => folded(client), { timeout: 20_000 }).toEqual(['streaming']);
    setHidden(true);
    const seen = panels().map(bodyOf);
    await expect.poll(() => folded(client), { timeout: 20_000 }).toEqual(['done']);
    const { connections } = await commands.relayStats(url);
    expect(connections[transport]).toBe(1);
    expect((await commands.relayStats(url)).answers).toMatchObject({ recovered: STREAMS, reset: 0 });
    expect(panels().map(bodyOf)).toEqual(seen);
    setHidden(false);
    await expect.poll(() => statuses(panels())).toEqual(['done']);
    for (const panel of panels()) expect(bodyOf(panel)).toBe(await relayText(url, panel.dataset['streamId'] ?? ''));
  },
);

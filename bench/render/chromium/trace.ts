import type { Page } from './launch.ts';

/** Where the main thread's time goes, as shares of the traced time. */
export interface MainThreadSplit {
  readonly script: number;
  readonly style: number;
  readonly layout: number;
  /** Pre-paint, paint, layerize, commit: what the main thread does for pixels. */
  readonly paint: number;
  readonly garbage: number;
  readonly other: number;
}

export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** µs. */
  readonly ts: number;
  readonly dur?: number;
  /** Of the processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

type Kind = keyof MainThreadSplit;

const kinds: Readonly<Record<string, Kind>> = {
  FunctionCall: 'script',
  EvaluateScript: 'script',
  'v8.compile': 'script',
  TimerFire: 'script',
  FireAnimationFrame: 'script',
  EventDispatch: 'script',
  RunMicrotasks: 'script',
  HandlePostMessage: 'script',
  WebSocketReceive: 'script',
  ParseHTML: 'script',
  UpdateLayoutTree: 'style',
  Layout: 'layout',
  PrePaint: 'paint',
  Paint: 'paint',
  Layerize: 'paint',
  Commit: 'paint',
  CompositeLayers: 'paint',
  UpdateLayer: 'paint',
  UpdateLayerTree: 'paint',
  ScrollLayer: 'paint',
  MinorGC: 'garbage',
  MajorGC: 'garbage',
  'V8.GC_MARK_COMPACTOR': 'garbage',
};

/** Traces these categories and no others: what is traced costs time. The function returned ends it. */
export async function collectTrace(
  { protocol }: Page,
  includedCategories: readonly string[],
): Promise<() => Promise<readonly TraceEvent[]>> {
  const events: TraceEvent[] = [];
  const stopListening = protocol.on('Tracing.dataCollected', ({ value }: { value: TraceEvent[] }) => {
    for (const event of value) events.push(event);
  });
  await protocol.call('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories, excludedCategories: ['*'] } });
  return async () => {
    const complete = new Promise<void>((resolve) => {
      const off = protocol.on('Tracing.tracingComplete', () => {
        off();
        resolve();
      });
    });
    await protocol.call('Tracing.end');
    await complete;
    stopListening();
    return events;
  };
}

/** Traces where the main thread's time goes. The function returned ends it. */
export async function startTrace(page: Page): Promise<() => Promise<MainThreadSplit>> {
  const stop = await collectTrace(page, ['devtools.timeline', 'disabled-by-default-devtools.timeline', '__metadata']);
  const startedAt = performance.now();
  return async () => {
    const ms = performance.now() - startedAt;
    return splitOf(await stop(), ms);
  };
}

/** Each moment counts for the innermost event it is in. */
export function splitOf(events: readonly TraceEvent[], ms: number): MainThreadSplit {
  const split: Record<Kind, number> = { script: 0, style: 0, layout: 0, paint: 0, garbage: 0, other: 0 };
  const main = busiestMain(events);
  const spans = events
    .filter(({ ph, pid, tid, dur }) => ph === 'X' && dur !== undefined && main !== undefined && pid === main.pid && tid === main.tid)
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const open: { end: number; kind: Kind }[] = [];
  for (const { name, ts, dur = 0 } of spans) {
    while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= ts) open.pop();
    const parent = open.at(-1);
    const kind = kinds[name] ?? parent?.kind ?? (name === 'RunTask' ? 'other' : undefined);
    if (kind === undefined) continue;
    const end = parent === undefined ? ts + dur : Math.min(ts + dur, parent.end);
    split[kind] += end - ts;
    if (parent !== undefined) split[parent.kind] -= end - ts;
    open.push({ end, kind });
  }
  const share = (kind: Kind): number => split[kind] / 1000 / ms;
  return {
    script: share('script'),
    style: share('style'),
    layout: share('layout'),
    paint: share('paint'),
    garbage: share('garbage'),
    other: share('other'),
  };
}

function busiestMain(events: readonly TraceEvent[]): TraceEvent | undefined {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const work = (main: TraceEvent): number =>
    events.reduce((sum, { ph, pid, tid, dur }) => (ph === 'X' && pid === main.pid && tid === main.tid ? sum + (dur ?? 0) : sum), 0);
  return mains.map((main) => ({ main, ms: work(main) })).sort((a, b) => b.ms - a.ms)[0]?.main;
}

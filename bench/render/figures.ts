import { quantile } from '../quantile.ts';
import type { MainThreadSplit } from './chromium/trace.ts';
import type { Chunk } from './source/schedule.ts';
import { type Answer, serialsIn } from './source/text.ts';
import type { TrialRecord } from './trial.ts';

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What a trial comes to. Shares are of one core's time. */
export interface Figures {
  /** How long the window was: shorter than asked for where the harness came too late for it. */
  readonly windowMs: number;
  readonly frameMs: Quantiles;
  /** Share of the frame intervals that are longer than 25 ms: a frame or more was missed. */
  readonly longFrames: number;
  readonly frames: number;
  readonly longTasks: number;
  readonly longestTaskMs: number;
  /** CPU time of the renderer's main thread. */
  readonly mainThread: number;
  /** Of it, what Chromium counts as script, style and layout. */
  readonly script: number;
  readonly style: number;
  readonly layout: number;
  /** CPU time of all threads of the renderer, workers included; of all the browser's processes. */
  readonly rendererCpu: number;
  readonly browserCpu: number;
  /** The emitter's process, with the relay where there is one. */
  readonly emitterCpu: number;
  /** What was not ours: other programs on this machine, and other machines on its host. It should be next to nothing. */
  readonly othersCpu: number;
  readonly stolenCpu: number;
  /** Of the main thread's wall time, traced in front of the window. */
  readonly split: MainThreadSplit;
  /** From when a serial word was sent until the frame that shows it was produced, ms. What never came counts until the end. */
  readonly lagMs: Quantiles & { readonly max: number; readonly count: number };
  /** From a key's press until the frame after its handler was produced, ms. */
  readonly inputMs: Quantiles & { readonly count: number };
  readonly handlerMs: Quantiles;
  /** Of React's roots, all of the page's together; 0 where there is no React. Undefined in what was measured before it was counted. */
  readonly commitsPerSecond?: number;
  readonly mutationBatchesPerSecond: number;
  readonly mutationsPerSecond: number;
  readonly heapMB: number;
  readonly nodes: number;
  /** After the last text was sent, or a hidden page shown; undefined if it never was all there. */
  readonly catchUpMs: number | undefined;
  /** All serial words of all streams, in order, once; in plain text every character. */
  readonly exact: boolean;
  readonly inexact?: string;
  /** CPU-bound time of the observer itself, share of one core. */
  readonly observer: number;
  readonly clockErrorMs: number;
  /** How late the emitter was behind its schedule, p99 ms: it had the processor when it needed it, or not. */
  readonly emitterLateMs: number;
  readonly errors: readonly string[];
}

export function figuresOf(answers: readonly Answer[], chunks: readonly Chunk[], record: TrialRecord): Figures {
  const { observations, window, cpu, metrics, emission } = record;
  const ms = window.to - window.from;
  const within = (at: number): boolean => at >= window.from && at <= window.to;
  const intervals = observations.frames.slice(1).flatMap((at, index) => (within(at) ? [at - (observations.frames[index] ?? at)] : []));
  const sent = serialTimes(answers, chunks, emission.sentAt, record.clock.offsetMs);
  const shown = shownTimes(answers, observations.painted);
  const endedAt = Math.max(...observations.frames);
  const lags = sent.flatMap((times, stream) =>
    times.flatMap((at, serial) => (within(at) ? [(shown[stream]?.[serial] ?? endedAt) - at] : [])),
  );
  const inputs = observations.keys.filter(([pressed]) => within(pressed));
  const tasks = observations.longTasks.filter(([at]) => within(at));
  const lastSent = emission.sentAt.reduce((latest, at) => Math.max(latest, at), 0) + record.clock.offsetMs;
  const lastShown = Math.max(...shown.map((times) => times.at(-1) ?? 0));
  const share = (name: string): number => ((metrics.to[name] ?? Number.NaN) - (metrics.from[name] ?? Number.NaN)) / (ms / 1000);
  const inexact = firstDifference(answers, record.texts);
  return {
    windowMs: ms,
    frameMs: quantiles(intervals),
    longFrames: intervals.filter((interval) => interval > 25).length / intervals.length,
    frames: intervals.length,
    longTasks: tasks.length,
    longestTaskMs: Math.max(0, ...tasks.map(([, duration]) => duration)),
    mainThread: (cpu.to.main - cpu.from.main) / ms,
    script: share('ScriptDuration'),
    style: share('RecalcStyleDuration'),
    layout: share('LayoutDuration'),
    rendererCpu: (cpu.to.renderer - cpu.from.renderer) / ms,
    browserCpu: (cpu.to.browser - cpu.from.browser) / ms,
    emitterCpu: (cpu.to.emitter - cpu.from.emitter) / ms,
    othersCpu: (cpu.to.others - cpu.from.others) / ms,
    stolenCpu: (cpu.to.stolen - cpu.from.stolen) / ms,
    split: record.split,
    lagMs: {
      ...quantiles(lags),
      max: lags.reduce((longest, lag) => Math.max(longest, lag), 0),
      count: lags.length,
    },
    inputMs: { ...quantiles(inputs.map(([pressed, , painted]) => painted - pressed)), count: inputs.length },
    handlerMs: quantiles(inputs.map(([pressed, handled]) => handled - pressed)),
    commitsPerSecond: record.commits / (ms / 1000),
    mutationBatchesPerSecond: observations.mutationBatches / (record.inspectedMs / 1000),
    mutationsPerSecond: observations.mutations / (record.inspectedMs / 1000),
    heapMB: record.heapBytes / 1e6,
    nodes: record.nodes,
    catchUpMs: record.caughtUp ? lastShown - (observations.visibleAt ?? lastSent) : undefined,
    exact: inexact === undefined && record.caughtUp && emission.finished,
    ...(inexact === undefined ? {} : { inexact }),
    observer: observations.ownMs.reduce((sum, [at, own]) => (within(at) ? sum + own : sum), 0) / ms,
    clockErrorMs: record.clock.errorMs,
    emitterLateMs: quantile(lateness(chunks, emission.sentAt), 0.99),
    errors: observations.errors,
  };
}

/** When each serial word of each stream was sent, page time. */
export function serialTimes(answers: readonly Answer[], chunks: readonly Chunk[], sentAt: Float64Array, offsetMs: number): number[][] {
  const next = answers.map(() => 0);
  const times: number[][] = answers.map(() => []);
  for (const [index, { stream, to }] of chunks.entries()) {
    const serials = answers[stream]?.serialToken ?? [];
    for (let serial = next[stream] ?? 0; (serials[serial] ?? to) < to; serial += 1) {
      times[stream]?.push((sentAt[index] ?? Number.NaN) + offsetMs);
      next[stream] = serial + 1;
    }
  }
  return times;
}

/** When each serial word, or a later one, was first shown. */
export function shownTimes(answers: readonly Answer[], painted: TrialRecord['observations']['painted']): number[][] {
  const times: number[][] = answers.map(() => []);
  for (const [at, panel, serial] of painted) {
    const own = times[panel];
    if (own !== undefined) while (own.length <= serial) own.push(at);
  }
  return times;
}

/** What is wrong with what is shown in the end, if anything is. */
export function firstDifference(answers: readonly Answer[], texts: readonly string[]): string | undefined {
  for (const [stream, { kind, tokens, serialToken }] of answers.entries()) {
    const text = texts[stream] ?? '';
    const serials = serialsIn(text);
    const at = serials.findIndex((serial, index) => serial !== index);
    if (at >= 0) return `stream ${stream} shows serial ${serials[at]} in place of ${at}`;
    if (serials.length !== serialToken.length) return `stream ${stream} shows ${serials.length} of ${serialToken.length} serials`;
    if (kind === 'plain' || kind === 'breakless') {
      if (withoutSpaces(text) !== withoutSpaces(tokens.join(''))) return `stream ${stream} shows another text`;
    } else {
      const markup = markupLeft.exec(text);
      if (markup !== null) return `stream ${stream} shows markup: ${JSON.stringify(text.slice(markup.index - 20, markup.index + 20))}`;
    }
  }
  return undefined;
}

/** Marks of the generated Markdown that no part of it shows; what the end of the text has cut off may stay open. */
const markupLeft = /(\*\*|\]\(|\|---|```|## )(?=[\s\S]{80})/;

function withoutSpaces(text: string): string {
  return text.replace(/\s/g, '');
}

function lateness(chunks: readonly Chunk[], sentAt: Float64Array): number[] {
  const startedAt = chunks.reduce(
    (least, { atMs }, index) => Math.min(least, (sentAt[index] ?? Number.NaN) - atMs),
    Number.POSITIVE_INFINITY,
  );
  return chunks.map(({ atMs }, index) => (sentAt[index] ?? Number.NaN) - atMs - startedAt);
}

function quantiles(values: readonly number[]): Quantiles {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), p99: quantile(values, 0.99) };
}

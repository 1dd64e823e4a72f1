import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from '../child.ts';
import { takePrecedence } from '../precedence.ts';
import { seeded } from '../seeded.ts';
import type { Subject } from './build.ts';
import { type Cell, type Source, type Timing, viewOf } from './cell.ts';
import { launchPage, type Page } from './chromium/launch.ts';
import { type CpuTimes, cpuTimes } from './chromium/processes.ts';
import { type MainThreadSplit, startTrace } from './chromium/trace.ts';
import { type Figures, figuresOf } from './figures.ts';
import { installProbe, type Observations } from './probe.ts';
import type { Emission, EmitterRequest } from './source/emitter.ts';
import { createSchedule } from './source/schedule.ts';
import { type Answer, createAnswers } from './source/text.ts';

export interface TrialOptions {
  readonly subject: Subject;
  /** Of its built page. */
  readonly directory: string;
  readonly cell: Cell;
  readonly round: number;
  readonly timing: Timing;
  /** In front of other work on this machine. @default false */
  readonly first?: boolean;
}

/** What one trial has told before anything is computed from it. Page times unless said otherwise, ms. */
export interface TrialRecord {
  readonly observations: Observations;
  readonly emission: Emission;
  /** Page time less emitter time, and half of the shortest round trip: how wrong that may be. */
  readonly clock: { readonly offsetMs: number; readonly errorMs: number };
  readonly window: { readonly from: number; readonly to: number };
  /** React's, in the window. */
  readonly commits: number;
  readonly cpu: { readonly from: CpuTimes; readonly to: CpuTimes };
  /** Chromium's own counters, on the main thread's CPU clock, seconds. */
  readonly metrics: { readonly from: Metrics; readonly to: Metrics };
  readonly split: MainThreadSplit;
  readonly inspectedMs: number;
  /** Whether every panel showed its last serial word in the end. */
  readonly caughtUp: boolean;
  readonly texts: readonly string[];
  readonly heapBytes: number;
  readonly nodes: number;
}

export type Metrics = { readonly [name: string]: number };

const askMs = 30_000;
const readyMs = 30_000;
const patienceMs = 15_000;
/** Keys are pressed at seeded moments, this far apart on average. */
const keyGapMs = 150;

/** Starts a browser and an emitter, warms up, measures one window, sees the text to its end. @throws {Error} what goes wrong */
export async function runTrial({ subject, directory, cell, round, timing, first = false }: TrialOptions): Promise<Figures> {
  const durationMs = timing.warmupMs + timing.inspectMs + timing.settleMs + timing.windowMs;
  const source: Source = { kind: cell.kind, arrival: { streams: cell.streams, rate: cell.rate, durationMs, seed: 1 + round } };
  const emitter = startChild<EmitterRequest>('./render/source/emitter.ts');
  const page = await launchPage();
  if (first) for (const pid of [process.pid, page.pid]) takePrecedence(pid);
  try {
    const port = await emitter.ask<number>({ type: 'start', directory, relay: subject.relay, source }, askMs);
    await open(page, port, cell);
    const clock = await compareClocks(page);
    await page.evaluate('benchProbe.start()');
    await page.call('Performance.enable', { timeDomain: 'threadTicks' });
    if (cell.throttle !== undefined) await page.call('Emulation.setCPUThrottlingRate', { rate: cell.throttle });
    await delay(200);

    await emitter.ask({ type: 'begin' }, askMs);
    const startedAt = performance.now();
    const until = (ms: number): Promise<void> => delay(Math.max(0, startedAt + ms - performance.now()));
    await until(timing.warmupMs);
    const endTrace = await startTrace(page);
    await page.evaluate('benchProbe.watchMutations(true)');
    await until(timing.warmupMs + timing.inspectMs);
    await page.evaluate('benchProbe.watchMutations(false)');
    const split = await endTrace();
    await until(durationMs - timing.windowMs);

    const hidden = cell.hidden ? await hide(page) : undefined;
    const mark = async () => ({
      ...(await page.evaluate<{ at: number; commits: number }>('({ at: benchProbe.now(), commits: benchProbe.commits() })')),
      cpu: await cpuTimes(page.protocol, emitter.pid),
      metrics: await metricsOf(page),
    });
    const from = await mark();
    await (hidden === undefined ? pressKeys(page, round, startedAt + durationMs - 50) : until(durationMs - 50));
    const to = await mark();
    await until(durationMs);
    await hidden?.();

    const emission = await finish(emitter);
    const answers = createAnswers(source);
    const caughtUp = await waitFor(page, answers);
    // What a kit does at the end (a last parse, highlighting) is part of the text's being whole.
    await delay(500);
    const observations = await page.evaluate<Observations>('benchProbe.observations()');
    const texts = await page.evaluate<string[]>('benchProbe.texts()');
    await page.call('HeapProfiler.collectGarbage');
    const rest = await metricsOf(page);
    return figuresOf(answers, createSchedule(source.arrival), {
      observations,
      emission,
      clock,
      window: { from: from.at, to: to.at },
      commits: to.commits - from.commits,
      cpu: { from: from.cpu, to: to.cpu },
      metrics: { from: from.metrics, to: to.metrics },
      split,
      inspectedMs: timing.inspectMs,
      caughtUp,
      texts,
      heapBytes: rest['JSHeapUsedSize'] ?? Number.NaN,
      nodes: rest['Nodes'] ?? Number.NaN,
    });
  } finally {
    await Promise.all([emitter.stop(), page.close()]);
  }
}

async function open(page: Page, port: number, cell: Cell): Promise<void> {
  await page.call('Page.addScriptToEvaluateOnNewDocument', { source: `(${installProbe.toString()})()` });
  const query = new URLSearchParams({ streams: String(cell.streams), view: viewOf(cell), highlight: cell.highlight ? '1' : '0' });
  await page.call('Page.navigate', { url: `http://127.0.0.1:${port}/?${query}` });
  const deadline = performance.now() + readyMs;
  while (!(await page.evaluate<boolean>("document.documentElement?.dataset.ready === ''"))) {
    if (performance.now() > deadline)
      throw new Error(
        `The page was not ready within ${readyMs} ms: ${await page.evaluate("benchProbe.observations().errors.join('; ') + document.body.innerText.slice(0, 200)")}`,
      );
    await delay(50);
  }
}

/** Asks the emitter for the time from within the page: the shortest round trip is wrong by at most half of itself. */
async function compareClocks(page: Page): Promise<{ readonly offsetMs: number; readonly errorMs: number }> {
  return page.evaluate(`(async () => {
    let best = { offsetMs: 0, errorMs: Infinity };
    for (let turn = 0; turn < 30; turn += 1) {
      const before = performance.now();
      const theirs = Number(await (await fetch('/clock')).text());
      const after = performance.now();
      if ((after - before) / 2 < best.errorMs) best = { offsetMs: (before + after) / 2 - theirs, errorMs: (after - before) / 2 };
    }
    return best;
  })()`);
}

async function metricsOf(page: Page): Promise<Metrics> {
  const { metrics } = await page.call<{ metrics: { name: string; value: number }[] }>('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** Real key presses, which take the browser's whole way of input. Nothing has the focus. */
async function pressKeys(page: Page, seed: number, endAt: number): Promise<void> {
  const random = seeded(4211 + seed);
  for (;;) {
    const pause = keyGapMs * (0.5 + random());
    if (performance.now() + pause > endAt) break;
    await delay(pause);
    const key = { key: 'F8', code: 'F8', windowsVirtualKeyCode: 119 };
    // Not awaited: the answer comes when the page has handled it, and who types does not wait for that.
    void page.call('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key });
    void page.call('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  }
  await delay(Math.max(0, endAt - performance.now()));
}

/** Puts another tab in front. The function returned brings the page back. */
async function hide(page: Page): Promise<() => Promise<void>> {
  const { targetId } = await page.protocol.call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  await page.protocol.call('Target.activateTarget', { targetId });
  return async () => {
    if (!(await page.evaluate<boolean>('document.hidden'))) throw new Error('The page was not hidden by another tab in front of it.');
    await page.call('Page.bringToFront');
  };
}

async function finish(emitter: Child<EmitterRequest>): Promise<Emission> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const emission = await emitter.ask<Emission>({ type: 'collect' }, askMs);
    if (emission.finished || performance.now() > deadline) return emission;
    await delay(50);
  }
}

async function waitFor(page: Page, answers: readonly Answer[]): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  const last = JSON.stringify(answers.map(({ serialToken }) => serialToken.length - 1));
  for (;;) {
    if (JSON.stringify(await page.evaluate<number[]>('benchProbe.serials()')) === last) return true;
    if (performance.now() > deadline) return false;
    await delay(100);
  }
}

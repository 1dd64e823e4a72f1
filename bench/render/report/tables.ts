import { median } from '../../quantile.ts';
import { cellName, parseCell } from '../cell.ts';
import type { Figures } from '../figures.ts';
import type { Run, Trial } from '../journal.ts';

export type Pick = (figures: Figures) => number | undefined;

export function trialsOf(run: Run, cell: string, subject: string): Trial[] {
  return run.entries.filter((entry): entry is Trial => entry.cell === cell && entry.subject === subject && 'figures' in entry);
}

/** Median over the rounds; NaN where there is none. */
export function medianOf(trials: readonly Trial[], pick: Pick): number {
  return median(trials.map(({ figures }) => pick(figures) ?? Number.NaN).filter((value) => !Number.isNaN(value)));
}

/** Median over the rounds of one subject's figure by another's of the same round, both of one commit. */
export function ratioOf(trials: readonly Trial[], beside: readonly Trial[], pick: Pick): number {
  return median(
    trials.flatMap(({ round, commit, figures }) => {
      const other = beside.find((trial) => trial.round === round && trial.commit === commit);
      const [own, theirs] = [pick(figures), other === undefined ? undefined : pick(other.figures)];
      return own === undefined || theirs === undefined ? [] : [own / theirs];
    }),
  );
}

const columns =
  '| subject | rounds | frames > 25 ms | frame ms p50 / p95 / p99 | main thread (min–max) | × scheduled | script / style / layout / paint / other % | renderer / browser / emitter CPU % | CPU % of others | lag ms p50 / p95 / p99 | input ms p50 / p95 | long tasks, longest ms | heap MB | nodes | React commits /s | mutation batches /s | caught up ms | exact | commit |';

/** A table for each cell. */
export function cellTables(run: Run): string[] {
  const cells = Array.from(new Set(run.entries.map(({ cell }) => cell)));
  return cells.flatMap((cell) => {
    const subjects = Array.from(new Set(run.entries.filter((entry) => entry.cell === cell).map(({ subject }) => subject)));
    const order = Object.keys(run.titles);
    subjects.sort((a, b) => order.indexOf(a) - order.indexOf(b));
    return [
      `### ${describeCell(cell)}`,
      '',
      columns,
      columns.replace(/[^|]+/g, '---'),
      ...subjects.map((subject) => row(run, cell, subject)),
      '',
    ];
  });
}

function row(run: Run, cell: string, subject: string): string {
  const trials = trialsOf(run, cell, subject);
  const title = run.titles[subject] ?? subject;
  const failures = run.entries.filter((entry) => entry.cell === cell && entry.subject === subject && 'failed' in entry);
  const failure = failures[0];
  if (trials.length === 0)
    return `| ${title} | failed: ${failure !== undefined && 'failed' in failure ? failure.failed.split('\n')[0] : ''} |`;
  const of = (pick: Pick): number => medianOf(trials, pick);
  const triple = (pick: (figures: Figures) => { p50: number; p95: number; p99: number }): string =>
    (['p50', 'p95', 'p99'] as const).map((q) => figure(of((figures) => pick(figures)[q]))).join(' / ');
  const main = trials.map(({ figures }) => figures.mainThread);
  const inexact = trials.find(({ figures }) => !figures.exact);
  return `| ${[
    title,
    String(trials.length),
    percent(of(({ longFrames }) => longFrames)),
    triple(({ frameMs }) => frameMs),
    `${percent(median(main))} (${(100 * Math.min(...main)).toFixed(0)}–${(100 * Math.max(...main)).toFixed(0)})`,
    subject === 'hand-scheduled' ? '1' : figure(ratioOf(trials, trialsOf(run, cell, 'hand-scheduled'), ({ mainThread }) => mainThread)),
    splitOf(trials),
    [of(({ rendererCpu }) => rendererCpu), of(({ browserCpu }) => browserCpu), of(({ emitterCpu }) => emitterCpu)]
      .map((share) => (100 * share).toFixed(0))
      .join(' / '),
    (100 * of(({ othersCpu, stolenCpu }) => othersCpu + stolenCpu)).toFixed(0),
    triple(({ lagMs }) => lagMs),
    `${figure(of(({ inputMs }) => inputMs.p50))} / ${figure(of(({ inputMs }) => inputMs.p95))}`,
    `${figure(of(({ longTasks }) => longTasks))}, ${figure(of(({ longestTaskMs }) => longestTaskMs))}`,
    of(({ heapMB }) => heapMB).toFixed(1),
    of(({ nodes }) => nodes).toFixed(0),
    figure(of(({ commitsPerSecond }) => commitsPerSecond)),
    of(({ mutationBatchesPerSecond }) => mutationBatchesPerSecond).toFixed(0),
    trials.every(({ figures }) => figures.catchUpMs === undefined) ? 'never' : figure(of(({ catchUpMs }) => catchUpMs)),
    inexact === undefined ? 'yes' : `**no**: ${inexact.figures.inexact ?? 'not whole in time'}`,
    Array.from(new Set(trials.map(({ commit }) => commit ?? '–'))).join(', '),
  ].join(' | ')} |${failures.length === 0 ? '' : ` ${failures.length} failed`}`;
}

function splitOf(trials: readonly Trial[]): string {
  const share = (pick: (split: Figures['split']) => number): string => (100 * medianOf(trials, ({ split }) => pick(split))).toFixed(0);
  return [
    share(({ script }) => script),
    share(({ style }) => style),
    share(({ layout }) => layout),
    share(({ paint }) => paint),
    share(({ garbage, other }) => garbage + other),
  ].join(' / ');
}

const kindTitles = {
  plain: 'Plain',
  breakless: 'Plain without a line break',
  markdown: 'Markdown',
  code: 'Markdown, code',
  tables: 'Markdown, tables',
} as const;

export function describeCell(name: string): string {
  const cell = parseCell(name);
  const factors = [
    cell.highlight ? 'highlighted' : '',
    cell.throttle === undefined ? '' : `main thread ${cell.throttle}× slower`,
    cell.hidden ? 'hidden tab' : '',
  ].filter((text) => text !== '');
  const title = `${kindTitles[cell.kind]}, ${cell.streams} × ${cell.rate.toLocaleString('en')}`;
  return `${[title, ...factors].join(', ')} (\`${cellName(cell)}\`)`;
}

export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value === 0 ? 0 : 2);
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(100 * share < 10 ? 1 : 0)} %` : '–';
}

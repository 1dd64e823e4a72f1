import { parseCell } from '../cell.ts';
import type { Run } from '../journal.ts';
import { bestPeers } from './best.ts';
import { leastOf, rivalFigures } from './rivals.ts';
import { describeCell, figure, medianOf, type Pick, percent, ratioOf, trialsOf } from './tables.ts';

/** One aim of the project, as measured. `met` is undefined where a side was not measured. */
export interface Aim {
  readonly cell: string;
  readonly what: string;
  readonly measured: string;
  readonly limit: string;
  readonly met: boolean | undefined;
}

const mainThread: Pick = (figures) => figures.mainThread;
const rendererCpu: Pick = (figures) => figures.rendererCpu;
const lagP95: Pick = (figures) => figures.lagMs.p95;
const inputP95: Pick = (figures) => figures.inputMs.p95;
const longFrames: Pick = (figures) => figures.longFrames;

/** Each aim, beside the page by hand, scheduled, of the same rounds. */
export function aimsOf(run: Run): Aim[] {
  const cell = (name: string): AimsOfCell => aimsOfCell(run, name);
  const heavy = ['plain:32x200', 'plain:32x1000'].flatMap((name) => {
    const { points, ratio, whole, caughtUp } = cell(name);
    return [points(2), ratio('lag p95', lagP95, 1.25), ratio('input p95', inputP95, 1.25), whole(), caughtUp(150)];
  });
  const plain = cell('plain:8x200');
  const markdown = cell('markdown:8x200');
  const markdownHeavy = cell('markdown:32x200');
  return [
    plain.ratio('main thread', mainThread, 1.15),
    plain.ratio('renderer CPU', rendererCpu, 1.15),
    plain.lagWithin(8),
    plain.noLongFrames(),
    ...heavy,
    markdown.ratio('main thread', mainThread, 1.15),
    markdown.halfOfBest(),
    markdown.noLongFrames(),
    markdown.ratio('lag p95', lagP95, 2),
    markdownHeavy.points(3),
    markdownHeavy.ratio('input p95', inputP95, 1.5),
    markdownHeavy.ratio('lag p95', lagP95, 1.5),
    ...['plain:8x200+throttle4', 'markdown:8x200+throttle4'].flatMap((name) => cell(name).ahead()),
  ];
}

interface AimsOfCell {
  /** Sluice's figure at most `limit` times the scheduled page's. */
  ratio(what: string, pick: Pick, limit: number): Aim;
  /** Long frames at most the scheduled page's and so many points. */
  points(limit: number): Aim;
  lagWithin(ms: number): Aim;
  noLongFrames(): Aim;
  whole(): Aim;
  caughtUp(ms: number): Aim;
  halfOfBest(): Aim;
  /** None of the kits measured in the cell is ahead in long frames, lag or input. */
  ahead(): Aim[];
}

function aimsOfCell(run: Run, cell: string): AimsOfCell {
  const own = trialsOf(run, cell, 'sluice');
  const scheduled = trialsOf(run, cell, 'hand-scheduled');
  const aim = (what: string, measured: string, limit: string, value: number, bound: number): Aim => ({
    cell,
    what,
    measured,
    limit,
    met: Number.isNaN(value) || Number.isNaN(bound) ? undefined : value <= bound,
  });
  const both = (pick: Pick, show: (value: number) => string): string =>
    `${show(medianOf(own, pick))} beside ${show(medianOf(scheduled, pick))}`;
  const shown = (pick: Pick): ((value: number) => string) =>
    pick === mainThread || pick === rendererCpu ? percent : (value) => `${figure(value)} ms`;
  return {
    ratio(what, pick, limit) {
      const ratio = ratioOf(own, scheduled, pick);
      return aim(what, `${ratio.toFixed(3)} × (${both(pick, shown(pick))})`, `≤ ${limit} × scheduled`, ratio, limit);
    },
    points(limit) {
      const value = 100 * (medianOf(own, longFrames) - medianOf(scheduled, longFrames));
      return aim('frames over 25 ms', both(longFrames, percent), `≤ scheduled + ${limit} points`, value, limit);
    },
    lagWithin: (ms) =>
      aim(
        'lag p95',
        both(lagP95, (value) => `${figure(value)} ms`),
        `≤ scheduled + ${ms} ms`,
        medianOf(own, lagP95),
        medianOf(scheduled, lagP95) + ms,
      ),
    noLongFrames: () => aim('frames over 25 ms', percent(medianOf(own, longFrames)), '0 %', medianOf(own, longFrames), 0),
    whole() {
      const lost = own.filter(({ figures }) => !figures.exact).length;
      return aim('nothing lost', `${own.length - lost} of ${own.length} trials whole`, 'all', own.length === 0 ? Number.NaN : lost, 0);
    },
    caughtUp(ms) {
      const pick: Pick = ({ catchUpMs }) => catchUpMs ?? Number.POSITIVE_INFINITY;
      return aim('caught up after the end', `${figure(medianOf(own, pick))} ms`, `≤ ${ms} ms`, medianOf(own, pick), ms);
    },
    halfOfBest() {
      const best = bestPeers(run)(parseCell(cell));
      const ratio = best === undefined ? Number.NaN : ratioOf(own, trialsOf(run, cell, best), mainThread);
      return aim(
        'main thread beside the best other kit',
        `${figure(ratio)} × ${best === undefined ? '' : (run.titles[best] ?? best)}`,
        '≤ 0.5 ×',
        ratio,
        0.5,
      );
    },
    ahead: () =>
      rivalFigures.map(({ what, pick, show }) => {
        const best = leastOf(run, cell, pick);
        const ours = medianOf(own, pick);
        return aim(
          what,
          `${show(ours)} beside ${best === undefined ? 'no kit measured' : `${show(best.value)} (${run.titles[best.name] ?? best.name})`}`,
          'no kit ahead',
          ours,
          best?.value ?? Number.NaN,
        );
      }),
  };
}

export function aimsTable(run: Run): string[] {
  const aims = aimsOf(run);
  return [
    '| cell | figure | measured | limit | met |',
    '|---|---|---|---|---|',
    ...aims.map(({ cell, what, measured, limit, met }) =>
      met === undefined
        ? `| ${describeCell(cell)} | ${what} | not measured | ${limit} | – |`
        : `| ${describeCell(cell)} | ${what} | ${measured} | ${limit} | ${met ? 'yes' : '**no**'} |`,
    ),
    '',
  ];
}

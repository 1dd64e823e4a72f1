import { cellName, coreCells } from '../cell.ts';
import type { Run } from '../journal.ts';
import { describeCell, medianOf, type Pick, trialsOf } from './tables.ts';

/** One chart: for each core cell that was measured a bar for each subject. */
export interface Plot {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

const bar = 12;
const labelWidth = 190;
const chartWidth = 520;
const width = labelWidth + chartWidth + 90;

/** Lag, long frames and main thread by cell and subject. */
export function plotsOf(run: Run): Plot[] {
  return [
    plot(run, 'lag', 'Display lag p95, ms (logarithmic)', ({ lagMs }) => lagMs.p95, {
      log: true,
      show: (value) => `${value.toFixed(0)} ms`,
    }),
    plot(run, 'frames', 'Frames over 25 ms', ({ longFrames }) => longFrames, {
      log: false,
      show: (value) => `${(100 * value).toFixed(0)} %`,
    }),
    plot(run, 'main-thread', 'Main thread, share of its time', ({ mainThread }) => mainThread, {
      log: false,
      show: (value) => `${(100 * value).toFixed(0)} %`,
    }),
    plot(run, 'input', 'Input to next paint p95, ms (logarithmic)', ({ inputMs }) => inputMs.p95, {
      log: true,
      show: (value) => `${value.toFixed(0)} ms`,
    }),
  ];
}

interface Scale {
  readonly log: boolean;
  readonly show: (value: number) => string;
}

function plot(run: Run, file: string, title: string, pick: Pick, { log, show }: Scale): Plot {
  const groups = coreCells.map(cellName).flatMap((cell) => {
    const bars = Object.keys(run.titles).flatMap((subject) => {
      const trials = trialsOf(run, cell, subject);
      return trials.length === 0 ? [] : [{ subject, value: medianOf(trials, pick) }];
    });
    return bars.length === 0 ? [] : [{ cell, bars }];
  });
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value)).filter(Number.isFinite);
  const most = log ? Math.max(10, ...values) : 1;
  const length = (value: number): number => {
    if (!Number.isFinite(value)) return 0;
    const share = log ? Math.log10(Math.max(1, value)) / Math.log10(most) : value / most;
    return Math.round(Math.min(1, share) * chartWidth);
  };
  const lines: string[] = [];
  let y = 40;
  for (const { cell, bars } of groups) {
    lines.push(text(0, y + 10, describeCell(cell).replace(/ \(.*$/, ''), 'cell'));
    y += 18;
    for (const { subject, value } of bars) {
      const kind = subject === 'sluice' ? 'own' : subject.startsWith('hand') ? 'hand' : 'peer';
      lines.push(
        text(labelWidth - 6, y + bar - 3, plainTitle(run.titles[subject] ?? subject), 'subject'),
        `<rect class="${kind}" x="${labelWidth}" y="${y}" width="${Math.max(1, length(value))}" height="${bar - 2}" rx="1"/>`,
        text(labelWidth + length(value) + 5, y + bar - 3, Number.isFinite(value) ? show(value) : 'never', 'value'),
      );
      y += bar + 2;
    }
    y += 10;
  }
  const style =
    'text{font:11px system-ui,sans-serif;fill:#444}.title{font-size:14px;font-weight:600;fill:#111}.cell{font-weight:600;fill:#111}.subject{text-anchor:end}' +
    '.own{fill:#0b6b61}.hand{fill:#8fb8b2}.peer{fill:#c9b8a0}';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="${escaped(title)}"><style>${style}</style><rect width="100%" height="100%" fill="#fff"/>${text(0, 18, title, 'title')}${lines.join('')}</svg>\n`;
  return { file: `${file}.svg`, title, svg };
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${escaped(content)}</text>`;
}

function plainTitle(title: string): string {
  return title.replace(/[*`]/g, '');
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

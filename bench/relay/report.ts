import { availableParallelism } from 'node:os';
import { median, quantile } from '../quantile.ts';
import type { FirstToken } from './first-token.ts';
import { type Cell, subjectNames, subjectTitles } from './scenario.ts';
import type { FailedTrial, Trial } from './trial.ts';

/** Below this share of what was due, or above this share of the machine's cores, a trial is called saturated. */
const saturated = { delivered: 0.97, cores: 0.85 };

export function fanOutTables(trials: readonly (Trial | FailedTrial)[], reference: Cell): string[] {
  const keys = [...new Set(trials.map(({ cell }) => `${cell.subscribers}x${cell.streams}`))];
  return keys.flatMap((key) => {
    const inCell = trials.filter(({ cell }) => `${cell.subscribers}x${cell.streams}` === key);
    const cell = (inCell[0] as Trial).cell;
    const isReference = cell.subscribers === reference.subscribers && cell.streams === reference.streams;
    const source = inCell.filter(isTrial).filter((trial) => trial.subject === 'source');
    const own = median(source.map((trial) => trial.cpuPerDelivery));
    return [
      `### ${count(cell.subscribers, 'subscriber')} × ${count(cell.streams, 'stream')}${isReference ? ' (reference)' : ''}`,
      '',
      `${(cell.subscribers * cell.streams * 25).toLocaleString('en')} deliveries/s due. The source alone costs ${figure(own)} µs of each figure below.`,
      '',
      '| subject | CPU µs/delivery (min–max) | × floor | × bare ws | latency ms p50 / p95 / p99 | delivered | cores server + clients | batches/message | RSS MB | heap MB |',
      '|---|---|---|---|---|---|---|---|---|---|',
      ...subjectNames.flatMap((subject) => {
        const mine = inCell.filter((trial) => trial.subject === subject);
        return mine.length === 0 ? [] : [row(subject, mine, inCell)];
      }),
      '',
    ];
  });
}

export function firstTokenTable(results: readonly FirstToken[]): string[] {
  if (results.length === 0) return [];
  return [
    '### First token',
    '',
    'From the provider’s first byte to the first token at the client, ms; *added* is the difference to the direct read of the same provider in the same turn.',
    '',
    '| way | p50 | p95 | p99 | added p50 | added p95 | added p99 | n |',
    '|---|---|---|---|---|---|---|---|',
    ...results.map(({ way, elapsedMs, addedMs }) => {
      const columns = [elapsedMs, addedMs].map((values) =>
        [0.5, 0.95, 0.99].map((q) => (values.length === 0 ? '' : quantile(values, q).toFixed(2))),
      );
      return `| ${way} | ${columns.flat().join(' | ')} | ${elapsedMs.length} |`;
    }),
    '',
  ];
}

function row(
  subject: (typeof subjectNames)[number],
  mine: readonly (Trial | FailedTrial)[],
  all: readonly (Trial | FailedTrial)[],
): string {
  const ran = mine.filter(isTrial);
  const failure = mine.find((trial) => !isTrial(trial));
  if (ran.length === 0)
    return `| ${subjectTitles[subject]} | failed: ${failure !== undefined && 'failed' in failure ? failure.failed.split('\n')[0] : ''} | | | | | | | | |`;
  const of = (pick: (trial: Trial) => number): number => median(ran.map(pick));
  const costs = ran.map((trial) => trial.cpuPerDelivery);
  const ratio = (other: Trial['subject']): string => {
    const ratios = ran.flatMap((trial) => {
      const beside = all.find((candidate) => candidate.subject === other && candidate.round === trial.round);
      return beside !== undefined && isTrial(beside) ? [trial.cpuPerDelivery / beside.cpuPerDelivery] : [];
    });
    return ratios.length === 0 ? '' : figure(median(ratios));
  };
  const delivered = of((trial) => trial.delivered);
  const full =
    delivered < saturated.delivered || of((trial) => trial.serverCores + trial.clientCores) > saturated.cores * availableParallelism();
  const share = `${(100 * delivered).toFixed(delivered < 0.1 ? 1 : 0)} %`;
  return `| ${[
    subjectTitles[subject],
    `${figure(median(costs))} (${figure(Math.min(...costs))}–${figure(Math.max(...costs))})`,
    ratio('floor'),
    ratio('ws'),
    [of((trial) => trial.latencyMs.p50), of((trial) => trial.latencyMs.p95), of((trial) => trial.latencyMs.p99)].map(figure).join(' / '),
    full ? `**saturated: ${share}**` : share,
    `${of((trial) => trial.serverCores).toFixed(2)} + ${of((trial) => trial.clientCores).toFixed(2)}`,
    figure(of((trial) => trial.batchesPerMessage)),
    of((trial) => trial.rssBytes / 1e6).toFixed(0),
    of((trial) => trial.heapBytes / 1e6).toFixed(0),
  ].join(' | ')} |${ran.length < mine.length ? ` ${mine.length - ran.length} failed` : ''}`;
}

function isTrial(trial: Trial | FailedTrial): trial is Trial {
  return !('failed' in trial);
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

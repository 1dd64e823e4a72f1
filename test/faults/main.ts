import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readCommand } from '../support/command.ts';
import { type Log, logs, type Transport, transports } from './plan.ts';
import { runPool } from './pool.ts';
import { type Chunk, counters, writeReport } from './report.ts';
import type { Result } from './run.ts';
import { faultRows, sum } from './summary.ts';

const values = readCommand({
  name: 'faults',
  about: 'Seeded schedules of faults between real clients and a real relay: nothing lost, repeated or reordered.',
  options: {
    schedules: { default: 1_000, about: 'How many.' },
    seed: { default: 1, about: 'Of the first; the others count on from it.' },
    only: {
      default: '',
      about: 'A transport, a log, or both.',
      oneOf: [...transports, ...logs, ...transports.flatMap((transport) => logs.map((log) => `${transport}/${log}`))],
    },
    parallel: { default: 8, about: 'How many run at a time.' },
    chromium: { default: false, about: 'Pages in a real Chromium instead of clients in this process.' },
    keep: { default: '', about: 'Adds the results to this file, and reports all that are in it.' },
    report: { default: false, about: 'Writes docs/RELIABILITY.md (the section between its marks) and docs/reliability.json.' },
  },
});

// What an ended schedule left waiting (a connection kept alive, a timer of a client that was closed) is nobody's business any more.
process.exit(await main());

async function main(): Promise<number> {
  const seeds = Array.from({ length: values.schedules }, (_, index) => values.seed + index);
  const asked = values.only.split('/');
  const transport = transports.find((name) => asked.includes(name));
  const log = logs.find((name) => asked.includes(name));
  const unhandled: string[] = [];
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) process.on(event, (cause) => unhandled.push(described(cause)));
  const stalls = monitorEventLoopDelay({ resolution: 10 });
  stalls.enable();

  const failed = new Set<number>();
  const fail = (seed: number, problems: readonly string[]): void => {
    failed.add(seed);
    console.log(`Seed ${seed} failed:\n  ${problems.join('\n  ')}\n  ${replay(seed, transport, log)}`);
  };
  const chromium = values.chromium ? await (await import('./chromium.ts')).openChromium() : undefined;
  const results = await runPool({
    clients: chromium,
    seeds,
    parallel: values.parallel,
    transport,
    log,
    onResult: ({ seed, violations }) => violations.length > 0 && fail(seed, violations),
    onThrown: (seed, cause) => fail(seed, [described(cause)]),
  });
  await chromium?.close();
  for (const cause of unhandled) console.log(`Unhandled: ${cause}`);

  const chunk: Chunk = {
    // Where results are gathered is this machine's business.
    command: `npm run faults -- ${process.argv
      .slice(2)
      .join(' ')
      .replace(/ ?--keep \S+| ?--report/g, '')}`,
    failedSeeds: [...failed],
    unhandled,
    loopDelayMs: { p50: stalls.percentile(50) / 1e6, p99: stalls.percentile(99) / 1e6 },
    results,
  };
  const chunks = values.keep === '' ? [chunk] : [...kept(values.keep), chunk];
  if (values.keep !== '') {
    mkdirSync(dirname(values.keep), { recursive: true });
    writeFileSync(values.keep, chunks.map((each) => JSON.stringify(each)).join('\n'));
  }
  if (values.report) writeReport(chunks);
  print(chunks.flatMap((each) => each.results));
  console.log(`${seeds.length} schedules, ${failed.size} failed, ${unhandled.length} unhandled.`);
  return failed.size + unhandled.length === 0 ? 0 : 1;
}

function print(results: readonly Result[]): void {
  console.table(
    faultRows(results).map(({ fault, count, outcomes, recoveryMs }) => ({
      fault,
      times: count,
      ...outcomes,
      p50: recoveryMs && Math.round(recoveryMs.p50),
      p95: recoveryMs && Math.round(recoveryMs.p95),
      p99: recoveryMs && Math.round(recoveryMs.p99),
    })),
  );
  console.log(`${results.length} results: ${counters.map((name) => `${name} ${sum(results, name)}`).join(', ')}`);
}

function kept(file: string): Chunk[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => JSON.parse(line) as Chunk);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

function described(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

function replay(seed: number, transport: Transport | undefined, log: Log | undefined): string {
  const only = [transport, log].filter((name) => name !== undefined).join('/');
  return `npm run faults -- --schedules 1 --seed ${seed}${values.chromium ? ' --chromium' : ''}${only === '' ? '' : ` --only ${only}`}`;
}

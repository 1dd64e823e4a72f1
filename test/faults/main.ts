import { parseArgs } from 'node:util';
import { type Log, logs, planSchedule, type Transport, transports } from './plan.ts';
import { type Result, runSchedule } from './run.ts';
import { faultRows, sum } from './summary.ts';

// `npm run faults`: seeded schedules of faults against a real relay.

const HELP = `npm run faults -- [options]

  --schedules <n>   How many. Default: 1000
  --seed <n>        Of the first; the others count on from it. Default: 1
  --only <a/b>      A transport (${transports.join(', ')}), a log (${logs.join(', ')}), or both.
  --parallel <n>    How many run at a time. Default: 16
`;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    parallel: { type: 'string', default: '16' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

async function main(): Promise<number> {
  const [first, count, parallel] = [Number(values.seed), Number(values.schedules), Number(values.parallel)];
  const asked = values.only.split('/');
  const transport = transports.find((name) => asked.includes(name));
  const log = logs.find((name) => asked.includes(name));
  const unhandled: string[] = [];
  for (const event of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(event, (cause) => unhandled.push(String((cause as Error)?.stack ?? cause)));

  const results: Result[] = [];
  let failed = 0;
  let next = first;
  const worker = async (): Promise<void> => {
    while (next < first + count) {
      const seed = next;
      next += 1;
      const problems: string[] = [];
      try {
        const result = await runSchedule(planSchedule(seed, { transport, log }));
        results.push(result);
        problems.push(...result.violations);
      } catch (cause) {
        problems.push(String((cause as Error)?.stack ?? cause));
      }
      if (problems.length === 0) continue;
      failed += 1;
      console.log(`Seed ${seed} failed:\n  ${problems.join('\n  ')}\n  ${replay(seed, transport, log)}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  for (const cause of unhandled) console.log(`Unhandled: ${cause}`);
  console.table(
    faultRows(results).map(({ fault, count: times, outcomes, recoveryMs }) => ({
      fault,
      times,
      ...outcomes,
      p50: recoveryMs && Math.round(recoveryMs.p50),
      p95: recoveryMs && Math.round(recoveryMs.p95),
      p99: recoveryMs && Math.round(recoveryMs.p99),
    })),
  );
  const figures = [
    'events',
    'observations',
    'lost',
    'repeated',
    'misplaced',
    'takenBack',
    'withdrawn',
    'snapshots',
    'epochs',
    'gone',
  ] as const;
  console.log(
    `${count} schedules, ${failed} failed, ${unhandled.length} unhandled; ${figures.map((name) => `${name} ${sum(results, name)}`).join(', ')}`,
  );
  return failed + unhandled.length === 0 ? 0 : 1;
}

function replay(seed: number, transport: Transport | undefined, log: Log | undefined): string {
  const only = [transport, log].filter((name) => name !== undefined).join('/');
  return `npm run faults -- --schedules 1 --seed ${seed}${only === '' ? '' : ` --only ${only}`}`;
}

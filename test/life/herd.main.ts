import { readCommand } from '../support/command.ts';
import { runHerd } from './herd.ts';

const { clients } = readCommand({
  name: 'herd',
  about: 'Many clients lose their relay at once, and come back to the next.',
  options: { clients: { default: 1_000, about: 'How many.' } },
});

console.log('| clients | transport | end of the relay | down ms | back p50 / p95 / max ms | /healthz asked | p50 / p99 / max ms | wrong |');
console.log('|---|---|---|---|---|---|---|---|');
let failed = false;
for (const transport of ['websocket', 'sse'] as const) {
  for (const end of ['kill', 'drain'] as const) {
    const { downMs, recoveredMs, healthMs, wrong } = await runHerd({ clients, transport, end });
    const cells = [
      clients,
      transport,
      end,
      Math.round(downMs),
      [0.5, 0.95, 1].map((share) => quantile(recoveredMs, share)).join(' / '),
      healthMs.length,
      [0.5, 0.99, 1].map((share) => quantile(healthMs, share)).join(' / '),
      wrong.length,
    ];
    console.log(`| ${cells.join(' | ')} |`);
    for (const line of wrong.slice(0, 5)) console.log(line);
    failed ||= wrong.length > 0;
  }
}
process.exitCode = failed ? 1 : 0;

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { readCommand } from '../support/command.ts';
import { type CampaignReport, runCampaign } from './campaign.ts';

const { inputs, seed, write } = readCommand({
  name: 'fuzz',
  about: 'Feeds mutated messages to every decoder, and mutated bodies to the relay.',
  options: {
    inputs: { default: 10_000_000, about: 'How many messages.' },
    seed: { default: 1, about: 'Of the mutations.' },
    write: { default: false, about: 'Writes docs/RELIABILITY.md (the section between its marks).' },
  },
});

const report = await runCampaign(inputs, seed, (line) => process.stderr.write(`\r${line.padEnd(80)}`));
process.stderr.write('\n');
const section = describe(report);
process.stdout.write(section);
if (write) {
  const file = join(import.meta.dirname, '../../docs/RELIABILITY.md');
  const text = readFileSync(file, 'utf8');
  const marked = /(<!-- fuzz:begin[^>]*-->\n)[\s\S]*?(<!-- fuzz:end -->)/;
  if (!marked.test(text)) throw new Error('docs/RELIABILITY.md has no <!-- fuzz:begin --> … <!-- fuzz:end -->.');
  writeFileSync(
    file,
    text.replace(marked, (_, begin: string, end: string) => `${begin}${section}${end}`),
  );
}

function describe({ seed, targets, heapMB, peakRssMB }: CampaignReport): string {
  const frames = targets.slice(0, 3).reduce((sum, { inputs }) => sum + inputs, 0);
  const rows = targets.map(({ name, inputs, seconds, outcomes, worstMs, rareMs }) => {
    const codes = Object.entries(outcomes)
      .sort(([, a], [, b]) => b - a)
      .map(([code, count]) => `${code === 'accepted' ? code : `\`${code}\``} ${count.toLocaleString('en')}`)
      .join(', ');
    const rate = Math.round(inputs / seconds).toLocaleString('en');
    return `| ${name} | ${inputs.toLocaleString('en')} | ${rate} | ${codes} | ${worstMs.toFixed(1)} | ${rareMs.toFixed(2)} |`;
  });
  return `${[
    `\`npm run fuzz\`, seed ${seed}: ${frames.toLocaleString('en')} mutated messages and ${(targets[3]?.inputs ?? 0).toLocaleString('en')} bodies, on Node ${process.versions.node}, ${cpus()[0]?.model ?? 'an unknown processor'}, one thread of a machine shared with other work.`,
    'Nothing was thrown that is no documented error, no prototype changed, no connection was left over, and the bystander on the same relay read its stream exactly, to the end.',
    '',
    '| what was fed | inputs | inputs/s | outcomes | worst, ms | one in a million, ms |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    `Heap after a collection: ${heapMB[0]} MB before, ${heapMB[1]} MB after; resident at most ${peakRssMB} MB. The worst times have the collector’s and the machine’s pauses in them.`,
  ].join('\n')}\n`;
}

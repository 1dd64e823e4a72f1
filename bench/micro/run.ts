import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Machine, machineLines } from '../machine.ts';
import { runBuffer } from './buffer.ts';
import { runCodec } from './codec.ts';
import type { Measure } from './measure.ts';

export interface MicroOptions {
  readonly quick: boolean;
  readonly machine: Machine;
  readonly results: URL;
  readonly name: string;
  readonly say: (line: string) => void;
}

export interface Line {
  readonly what: string;
  readonly measure: Measure;
  /** What one operation handles. */
  readonly unit: string;
}

/** Scripts that print tables of their own. */
const scripts = ['markdown/position.ts', 'page/run.ts', 'highlight/position.ts', 'highlight/display.ts'];

/** What the inner parts cost by themselves, in Node. Returns the tables; writes them and the figures as JSON. */
export async function runMicro({ quick, machine, results, name, say }: MicroOptions): Promise<string> {
  const timing = quick ? { batches: 5, batchMs: 20 } : { batches: 25, batchMs: 100 };
  const lines = [...(await runCodec(timing)), ...(await runBuffer(timing))];
  say(`micro: ${lines.length} measured`);
  const printed = quick ? [] : scripts.flatMap((script) => printedBy(script, say));
  const report = [
    ...machineLines(machine),
    '| | µs (min–max) | for |',
    '|---|---|---|',
    ...lines.map(
      ({ what, measure, unit }) =>
        `| ${what} | ${number(measure.microseconds)} (${number(measure.least)}–${number(measure.most)}) | ${unit} |`,
    ),
    '',
    ...printed,
  ].join('\n');
  await mkdir(results, { recursive: true });
  await writeFile(new URL(`${name}.json`, results), JSON.stringify({ machine, lines }, undefined, 1));
  await writeFile(new URL(`${name}.md`, results), `${report}\n`);
  return report;
}

function printedBy(script: string, say: (line: string) => void): string[] {
  const file = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  say(`micro: ${script}${status === 0 ? '' : ` failed: ${stderr}`}`);
  const text = stdout.trim();
  // What is no Markdown table keeps its columns.
  const shown = /^\|/m.test(text) ? [text] : ['```', text, '```'];
  return status === 0 ? [`### ${script}`, '', ...shown, ''] : [];
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/**
 * What the Markdown parser costs per kilobyte, by the position in the answer: milliseconds of CPU in its first and in its
 * last tenth, medians of seven runs (`-`: the pieces are larger), and the longest of the steps between which it can be interrupted. Beside it micromark, which
 * parses the open block again at every chunk.
 * Usage: `node bench/markdown/position.ts [chunk sizes] [parts of names] [--alone]`; prints a table. `--alone`: without micromark.
 */
import { performance } from 'node:perf_hooks';
import { createDocument } from '../../src/markdown/document.ts';
import { median } from './median.ts';
import { reparse } from './reparse.ts';
import { texts } from './texts.ts';

interface Row {
  readonly text: string;
  readonly chunk: number;
  readonly kilobytes: number;
  readonly first: number;
  readonly last: number;
  readonly longest: number;
  readonly micromark: number;
}

const runs = 7;
const stepRuns = 5;
const arguments_ = process.argv.slice(2).filter((argument) => argument !== '--alone');
const alone = process.argv.includes('--alone');
const sizes = arguments_.filter((argument) => /^\d+$/.test(argument));
const names = arguments_.filter((argument) => !sizes.includes(argument));
const chunks = sizes.length > 0 ? sizes.map(Number) : [4, 64];
const never = (): boolean => false;
const always = (): boolean => true;

/** Milliseconds of CPU per kilobyte: the machine does other work, too. */
function measure(text: string, chunk: number): { first: number; last: number } {
  if (chunk > text.length / 10) return { first: Number.NaN, last: Number.NaN };
  const document = createDocument({ math: true });
  const tenth = Math.floor(text.length / 10 / chunk) * chunk;
  const part = (from: number, to: number): number => {
    const before = process.cpuUsage();
    for (let at = from; at < to; at += chunk) {
      document.append(text.slice(at, at + chunk));
      document.advance(never);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / ((to - from) / 1024);
  };
  const first = part(0, tenth);
  part(tenth, 9 * tenth);
  return { first, last: part(9 * tenth, 10 * tenth) };
}

/** Of each step, which is the same in every run, the quickest run counts: the rest is the machine's. */
function longestStep(text: string, chunk: number): number {
  let least: number[] | undefined;
  for (let run = 0; run < stepRuns; run += 1) {
    const times: number[] = [];
    const document = createDocument({ math: true });
    const advance = (): void => {
      for (let isDone = false; !isDone; ) {
        const start = performance.now();
        isDone = document.advance(always).done;
        times.push(performance.now() - start);
      }
    };
    for (let at = 0; at < text.length; at += chunk) {
      document.append(text.slice(at, at + chunk));
      advance();
    }
    document.end();
    advance();
    least = least?.map((time, index) => Math.min(time, times[index] ?? time)) ?? times;
  }
  return (least ?? []).reduce((longest, time) => Math.max(longest, time), 0);
}

const rows: Row[] = [];
for (const { name, text } of texts()) {
  if (names.length > 0 && !names.some((part) => name.includes(part))) continue;
  for (const chunk of chunks) {
    for (let warm = 0; warm < 2; warm += 1) measure(text, chunk);
    const results = Array.from({ length: runs }, () => measure(text, chunk));
    rows.push({
      text: name,
      chunk,
      kilobytes: Math.round(text.length / 1024),
      first: median(results.map(({ first }) => first)),
      last: median(results.map(({ last }) => last)),
      longest: longestStep(text, chunk),
      micromark: alone || chunk > text.length / 10 ? Number.NaN : reparse(text, chunk),
    });
  }
}

const cell = (value: number): string => (Number.isNaN(value) ? '-' : value < 10 ? value.toFixed(3) : value.toFixed(0));
console.log('| text | kB | chunk | first tenth, ms/kB | last tenth, ms/kB | last/first | longest step, ms | micromark at the end, ms/kB |');
console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
for (const { text, kilobytes, chunk, first, last, longest, micromark } of rows) {
  console.log(
    `| ${text} | ${kilobytes} | ${chunk} | ${cell(first)} | ${cell(last)} | ${(last / first).toFixed(2)} | ${cell(longest)} | ${cell(micromark)} |`,
  );
}

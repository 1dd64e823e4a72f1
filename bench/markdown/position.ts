/**
 * What the Markdown parser costs per kilobyte, by the position in the answer: milliseconds in its first and in its last
 * tenth, medians of five runs, and the longest single `advance` of the quietest run. Beside it micromark, which parses the open block again at every chunk.
 * Usage: `node bench/markdown/position.ts [chunk sizes] [parts of names]`; prints a table.
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

const runs = 5;
const sizes = process.argv.slice(2).filter((argument) => /^\d+$/.test(argument));
const names = process.argv.slice(2).filter((argument) => !sizes.includes(argument));
const chunks = sizes.length > 0 ? sizes.map(Number) : [4, 64];
const never = (): boolean => false;

function measure(text: string, chunk: number): { first: number; last: number; longest: number } {
  const document = createDocument({ math: true });
  const tenth = Math.floor(text.length / 10);
  let longest = 0;
  const part = (from: number, to: number): number => {
    const before = performance.now();
    for (let at = from; at < to; at += chunk) {
      document.append(text.slice(at, Math.min(at + chunk, to)));
      const start = performance.now();
      document.advance(never);
      longest = Math.max(longest, performance.now() - start);
    }
    return (performance.now() - before) / ((to - from) / 1024);
  };
  const first = part(0, tenth);
  part(tenth, 9 * tenth);
  return { first, last: part(9 * tenth, 10 * tenth), longest };
}

const rows: Row[] = [];
for (const { name, text } of texts()) {
  if (names.length > 0 && !names.some((part) => name.includes(part))) continue;
  for (const chunk of chunks) {
    measure(text, chunk);
    const results = Array.from({ length: runs }, () => measure(text, chunk));
    rows.push({
      text: name,
      chunk,
      kilobytes: Math.round(text.length / 1024),
      first: median(results.map(({ first }) => first)),
      last: median(results.map(({ last }) => last)),
      // Not the machine's other work: the least of the runs' longest.
      longest: Math.min(...results.map(({ longest }) => longest)),
      micromark: reparse(text, chunk),
    });
  }
}

const cell = (value: number): string => (Number.isNaN(value) ? '-' : value < 10 ? value.toFixed(3) : value.toFixed(0));
console.log(
  '| text | kB | chunk | first tenth, ms/kB | last tenth, ms/kB | last/first | longest advance, ms | micromark at the end, ms/kB |',
);
console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
for (const { text, kilobytes, chunk, first, last, longest, micromark } of rows) {
  console.log(
    `| ${text} | ${kilobytes} | ${chunk} | ${cell(first)} | ${cell(last)} | ${(last / first).toFixed(2)} | ${cell(longest)} | ${cell(micromark)} |`,
  );
}

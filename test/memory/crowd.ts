/**
 * `npm run crowd -- --transport sse`: whether a healthy reader is slower beside a thousand that have stopped, over one transport.
 * Writes a line of docs/RELIABILITY.md.
 */
import { parseArgs } from 'node:util';
import { type Delays, slowdown } from './beside.ts';
import { transports } from './reader.ts';
import { writeSection } from './section.ts';

const { values } = parseArgs({
  options: {
    transport: { type: 'string', default: 'websocket' },
    readers: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
  },
});
const transport = transports.find((name) => name === values.transport);
if (transport === undefined) throw new Error(`--transport is one of ${transports.join(', ')}.`);
const [count, rounds] = [Number(values.readers), Number(values.rounds)];
const found = await slowdown(transport, count, rounds);
const ms = ({ p50, p95, p99 }: Delays): string => [p50, p95, p99].map((value) => value.toFixed(1)).join(', ');
const line = `- ${transport}, ${count} stopped, ${rounds} runs each: p50, p95, p99 were ${ms(found.without)} ms without and ${ms(found.beside)} ms beside them; the relay needed ${found.cpuWithout.toFixed(0)} and ${found.cpuBeside.toFixed(0)} ms of processor time. At least ${found.connections} connections stood to the end of each run.`;
process.stdout.write(`${line}\n`);
writeSection(`crowd-${transport}`, line);
process.exit(0);

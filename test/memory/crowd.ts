/**
 * `npm run crowd -- --transport sse`: whether a healthy reader is slower beside a thousand that have stopped, over one transport.
 * Writes a line of docs/RELIABILITY.md.
 */
import { parseArgs } from 'node:util';
import { type Figures, slowdown } from './beside.ts';
import { transports } from './reader.ts';
import { writeSection } from './section.ts';

const { values } = parseArgs({
  options: {
    transport: { type: 'string', default: 'websocket' },
    readers: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    ports: { type: 'string', default: '1' },
  },
});
const transport = transports.find((name) => name === values.transport);
if (transport === undefined) throw new Error(`--transport is one of ${transports.join(', ')}.`);
const [count, rounds, ports] = [Number(values.readers), Number(values.rounds), Number(values.ports)];
const found = await slowdown(transport, count, rounds, ports);
const figures = ({ p50, p95, p99, cpuMs }: Figures): string =>
  `${[p50, p95, p99].map((value) => value.toFixed(2)).join(', ')} ms (${cpuMs.toFixed(0)} ms of the relay’s processor time)`;
const name = ports > 1 ? `${transport} on ${ports} ports` : transport;
const line = `- ${name}, ${rounds} runs each: p50, p95, p99 were ${figures(found.alone)} alone, ${figures(found.idle)} beside ${count} idle connections, and ${figures(found.stopped)} beside ${count} that had stopped, of which at least ${found.connections - 1} stood to the end of each run.`;
process.stdout.write(`${line}\n`);
writeSection(`crowd-${name.replaceAll(' ', '-')}`, line);
process.exit(0);

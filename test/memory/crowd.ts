import { readCommand } from '../support/command.ts';
import { type Figures, slowdown } from './beside.ts';
import { transports } from './reader.ts';
import { writeSection } from './section.ts';

const {
  transport,
  readers: count,
  rounds,
  ports,
} = readCommand({
  name: 'crowd',
  about: 'Whether a healthy reader is slower beside many that have stopped. Writes a line of docs/RELIABILITY.md.',
  options: {
    transport: { default: 'websocket', about: 'Of all of them.', oneOf: transports },
    readers: { default: 1_000, about: 'How many have stopped.' },
    rounds: { default: 5, about: 'How many runs, of each kind.' },
    ports: { default: 1, about: 'How many the relay has for WebTransport.' },
  },
});
const found = await slowdown(transport, count, rounds, ports);
const figures = ({ p50, p95, p99, cpuMs }: Figures): string =>
  `${[p50, p95, p99].map((value) => value.toFixed(2)).join(', ')} ms (${cpuMs.toFixed(0)} ms of the relay’s processor time)`;
const name = ports > 1 ? `${transport} on ${ports} ports` : transport;
const line = `- ${name}, ${rounds} runs each: p50, p95, p99 were ${figures(found.alone)} alone, ${figures(found.idle)} beside ${count} idle connections, and ${figures(found.stopped)} beside ${count} that had stopped, of which at least ${found.connections - 1} stood to the end of each run.`;
process.stdout.write(`${line}\n`);
writeSection(`crowd-${name.replaceAll(' ', '-')}`, line);
process.exit(0);

import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { readCommand } from '../support/command.ts';
import { type RelaySample, startChild } from './child.ts';
import { ALL, firstCredit, openReaders, transports } from './reader.ts';
import { table, writeSection } from './section.ts';
import { StalledReader } from './stopped.ts';
import { tokens } from './tokens.ts';

const { seconds, readers: count } = readCommand({
  name: 'stalled',
  about: 'Readers that stop at an answer’s beginning and go on when it has ended. Writes a section of docs/RELIABILITY.md.',
  options: {
    seconds: { default: 600, about: 'How long the answer goes by.' },
    readers: { default: 100, about: 'How many, on each transport.' },
  },
});
const RATE = 100;
/** The first credit lasts for a quarter of a minute. */
const MARKS = [60, seconds / 2, seconds];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
const held = ({ heapUsed, external }: RelaySample): number => heapUsed + external;

interface Stay {
  readonly transport: string;
  readonly idle: RelaySample;
  readonly marks: readonly RelaySample[];
  readonly exact: number;
  readonly connections: number;
}

async function stay(transport: (typeof transports)[number]): Promise<Stay> {
  const relay = await startChild({ relay: { maxConnectionsPerPrincipal: 10_000, maxMessagesPerSecond: 10_000 } });
  try {
    for (const reader of await openReaders(20, transport, relay.url, ALL)) reader.close();
    await relay.create('warm', 6_000, 1_000);
    await relay.ended('warm');
    const readers = (await openReaders(count, transport, relay.url, firstCredit.connection)).map(
      (reader) => new StalledReader(reader, transport, relay.url),
    );
    const idle = await relay.sample();
    const channel = await relay.create('read', RATE * (seconds + 10), RATE);
    const begun = performance.now();
    for (const reader of readers) reader.subscribe(channel);
    const marks: RelaySample[] = [];
    for (const mark of MARKS) {
      await delay(mark * 1000 - (performance.now() - begun));
      marks.push(await relay.sample());
      say(`${transport} ${mark} s: ${JSON.stringify({ idle, sample: marks.at(-1) })}`);
    }
    await relay.ended('read');
    const truth = tokens(RATE * (seconds + 10));
    const texts = await Promise.all(readers.map((reader) => reader.rest()));
    const exact = texts.filter((text) => text === truth).length;
    say(`${transport}: ${exact} of ${count} exact`);
    return { transport, idle, marks, exact, connections: readers.reduce((sum, { connections }) => sum + connections, 0) };
  } finally {
    await relay.close();
  }
}

const stays = await Promise.all(transports.map(stay));
const report = [
  '## Ten minutes without reading',
  '',
  `\`npm run stalled\`. ${count} readers on each transport grant what a page’s worker grants to begin with, and acknowledge nothing, while an answer of ${RATE} tokens a second goes by for ${seconds} s; they answer heartbeats, and where an SSE response is over after its minute they resume as the client does, but with a new first credit (the client states what is left of it, CR10). Then they grant everything. A relay in a process of its own for each transport, the three beside each other, on a machine that others used meanwhile: ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}. Bytes are for each reader and beyond what the same connections took before, idle.`,
  '',
  table(
    [
      'transport',
      'connections made',
      ...MARKS.map((mark) => `heap and buffers, ${mark} s`),
      ...MARKS.map((mark) => `resident, ${mark} s`),
      'exact afterwards',
    ],
    stays.map(({ transport, idle, marks, exact, connections }) => [
      transport,
      connections,
      ...marks.map((mark) => kb((held(mark) - held(idle)) / count)),
      ...marks.map((mark) => kb((mark.rss - idle.rss) / count)),
      `${exact} of ${count}`,
    ]),
  ),
].join('\n');
say(report);
writeSection('stalled', report);
process.exit(stays.every(({ exact }) => exact === count) ? 0 : 1);

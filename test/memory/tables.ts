import { cpus } from 'node:os';
import { readCommand } from '../support/command.ts';
import { type RelaySample, startChild } from './child.ts';
import { ALL, openReader, openReaders, subscribeTo, transports } from './reader.ts';
import { table, writeSection } from './section.ts';
import { measureStalled, type StalledFigures } from './stalled.ts';
import { tokens } from './tokens.ts';

readCommand({
  name: 'memory',
  about: 'What the relay needs at its limits, each in a process of its own. Writes a section of docs/RELIABILITY.md.',
  options: {},
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const heap = ({ heapUsed, external }: RelaySample): number => heapUsed + external;

const stalled: StalledFigures[] = [];
for (const stall of ['page', 'socket'] as const) {
  for (const transport of transports) {
    // What does not read must be behind by more than a system buffers.
    const figures = await measureStalled(transport, stall, stall === 'page' ? 300 : 60, stall === 'page' ? 60_000 : 500_000);
    stalled.push(figures);
    say(JSON.stringify(figures));
  }
}

/** Streams one after the other, nobody reading. */
async function unread(count: number, size: number, graceMs: number): Promise<{ before: RelaySample; after: RelaySample }> {
  const relay = await startChild({ storage: { graceMs, maxClosed: 100_000 } });
  try {
    await relay.create('warm', size);
    await relay.ended('warm');
    const before = await relay.sample();
    for (let done = 0; done < count; done += 50) {
      const ids = Array.from({ length: Math.min(50, count - done) }, (_, index) => `s${done + index}`);
      for (const id of ids) await relay.create(id, size);
      for (const id of ids) await relay.ended(id);
    }
    // What is over is dropped once a second.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    return { before, after: await relay.sample() };
  } finally {
    await relay.close();
  }
}

/** One answer of a million tokens, and a reader that has it exactly. */
async function million(): Promise<{ before: RelaySample; after: RelaySample; exact: boolean }> {
  const relay = await startChild();
  try {
    await relay.create('warm', 60_000);
    await relay.ended('warm');
    const before = await relay.sample();
    const reader = await openReader('websocket', relay.url, ALL);
    subscribeTo(reader, await relay.create('m', 1_000_000), ALL);
    await relay.ended('m');
    await reader.inbox.until(() => reader.inbox.isDone(1));
    const after = await relay.sample();
    return { before, after, exact: reader.inbox.text(1) === tokens(1_000_000) };
  } finally {
    await relay.close();
  }
}

/** Connections with nothing to read. */
async function idle(): Promise<readonly (readonly [string, number])[]> {
  const found: [string, number][] = [];
  for (const transport of transports) {
    const relay = await startChild({ relay: { maxConnectionsPerPrincipal: 10_000, maxMessagesPerSecond: 10_000 } });
    for (const reader of await openReaders(20, transport, relay.url, ALL)) reader.close();
    const before = await relay.sample();
    const readers = await openReaders(300, transport, relay.url, ALL);
    found.push([transport, ((await relay.sample()).rss - before.rss) / 300]);
    for (const reader of readers) reader.close();
    await relay.close();
  }
  return found;
}

const idles = await idle();
const open = await unread(200, 2_000, 3_600_000);
const finished = await unread(10_000, 200, 3_600_000);
const bounded = await unread(10_000, 200, 1);
const long = await million();

const rows = (name: string, count: number, { before, after }: { before: RelaySample; after: RelaySample }): (string | number)[] => [
  name,
  count,
  kb((after.rss - before.rss) / count),
  kb((heap(after) - heap(before)) / count),
  mb(after.rss),
];
const report = [
  '## Memory at the limits',
  '',
  `\`npm run memory\`. The relay in a process of its own, after collecting garbage. ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; other programs ran beside it.`,
  '',
  'Readers that stop, while a whole answer goes by: by *page* the client grants what a page’s worker grants to begin with, reads the network and never acknowledges (60,000 tokens, ten minutes at 100 a second); by *socket* it grants everything and reads nothing (500,000 tokens). Differences to the same relay with the same connections idle and the same answer unread; a negative one is noise. Resident memory is what the process has taken from the system at its peak, all readers being served at once, and not what it holds.',
  '',
  table(
    ['transport', 'stops', 'readers', 'resident, each', 'heap and buffers, each', 'with the transport, each', 'exact afterwards'],
    stalled.map((figures) => [
      figures.transport,
      figures.stall,
      figures.readers,
      kb(figures.stalledRss),
      kb(figures.stalledHeap),
      kb(figures.unsentBytes),
      `${figures.exact} of ${figures.readers}`,
    ]),
  ),
  '',
  'By *socket*, over WebTransport, the QUIC library takes up to about a megabyte of its own for each before it pushes back: the relay cannot see that, nor bound it but by the number of connections.',
  '',
  table(
    ['what is kept', 'count', 'resident, each', 'heap and buffers, each', 'resident in all'],
    [
      rows('unread answers of 2,000 tokens', 200, open),
      rows('finished answers of 200 tokens, kept', 10_000, finished),
      rows('finished answers of 200 tokens, grace period over', 10_000, bounded),
      rows(`one answer of 1,000,000 tokens, ${long.exact ? 'read exactly' : '**not exact**'}`, 1, long),
      ...idles.map(([transport, bytes]) => [`idle connections over ${transport}`, 300, kb(bytes), '', '']),
    ],
  ),
].join('\n');
say(report);
writeSection('memory', report);
process.exit(0);

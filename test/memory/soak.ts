import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seeded } from '../../bench/seeded.ts';
import { readCommand } from '../support/command.ts';
import { type ChildRelay, startChild } from './child.ts';
import { SoakClient } from './client.ts';
import { Load } from './load.ts';
import { buildPage, openPage, type SoakPage } from './page.ts';
import { table, writeSection } from './section.ts';
import { FLAT, type SoakSample, trends } from './verdict.ts';

const CLIENTS = 200;
const { minutes, seed } = readCommand({
  name: 'soak',
  about: `A relay, ${CLIENTS} clients and a page under a steady load, and whether their memory is flat. Interrupted, it says that the
result is of a part. Writes a section of docs/RELIABILITY.md and docs/soak.json; ends with 1 where anything was wrong.`,
  options: {
    minutes: { default: 60, about: 'How long.' },
    seed: { default: 1, about: 'Of what the clients do.' },
  },
});
const SAMPLE_MS = 5_000;
const PANELS = 16;
const transports = ['websocket', 'webtransport', 'sse'] as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort(signal));

const built = await buildPage();
let relay: ChildRelay | undefined;
let page: SoakPage | undefined;
const samples: SoakSample[] = [];
const errors: string[] = [];
let crashed = false;
let load: Load | undefined;
const begun = performance.now();
try {
  relay = await startChild({
    folder: built.folder,
    // One flush in 50 ms, so that two processors carry all of it; all else as it comes, but that 200 clients share an address.
    relay: { flushIntervalMs: 50, maxConnectionsPerPrincipal: 1_000, maxMessagesPerSecond: 2_000 },
    storage: { graceMs: 60_000, maxClosed: 320 },
  });
  relay.exited.catch((cause: unknown) => {
    errors.push(String(cause));
    stopping.abort();
  });
  page = await openPage(relay.url);
  load = new Load({ relay, page, panels: PANELS, seed, signal: stopping.signal });
  const clients = Array.from(
    { length: CLIENTS },
    (_, index) => new SoakClient(transports[index % transports.length] ?? 'sse', relay?.url ?? ''),
  );
  const running = [load.runStreams(), ...clients.map((client, index) => load?.runClient(client, seeded(seed * 1_000 + index)))];
  // Until the first answers have ended, the load still grows.
  await delay(30_000, undefined, { signal: stopping.signal }).catch(() => {});
  const whole = performance.now();
  while (!stopping.signal.aborted && performance.now() - whole < minutes * 60_000) {
    const seconds = (performance.now() - whole) / 1000;
    const sample = { seconds, relay: await relay.sample(1), page: await page.sample() };
    samples.push(sample);
    if (samples.length % 6 === 1) say(progress(sample, load));
    await delay(SAMPLE_MS, undefined, { signal: stopping.signal }).catch(() => {});
  }
  load.finish();
  await Promise.race([Promise.all(running), delay(60_000)]);
  errors.push(...clients.flatMap(({ faults }) => faults), ...(await page.faults().catch((cause: unknown) => [String(cause)])));
  const { refused, responses } = samples.at(-1)?.relay ?? { refused: {}, responses: 0 };
  // A post may cross the end of its SSE response, which the relay recycles each minute: one at a time is under way, and the client resumes.
  for (const [code, count] of Object.entries(refused))
    if (code !== 'unknown_session' || count > responses) errors.push(`the relay refused ${count} times: ${code}`);
} catch (cause) {
  crashed = true;
  errors.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
} finally {
  await page?.close().catch(() => {});
  await Promise.race([relay?.close().catch(() => {}), delay(10_000)]);
  await built.remove();
}
errors.push(...(load?.errors ?? []));
const partial = stopping.signal.aborted || crashed;
const found = trends(samples);
const flat = found.every(({ growth }) => growth <= FLAT);
const report = summary();
say(report);
writeFileSync(
  fileURLToPath(new URL('../../docs/soak.json', import.meta.url)),
  `${JSON.stringify({ minutes, partial, flat, errors: errors.slice(0, 50), counts: load?.counts, trends: found, samples: thinned() })}\n`,
);
writeSection('soak', report);
process.exit(flat && errors.length === 0 && !partial ? 0 : 1);

function progress(
  { seconds, relay: { rss, heapUsed, streams, connections, cpuMs }, page: shown }: SoakSample,
  { counts, errors: wrong }: Load,
): string {
  return [
    `${(seconds / 60).toFixed(1)} min`,
    `relay ${mb(rss)} resident, ${mb(heapUsed)} heap, ${streams} logs, ${connections} connections, ${((cpuMs / (performance.now() - begun)) * 100).toFixed(0)} % of a processor`,
    `page ${mb(shown.heap)} heap, ${mb(shown.workersHeap)} workers, ${shown.nodes} nodes`,
    `${counts.streams} streams, ${counts.exact} exact, ${wrong.length} errors`,
  ].join(' · ');
}

function summary(): string {
  const lasted = (samples.at(-1)?.seconds ?? 0) / 60;
  const { streams = 0, exact = 0, panels = 0, detached = 0, reconnected = 0, stopped = 0 } = load?.counts ?? {};
  const head = partial
    ? `**Partial: it ended after ${lasted.toFixed(1)} of ${minutes} minutes.**`
    : `${lasted.toFixed(1)} minutes: memory ${flat ? 'flat' : '**not flat**'}, ${errors.length} errors.`;
  return [
    '## Soak',
    '',
    `\`npm run soak\`. ${head}`,
    '',
    `64 scripted answers of 2,000 tokens at a time, 100 tokens a second each, one beginning where one has ended; logs are dropped a minute after their end. ${CLIENTS} clients, a third on each transport, each following one answer at a time (so that two processors carry relay, clients and browser; flush interval 50 ms), and a page in Chromium with ${PANELS} panels, half of them Markdown. Clients join anywhere in an answer, leave half-way, reconnect from their cursor, stop answers. ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}.`,
    '',
    `${streams} answers begun; ${exact} times a client had one exactly to its end, ${panels} times a panel; ${detached} times one left, ${reconnected} times one reconnected, ${stopped} were stopped.`,
    '',
    table(
      ['memory after a collection', 'second quarter', 'last quarter', 'growth'],
      found.map(({ name, second, last, growth }) => [name, figure(name, second), figure(name, last), `${growth.toFixed(1)} %`]),
    ),
    ...(errors.length === 0 ? [] : ['', ...errors.slice(0, 10).map((error) => `- ${error.split('\n')[0]}`)]),
  ].join('\n');
}

function figure(name: string, value: number): string {
  return name.endsWith('nodes') ? value.toFixed(0) : mb(value);
}

function thinned(): readonly SoakSample[] {
  const step = Math.ceil(samples.length / 240);
  return samples.filter((_, index) => index % step === 0);
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

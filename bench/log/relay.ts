/** One relay in a process of its own: `relay.ts memory|sqlite <streams> <tokens per second>`. Speaks with its parent by messages. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createMemoryStorage, createRelay, createSqliteStorage, type StreamEvent } from '../../server/index.ts';

const [, , storage, streams, rate] = process.argv;
const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const relay = createRelay({
  providers: [],
  webTransport: false,
  storage: storage === 'sqlite' ? createSqliteStorage({ directory }) : createMemoryStorage(),
});

/** As many tokens as are due by the clock, each beginning with the time it is made. */
async function* tokens(): AsyncGenerator<StreamEvent> {
  const start = performance.now() + Math.random() * 1_000;
  for (let index = 0; ; index += 1) {
    const due = start + (index * 1_000) / Number(rate);
    const wait = due - performance.now();
    if (wait > 0) await new Promise((wake) => setTimeout(wake, wait));
    yield { type: 'text', part: 't0', delta: `${Number(process.hrtime.bigint() / 1_000n)} ` };
  }
}

const channels = Array.from({ length: Number(streams) }, (_, index) => relay.streams.create({ id: `s${index}`, source: tokens() }).channel);
const { url } = await relay.listen({ port: 0 });
process.send?.({ url, channels });

const loop = monitorEventLoopDelay({ resolution: 5 });
let cpu = process.cpuUsage();
process.on('message', async (message) => {
  if (message === 'begin') {
    cpu = process.cpuUsage();
    loop.reset();
    loop.enable();
  } else {
    const { user, system } = process.cpuUsage(cpu);
    const { rss } = process.memoryUsage();
    process.send?.({
      cpuMs: (user + system) / 1_000,
      loopP99Ms: loop.percentile(99) / 1e6,
      loopMaxMs: loop.max / 1e6,
      rss,
      storage: relay.stats.storage,
    });
    await relay.close();
    rmSync(directory, { recursive: true });
    process.disconnect?.();
  }
});

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HerdClient } from './herd.clients.ts';

export interface HerdOptions {
  readonly clients: number;
  readonly transport: 'websocket' | 'sse';
  /** `kill`: without a word, in the middle of the answers. `drain`: by SIGTERM. Another relay begins at once, at the same address. */
  readonly end: 'kill' | 'drain';
}

export interface HerdFigures {
  /** From the end of the old relay to the new one's listening, ms. */
  readonly downMs: number;
  /** Of each client: from the new relay's listening to its being connected again, ms. */
  readonly recoveredMs: readonly number[];
  /** Of each request for /healthz meanwhile, ms; infinite where it failed. */
  readonly healthMs: readonly number[];
  /** What was wrong with what clients were given. */
  readonly wrong: readonly string[];
}

const STREAMS = 20;
const PATIENCE_MS = 60_000;
const PROBE_EVERY_MS = 20;

/**
 * So many clients, each reading an answer, lose their relay at the same moment and come back to the next one, which is asked
 * for its health all the time. Relay and clients are processes of their own.
 */
export async function runHerd({ clients, transport, end }: HerdOptions): Promise<HerdFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-herd-'));
  const config = join(directory, 'config.json');
  writeFileSync(config, JSON.stringify({ webTransport: false, maxConnectionsPerPrincipal: 2 * clients }));
  const port = await freePort();
  const processes: ChildProcess[] = [];
  try {
    const relay = await startRelay(processes, [
      '--port',
      String(port),
      '--config',
      config,
      '--data',
      join(directory, 'data'),
      '--drain',
      '1',
    ]);
    const url = `http://127.0.0.1:${port}/`;
    const ids = Array.from({ length: STREAMS }, (_, index) => `answer-${index}`);
    for (const id of ids) await startStream(url, id);
    const channels = Array.from({ length: clients }, (_, index) => `stream:${ids[index % STREAMS]}`);
    const herd = fork(join(import.meta.dirname, 'herd.clients.ts'), [url, transport, ...channels], { serialization: 'advanced' });
    processes.push(herd);
    await once(herd, 'message');
    const report = async (): Promise<HerdClient[]> => {
      herd.send('report');
      return (await once(herd, 'message'))[0] as HerdClient[];
    };
    await until(async () => (await report()).every(({ connection, text }) => connection === 'connected' && text !== ''));

    const endedAt = performance.now();
    relay.kill(end === 'kill' ? 'SIGKILL' : 'SIGTERM');
    await once(relay, 'exit');
    await startRelay(processes, ['--port', String(port), '--config', config, '--data', join(directory, 'data')]);
    const downMs = performance.now() - endedAt;
    const upAt = Date.now();
    const probe = probeHealth(url);
    const last = await until(async () => {
      const now = await report();
      return now.every(({ connectedAt, status }) => connectedAt >= upAt && ['done', 'failed', 'stopped'].includes(status)) && now;
    });
    const healthMs = await probe.stop();
    return { downMs, healthMs, recoveredMs: last.map(({ connectedAt }) => connectedAt - upAt), wrong: await judge(url, ids, last, end) };
  } finally {
    for (const child of processes) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Every client has what the relay has, event after event, and the end that says what happened. */
async function judge(url: string, ids: readonly string[], clients: readonly HerdClient[], end: HerdOptions['end']): Promise<string[]> {
  const wrong: string[] = [];
  const expected = end === 'kill' ? 'relay_restarted' : 'relay_draining';
  const stored = await Promise.all(ids.map(async (id) => (await (await fetch(`${url}v1/streams/${id}`)).json()) as { text: string }));
  for (const [index, { text, faults, code }] of clients.entries()) {
    if (text !== stored[index % ids.length]?.text) wrong.push(`client ${index}: another text than the relay's`);
    if (faults > 0) wrong.push(`client ${index}: ${faults} events out of sequence`);
    if (code !== expected) wrong.push(`client ${index}: ended with ${code}`);
  }
  return wrong;
}

function probeHealth(url: string): { stop(): Promise<number[]> } {
  const took: number[] = [];
  let over = false;
  const probing = (async () => {
    while (!over) {
      const since = performance.now();
      const ok = await fetch(`${url}healthz`, { signal: AbortSignal.timeout(5_000) }).then(
        async (response) => response.ok && (await response.text()) !== '',
        () => false,
      );
      const ms = performance.now() - since;
      took.push(ok ? ms : Number.POSITIVE_INFINITY);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, PROBE_EVERY_MS - ms)));
    }
  })();
  return {
    async stop() {
      over = true;
      await probing;
      return took;
    },
  };
}

async function startRelay(processes: ChildProcess[], args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../server/cli.ts'), 'relay', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  // Read to its end: a log nobody takes would be held against the relay.
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Sluice relay on')) resolve();
    });
    child.once('close', () => reject(new Error(`The relay did not start: ${said}`)));
  });
  return child;
}

async function startStream(url: string, id: string): Promise<void> {
  const response = await fetch(`${url}v1/streams`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, provider: 'scripted', model: 'scripted-plain', prompt: id, options: { rate: 20, tokens: 100_000 } }),
  });
  if (!response.ok) throw new Error(`The stream was refused: ${await response.text()}`);
}

async function until<Value>(check: () => Promise<Value | false>): Promise<Value> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await check();
    if (value !== false) return value;
    if (performance.now() > deadline) throw new Error('Not all clients were there within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

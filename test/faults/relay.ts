import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askRelay } from './control.ts';
import { type RelayAddress, type RelaySettings, serveRelay } from './served.ts';

export type { RelayAddress } from './served.ts';

export interface RelayOptions extends Omit<RelaySettings, 'directory'> {
  readonly log: 'memory' | 'sqlite';
  /** In a process of its own, which can be killed. */
  readonly killable: boolean;
}

/** A relay that comes and goes, on the same data. */
export interface RigRelay {
  readonly address: RelayAddress | undefined;
  /** What it wrote to its standard error, and ends nobody asked for. */
  readonly complaints: string[];
  start(): Promise<RelayAddress>;
  /** SIGKILL; only where it is killable. */
  kill(): Promise<void>;
  drain(): void;
  /** Its metrics, by name and labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const CHILD = join(import.meta.dirname, 'child.ts');

export function createRigRelay({ log, killable, ...settings }: RelayOptions): RigRelay {
  const directory = log === 'sqlite' ? mkdtempSync(join(tmpdir(), 'sluice-faults-')) : undefined;
  const complete: RelaySettings = directory === undefined ? settings : { ...settings, directory };
  const complaints: string[] = [];
  let address: RelayAddress | undefined;
  let served: Awaited<ReturnType<typeof serveRelay>> | undefined;
  let child: ChildProcess | undefined;

  const startChild = async (): Promise<RelayAddress> => {
    const started = fork(CHILD, [JSON.stringify(complete)], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], execArgv: [] });
    child = started;
    started.stderr?.on('data', (bytes: Buffer) => complaints.push(bytes.toString()));
    started.on('exit', (code, signal) => {
      if (child === started) complaints.push(`The relay ended by itself, with ${code ?? signal}.`);
    });
    const [message] = await Promise.race([
      once(started, 'message'),
      once(started, 'exit').then(() => {
        throw new Error(`The relay did not start: ${complaints.join('')}`);
      }),
    ]);
    return message as RelayAddress;
  };
  const endChild = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    ending.kill('SIGKILL');
    await once(ending, 'exit');
  };

  return {
    get address() {
      return address;
    },
    complaints,
    async start() {
      if (killable) address = await startChild();
      else {
        served = await serveRelay(complete);
        address = served.address;
      }
      return address;
    },
    async kill() {
      address = undefined;
      await endChild();
    },
    drain: () => served?.relay.drain({ retryAfterMs: 0, spreadMs: 300 }),
    async metrics() {
      const text = await (await askRelay(address?.port, '/metrics')).text();
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
    },
    async close() {
      address = undefined;
      await endChild();
      await served?.close();
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

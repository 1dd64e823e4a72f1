import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const CLI = join(import.meta.dirname, '../../server/cli.ts');

type Environment = Readonly<Record<string, string>>;

/** The `sluice` command in a process of its own, which ends with the test at the latest. */
export function spawnCli(args: readonly string[], env: Environment = {}): ChildProcess {
  const { PORT: _port, HOST: _host, ...inherited } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs it to its end. */
export async function runCli(args: readonly string[], env?: Environment): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawnCli(args, env);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it has written to its standard error so far. */
  errors(): string;
}

/** `sluice relay` with these arguments, once it has printed its address. */
export async function relayCli(args: readonly string[], env?: Environment): Promise<RunningCli> {
  const child = spawnCli(['relay', ...args], env);
  let [output, errors] = ['', ''];
  child.stderr?.on('data', (chunk) => (errors += chunk));
  for await (const chunk of child.stdout ?? []) {
    output += chunk;
    const url = /http:\S+/.exec(output)?.[0];
    if (url !== undefined) return { child, url, errors: () => errors };
  }
  throw new Error(`The relay did not start: ${output}${errors}`);
}

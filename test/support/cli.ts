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
  /** What it has written to its standard output so far: a JSON object each. */
  lines(): { readonly [field: string]: unknown }[];
  /** What it has written to its standard error so far. */
  errors(): string;
}

/** `sluice relay` with these arguments, once it has printed its address. */
export async function relayCli(args: readonly string[], env?: Environment): Promise<RunningCli> {
  const child = spawnCli(['relay', ...args], env);
  let [output, errors] = ['', ''];
  child.stderr?.on('data', (chunk) => (errors += chunk));
  const lines = (): { [field: string]: unknown }[] =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return await new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      const url = lines().find((line) => 'url' in line)?.['url'];
      if (typeof url === 'string') resolve({ child, url, lines, errors: () => errors });
    });
    child.once('close', () => reject(new Error(`The relay did not start: ${output}${errors}`)));
  });
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inject, onTestFinished } from 'vitest';
import { manifest } from '../project/repository.ts';

const run = promisify(execFile);
const versions: { readonly [name: string]: string } = { ...manifest.dependencies, ...manifest.devDependencies, next: '16.4.6' };

/** Somebody's own project, with the packed package installed from npm's point of view. */
export interface App {
  readonly folder: string;
  /** Runs a program of the app to its end. @throws with its output when it fails */
  node(script: string, ...args: string[]): Promise<string>;
  /** Starts a server of the app and waits for the URL it prints. It ends with the test. */
  serve(script: string, ...args: string[]): Promise<string>;
  remove(): void;
}

/** @param template folder beside this file, or of the repository with a leading `/` */
export async function createApp(template: string, ...packages: string[]): Promise<App> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-app-'));
  cpSync(join(import.meta.dirname, template), folder, { recursive: true });
  const dependencies = Object.fromEntries(packages.map((name) => [name, versions[name] ?? 'unknown']));
  const own = { name: 'app', private: true, type: 'module', dependencies: { ...dependencies, 'sluice-kit': `file:${inject('tarball')}` } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own));
  // Each server on a port that is free.
  const env = { ...process.env, PORT: '0', NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined, VITEST: undefined };
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder, env });
  return {
    folder,
    async node(script, ...args) {
      const { stdout } = await run(process.execPath, [script, ...args], { cwd: folder, env }).catch((error) => {
        throw new Error(`${script} ${args.join(' ')}: ${error.message}\n${error.stdout}\n${error.stderr}`);
      });
      return stdout;
    },
    serve(script, ...args) {
      const child = spawn(process.execPath, [script, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      onTestFinished(() => ended(child));
      return printedUrl(child, script);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Writes a file of the app. */
export function write(app: App, name: string, content: string): void {
  const path = join(app.folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function printedUrl(child: ChildProcess, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: servers print their address in colour
      const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(output.replace(/\u001b\[[0-9;]*m/g, ''));
      if (url) resolve(url[0]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', (code) => reject(new Error(`${script} ended with ${code} before it was ready:\n${output}`)));
    child.on('error', reject);
  });
}

function ended(child: ChildProcess): Promise<void> | void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

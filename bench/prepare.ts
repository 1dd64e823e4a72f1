import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs what the benchmarks compare with, where some of it is missing. */
export function installPeers(): void {
  const { dependencies } = JSON.parse(readFileSync(`${here}package.json`, 'utf8')) as { dependencies: object };
  if (Object.keys(dependencies).every((name) => existsSync(`${here}node_modules/${name}`))) return;
  npm('The peers are installed.', ['--prefix', here, 'ci']);
}

/** Builds the kit, so that what is measured is what is published. */
export function buildKit(): void {
  npm('The kit is built.', ['--prefix', root, 'run', 'build', '--silent']);
}

function npm(what: string, args: readonly string[]): void {
  process.stderr.write(`${what}\n`);
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  throw new Error(`npm ${args.join(' ')} failed.`);
}

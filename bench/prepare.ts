import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs the peers where they are missing, and builds the kit, so that what is measured is what is published. */
export function prepare({ sources, build }: { sources: boolean; build: boolean }): void {
  if (!existsSync(`${here}node_modules/socket.io`)) npm('The peers are installed.', ['--prefix', here, 'ci']);
  if (sources) process.env['SLUICE_SOURCES'] = '1';
  else if (build) npm('The kit is built.', ['--prefix', root, 'run', 'build', '--silent']);
}

function npm(what: string, args: readonly string[]): void {
  process.stderr.write(`${what}\n`);
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  throw new Error(`npm ${args.join(' ')} failed.`);
}

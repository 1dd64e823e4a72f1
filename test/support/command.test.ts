import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> };

/** Runs the script of package.json as npm would, but without npm. */
async function run(name: string, ...line: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const [node, ...script] = (scripts[name] ?? '').split(' ');
  expect(node).toBe('node');
  const child = spawn(process.execPath, [...script, ...line], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  return { code, out, err };
}

const commands: Readonly<Record<string, readonly string[]>> = {
  faults: [
    '--schedules <n>',
    'Default: 1000',
    '--seed <n>',
    '--only <text>',
    'websocket, sse, webtransport, auto, memory, sqlite, websocket/memory',
    '--parallel <n>',
    'Default: 8',
    '--chromium',
    '--keep',
    '--report',
  ],
  herd: ['--clients <n>', 'Default: 1000'],
  fuzz: ['--inputs <n>', 'Default: 10000000', '--seed <n>', '--write'],
  memory: [],
  crowd: ['--transport <text>', 'One of websocket, webtransport, sse. Default: websocket', '--readers <n>', '--rounds <n>'],
  stalled: ['--seconds <n>', 'Default: 600', '--readers <n>', 'Default: 100'],
  soak: ['--minutes <n>', 'Default: 60', '--seed <n>'],
  tasks: [],
};

describe.for(Object.entries(commands))('npm run %s', ([name, parts]) => {
  test('--help prints its options and defaults, and begins nothing', async () => {
    const { code, out, err } = await run(name, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^npm run ${name} -- \\[options\\]\\n\\n\\S.*\\.\\n\\n  --`, 's'));
    for (const part of [...parts, '--help']) expect(out).toContain(part);
  });

  test('an unknown option is named, and ends it with 2', async () => {
    expect(await run(name, '--nonsense')).toEqual({
      code: 2,
      out: '',
      err: `npm run ${name}: Unknown option '--nonsense'.\nSee: npm run ${name} -- --help\n`,
    });
  });
});

test('so are an argument that belongs to no option, a number that is none, and one of others', async () => {
  const wrong = async (name: string, ...line: string[]): Promise<string> => {
    const { code, out, err } = await run(name, ...line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    return err.split('\n')[0] ?? '';
  };
  expect(await wrong('herd', '1000')).toBe("npm run herd: Unexpected argument '1000'.");
  expect(await wrong('herd', '--clients', 'many')).toBe('npm run herd: --clients is many; it takes a number.');
  expect(await wrong('herd', '--clients')).toMatch(/^npm run herd: Option '--clients/);
  expect(await wrong('faults', '--only', 'sqlite/sse')).toMatch(/^npm run faults: --only is sqlite\/sse; it takes one of /);
  expect(await wrong('crowd', '--transport', 'pigeon')).toBe(
    'npm run crowd: --transport is pigeon; it takes one of websocket, webtransport, sse.',
  );
});

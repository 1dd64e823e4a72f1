import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectClient } from '../support/connect.ts';
import { startRelay } from '../support/relay.ts';

const CLI = join(import.meta.dirname, '../../server/cli.ts');

describe('sluice relay', { timeout: 20_000 }, () => {
  test('prints its address when it is ready, and ends on SIGTERM with its clients told', async () => {
    const { child, url } = await running(['--port', '0']);
    const client = await connectClient('websocket', url);
    client.hello();
    await client.first('welcome');
    child.kill('SIGTERM');
    await client.first('drain');
    expect((await client.ended()).code).toBe(4503);
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  test('takes port and host from the environment, and --port over it', async () => {
    const { url } = await running([], { PORT: '0', HOST: 'localhost' });
    expect(url).toMatch(/^http:\/\/localhost:\d+\/$/);
    expect(await run(['relay', '--port', '0', '--host', '0.0.0.0'], { HOST: '127.0.0.1' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('authenticate'),
    });
  });

  test('--config is a module or JSON with the options of createRelay', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-test-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const [module, json, empty] = ['config.mjs', 'config.json', 'empty.mjs'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(module, `export default { authenticate: ({ credentials }) => (credentials === 'right' ? { id: 'ada' } : undefined) };`);
    await writeFile(json, JSON.stringify({ heartbeatMs: 1_234 }));
    await writeFile(empty, '');
    const guarded = await running(['--port', '0', '--config', module]);
    expect((await fetch(new URL('/v1/streams/a', guarded.url))).status).toBe(401);
    const { url } = await running(['--port', '0', '--config', json]);
    const client = await connectClient('websocket', url);
    client.hello();
    expect(await client.first('welcome')).toMatchObject({ heartbeatMs: 1_234 });
    for (const file of [empty, join(directory, 'missing.mjs')]) {
      expect(await run(['relay', '--config', file])).toMatchObject({ code: 1, stderr: expect.stringContaining(file) });
    }
  });

  test('a taken port ends it with a message', async () => {
    const { port } = await startRelay({ webTransport: false });
    const { code, stderr } = await run(['relay', '--port', String(port)]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(stderr).not.toContain('    at ');
  });

  test('--data says that it is not available yet', async () => {
    expect(await run(['relay', '--data', './x'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--data is not available yet'),
    });
  });

  test.for([
    [[], 'Unknown command'],
    [['serve'], 'Unknown command: serve'],
    [['relay', '--prot', '1'], '--prot'],
    [['relay', '--port', 'http'], 'The port is http'],
    [['relay', '--port', '70000'], 'The port is 70000'],
  ] as const)('a wrong command line (%s) ends with 2 and says what is wrong', async ([args, said]) => {
    const { code, stderr } = await run([...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).toContain('sluice --help');
  });

  test('--help shows every option', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const option of ['--port', '--host', '--config', '--data', '--help']) expect(stdout).toContain(option);
  });
});

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const { PORT: _port, HOST: _host, ...inherited } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(args, env);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

async function running(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<{ child: ChildProcess; url: string }> {
  const child = start(['relay', ...args], env);
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += chunk;
    const url = /http:\S+/.exec(output)?.[0];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`The relay did not start: ${output}`);
}

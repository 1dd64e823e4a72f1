import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Discovery } from '../../server/http/discovery.ts';
import { relayCli, runCli } from '../support/cli.ts';
import { connectClient } from '../support/connect.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { startRelay } from '../support/relay.ts';

describe('sluice relay', { timeout: 20_000 }, () => {
  test('prints its address when it is ready, and ends on SIGTERM with its clients told', async () => {
    const { child, url } = await relayCli(['--port', '0']);
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
    const { url } = await relayCli([], { PORT: '0', HOST: 'localhost' });
    expect(url).toMatch(/^http:\/\/localhost:\d+\/$/);
    expect(await runCli(['relay', '--port', '0', '--host', '0.0.0.0'], { HOST: '127.0.0.1' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('authenticate'),
    });
  });

  test('--config is a module or JSON with the options of createRelay', async () => {
    const directory = temporaryDirectory();
    const [module, json, empty] = ['config.mjs', 'config.json', 'empty.mjs'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(module, `export default { authenticate: ({ credentials }) => (credentials === 'right' ? { id: 'ada' } : undefined) };`);
    await writeFile(json, JSON.stringify({ heartbeatMs: 1_234 }));
    await writeFile(empty, '');
    const guarded = await relayCli(['--port', '0', '--config', module]);
    expect((await fetch(new URL('/v1/streams/a', guarded.url))).status).toBe(401);
    const { url } = await relayCli(['--port', '0', '--config', json]);
    const client = await connectClient('websocket', url);
    client.hello();
    expect(await client.first('welcome')).toMatchObject({ heartbeatMs: 1_234 });
    for (const file of [empty, join(directory, 'missing.mjs')]) {
      expect(await runCli(['relay', '--config', file])).toMatchObject({ code: 1, stderr: expect.stringContaining(file) });
    }
  });

  test('[CN23] --announce is what the discovery document says of WebTransport', async () => {
    const { url } = await relayCli(['--port', '0', '--announce', 'relay.example:4433']);
    const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
    expect(endpoints.webtransport?.url).toBe('https://relay.example:4433/v1/webtransport');
  });

  test('a taken port ends it with a message', async () => {
    const { port } = await startRelay({ webTransport: false });
    const { code, stderr } = await runCli(['relay', '--port', String(port)]);
    expect(code).toBe(1);
    expect(stderr).toContain(`sluice: port_in_use: Port ${port} on 127.0.0.1 is in use`);
    expect(stderr).not.toContain('    at ');
  });

  test('--data keeps streams over a restart, and says nothing about SQLite', async () => {
    const data = join(temporaryDirectory(), 'made');
    const first = await relayCli(['--port', '0', '--data', data]);
    const body = JSON.stringify({
      id: 'kept',
      provider: 'scripted',
      model: 'scripted-plain',
      prompt: 'hi',
      options: { rate: 0, tokens: 20 },
    });
    const post = (url: string) =>
      fetch(new URL('/v1/streams', url), { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then((r) => r.json());
    const read = (url: string) => fetch(new URL('/v1/streams/kept', url)).then((r) => r.json() as Promise<{ status: string }>);
    const created = await post(first.url);
    await vi.waitFor(async () => expect(await read(first.url)).toMatchObject({ status: 'done' }));
    const before = await read(first.url);
    first.child.kill('SIGTERM');
    await once(first.child, 'exit');
    const second = await relayCli(['--port', '0', '--data', data]);
    expect(await read(second.url)).toEqual(before);
    expect(await post(second.url)).toEqual(created);
    expect(first.errors() + second.errors()).not.toMatch(/experimental|sqlite/i);
    expect(second.lines()).toContainEqual(expect.objectContaining({ msg: `Streams are kept in ${data}`, streams: 1 }));
  });

  test('--data of a folder that cannot be used ends it with a message', async () => {
    const data = temporaryDirectory();
    await relayCli(['--port', '0', '--data', data]);
    const { code, stderr } = await runCli(['relay', '--port', '0', '--data', data]);
    expect(code).toBe(1);
    expect(stderr).toContain(join(data, 'sluice.db'));
    expect(stderr).toContain('another process uses it');
    expect(stderr).toContain('choose another folder');
    expect(stderr).not.toContain('    at ');
    const config = join(data, 'config.mjs');
    await writeFile(config, 'export default { storage: {} };');
    expect(await runCli(['relay', '--data', data, '--config', config])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--data'),
    });
  });

  test.for([
    [[], 'Unknown command'],
    [['serve'], 'Unknown command: serve'],
    [['relay', '--prot', '1'], '--prot'],
    [['relay', '--port', 'http'], 'The port is http'],
    [['relay', '--port', '70000'], 'The port is 70000'],
    [['relay', '--announce', 'relay.example'], '--announce is relay.example'],
  ] as const)('a wrong command line (%s) ends with 2 and says what is wrong', async ([args, said]) => {
    const { code, stderr } = await runCli([...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).toContain('sluice --help');
    expect(stderr).not.toContain('positional');
  });

  test('--version shows the version of the package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  test('--help shows every option', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const option of ['--port', '--host', '--announce', '--config', '--data', '--log-level', '--help'])
      expect(stdout).toContain(option);
  });
});

import { expect, test, vi } from 'vitest';
import { createSqliteStorage } from '../../../server/log/index.ts';
import { fewPages } from '../log/disk.ts';
import { relayWith } from './relay.ts';

test('[RL12] a disk that is full: not ready, no new streams, figures for operators, and no names of files', async () => {
  const disk = fewPages();
  const storage = createSqliteStorage({ directory: disk.directory });
  const { call } = relayWith({ storage });
  const body = { id: 'a', provider: 'scripted', model: 'scripted-plain', prompt: 'x', options: { rate: 0, tokens: 10 } };
  expect((await call('GET', '/readyz')).status).toBe(200);
  expect((await call('POST', '/v1/streams', body)).status).toBe(201);
  await vi.waitFor(async () => expect((await call('GET', '/v1/streams/a')).body).toMatchObject({ status: 'done' }));
  disk.fill();
  const long = { ...body, id: 'b', options: { rate: 0, tokens: 50_000 } };
  let refused = await call('POST', '/v1/streams', long);
  await vi.waitFor(async () => {
    refused = await call('POST', '/v1/streams', { ...long, id: crypto.randomUUID() });
    expect(refused.status).toBe(507);
  });
  expect(refused.body).toMatchObject({ code: 'storage_full' });
  expect(JSON.stringify(refused.body)).not.toContain(disk.directory);
  expect(await call('GET', '/readyz')).toMatchObject({ status: 503, body: { status: 'storage_full' } });
  expect((await call('GET', '/v1/streams/a')).status).toBe(200);
  disk.free();
  storage.commit();
  expect((await call('GET', '/readyz')).status).toBe(200);
});

test('metrics of the storage, where there is one that writes', async () => {
  const storage = createSqliteStorage({ directory: fewPages().directory });
  const durable = relayWith({ storage });
  const body = { id: 'a', provider: 'scripted', model: 'scripted-plain', prompt: 'x', options: { rate: 0, tokens: 10 } };
  await durable.call('POST', '/v1/streams', body);
  await vi.waitFor(async () => expect((await durable.call('GET', '/v1/streams/a')).body).toMatchObject({ status: 'done' }));
  const read = async (relay: typeof durable.relay): Promise<string> =>
    (await relay.fetch(new Request('http://127.0.0.1/metrics', { headers: { host: '127.0.0.1' } }), { remoteAddress: '127.0.0.1' })).text();
  const figures = await read(durable.relay);
  expect(figures).toMatch(/^sluice_storage_commits_total [1-9]/m);
  expect(figures).toMatch(/^sluice_storage_committed_events_total [1-9]/m);
  expect(figures).toMatch(/^sluice_storage_uncommitted_bytes 0$/m);
  expect(figures).toMatch(/^sluice_storage_failing 0$/m);
  expect(await read(relayWith().relay)).not.toContain('sluice_storage');
});

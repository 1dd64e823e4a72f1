import { describe, expect, test } from 'vitest';
import { createMemoryStorage, createSqliteStorage, type Relay } from '../../../server/index.ts';
import type { LogStorage } from '../../../server/log/index.ts';
import { byName } from '../../support/bystander.ts';
import { connectClient, type ProtocolClient, type TransportName } from '../../support/connect.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { startRelay } from '../../support/relay.ts';
import { ManualSource } from '../../support/source.ts';

const TRANSPORTS = ['websocket', 'webtransport', 'sse'] as const;
const SECRET = 'what ada was told';

async function connected(transport: TransportName, url: string, name: string): Promise<ProtocolClient> {
  const client = await connectClient(transport, url);
  client.hello({ credentials: name });
  await client.first('welcome');
  return client;
}

/** Ada's stream, begun and told. */
function told(relay: Relay, id = 'a', end = false): { channel: string; epoch: string } {
  const source = new ManualSource();
  const created = relay.streams.create({ id, principal: { id: 'ada' }, source });
  source.text(SECRET);
  if (end) source.end();
  return created;
}

/** Everything Eve can try with an id and a cursor; nothing of it may come back with Ada's words. */
async function expectNothing(url: string, { channel, epoch }: { channel: string; epoch: string }, code = 'forbidden'): Promise<void> {
  const heard: string[] = [];
  for (const transport of TRANSPORTS) {
    const eve = await connected(transport, url, 'eve');
    const cursors = [{}, { epoch, afterSeq: 1 }, { epoch, afterSeq: 2 }, { epoch, afterSeq: 1e15 }, { epoch: 'other', afterSeq: 1 }];
    for (const [index, cursor] of cursors.entries()) eve.subscribe(index + 1, channel, cursor);
    const answers = (): number => eve.of('error').length + eve.of('subscribed').length;
    await eve.until(() => answers() === cursors.length);
    for (const error of eve.of('error')) expect(error.code).toBe(code);
    for (const { answer } of eve.of('subscribed')) expect(answer).toBe('gone');
    eve.send({ type: 'ping', nonce: 1 });
    await eve.first('pong');
    expect(eve.of('batches')).toEqual([]);
    heard.push(JSON.stringify(eve.frames));
    eve.close();
  }
  const id = channel.slice('stream:'.length);
  for (const [method, path] of [
    ['GET', `/v1/streams/${id}`],
    ['POST', `/v1/streams/${id}/stop`],
  ] as const) {
    const answer = await fetch(new URL(path, url), { method, headers: { authorization: 'Bearer eve' } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    heard.push(await answer.text());
  }
  expect(heard.join()).not.toContain(SECRET);
}

/** Both kinds of storage, with what the one on disk needs to be opened again. */
const storages: readonly (readonly [string, (directory: string) => LogStorage])[] = [
  ['memory', () => createMemoryStorage({ graceMs: 1 })],
  ['sqlite', (directory) => createSqliteStorage({ directory, graceMs: 1 })],
];

describe.for(storages)('[RL15] in %s', ([, open]) => {
  test('an id guessed: subscribed, read and stopped by its owner only', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, storage: open(temporaryDirectory()) });
    const created = told(relay);
    await expectNothing(url, created);
    expect(relay.stats.generations).toBe(1);
    const ada = await connected('websocket', url, 'ada');
    ada.subscribe(1, created.channel);
    await ada.until(() => ada.text(1) === SECRET);
  });

  test('an id used again by somebody else after its log was dropped: who reads it is who owns it now', async () => {
    const { relay, url } = await startRelay({ authenticate: byName, storage: open(temporaryDirectory()) });
    const ada = await connected('websocket', url, 'ada');
    const first = told(relay, 'a', true);
    await expect.poll(() => relay.stats.streams).toBe(0);
    await expectNothing(url, first, 'none');
    const source = new ManualSource();
    const second = relay.streams.create({ id: 'a', principal: { id: 'eve' }, source });
    expect(second.epoch).not.toBe(first.epoch);
    source.text('what eve was told');
    const eve = await connected('websocket', url, 'eve');
    eve.subscribe(1, second.channel, { epoch: first.epoch, afterSeq: 1 });
    await eve.until(() => eve.text(1) === 'what eve was told');
    expect(eve.of('subscribed')[0]).toMatchObject({ answer: 'reset', epoch: second.epoch });
    expect(JSON.stringify(eve.frames)).not.toContain(SECRET);
    ada.subscribe(1, first.channel, { epoch: first.epoch, afterSeq: 1 });
    expect(await ada.first('error')).toMatchObject({ code: 'forbidden' });
    expect(JSON.stringify(ada.frames)).not.toContain('eve');
  });

  test('[CN4] an id that changes hands while the app decides: the decision was about the old log', async () => {
    let decide = (_allowed: boolean): void => {};
    const asked: string[] = [];
    const { relay, url } = await startRelay({
      authenticate: byName,
      storage: open(temporaryDirectory()),
      authorize: (principal, action, _channel, owner) => {
        asked.push(`${principal.id} ${action} ${owner}`);
        return new Promise((resolve) => {
          decide = resolve;
        });
      },
    });
    for (const way of ['subscribe', 'read', 'stop'] as const) {
      told(relay, way, true);
      const eve = await connected('websocket', url, 'eve');
      const path = way === 'stop' ? `/v1/streams/${way}/stop` : `/v1/streams/${way}`;
      if (way === 'subscribe') eve.subscribe(1, `stream:${way}`);
      const answer =
        way === 'subscribe'
          ? undefined
          : fetch(new URL(path, url), { method: way === 'stop' ? 'POST' : 'GET', headers: { authorization: 'Bearer eve' } });
      await expect.poll(() => asked.at(-1)).toBe(`eve ${way} ada`);
      await expect.poll(() => relay.stats.streams).toBe(0);
      const source = new ManualSource();
      relay.streams.create({ id: way, principal: { id: 'ben' }, source });
      source.text('what ben was told');
      decide(true);
      if (answer === undefined) expect(await eve.first('error')).toMatchObject({ code: 'forbidden', subscription: 1 });
      else expect((await answer).status).toBe(404);
      expect(JSON.stringify(eve.frames)).not.toContain('ben');
      expect(relay.stats.generations).toBe(1);
      relay.streams.stop(way);
      await expect.poll(() => relay.stats.streams).toBe(0);
    }
  });
});

test('[RL15] [RL11] after a restart the history on disk is its owner’s, over every transport', async () => {
  const directory = temporaryDirectory();
  const before = await startRelay({ authenticate: byName, storage: createSqliteStorage({ directory }) });
  const ended = told(before.relay, 'ended', true);
  const interrupted = told(before.relay, 'interrupted');
  await expect.poll(() => before.relay.stats.generations).toBe(1);
  await before.relay.close();
  const { relay, url } = await startRelay({ authenticate: byName, storage: createSqliteStorage({ directory }) });
  await expectNothing(url, ended);
  await expectNothing(url, interrupted);
  for (const id of ['ended', 'interrupted']) {
    expect(() => relay.streams.create({ id, principal: { id: 'eve' }, source: new ManualSource() })).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
    const ada = await connected('sse', url, 'ada');
    ada.subscribe(1, `stream:${id}`);
    await ada.until(() => ada.text(1) === SECRET);
  }
});

test.for([undefined, {}, { id: '' }, { id: 7 }, { id: null }])(
  '[RL15] [CN3] a principal without an id is nobody, over HTTP and every transport: %o',
  async (principal) => {
    const { relay, url } = await startRelay({ authenticate: () => principal as { id: string } });
    const code = principal === undefined ? 'unauthenticated' : 'internal';
    for (const transport of TRANSPORTS) {
      const client = await connectClient(transport, url);
      client.hello({ credentials: 'eve' });
      expect(await client.first('error')).toMatchObject({ code });
      await client.ended();
    }
    const answer = await fetch(new URL('/v1/streams', url), {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await answer.json()).toMatchObject({ code });
    expect(relay.stats).toMatchObject({ created: 0, connections: { websocket: 0, webtransport: 0, sse: 0 } });
  },
);

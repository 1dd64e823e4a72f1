import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createScripted, type RelayServerOptions } from '../../../server/index.ts';
import { byName, startBystander } from '../../support/bystander.ts';
import { connectClient } from '../../support/connect.ts';
import { scrape } from '../../support/metrics.ts';
import { startRelay } from '../../support/relay.ts';
import { ManualSource } from '../../support/source.ts';

type Hooks = Required<Pick<RelayServerOptions, 'authenticate' | 'authorize' | 'admit'>>;

/** What is never said, and thrown long after anybody asked. */
const throwLate: (() => void)[] = [];
const never = (): Promise<never> => new Promise((_, reject) => throwLate.push(() => reject(new Error('late'))));

const unhandled: unknown[] = [];
const note = (cause: unknown): number => unhandled.push(cause);
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(() => void process.off('unhandledRejection', note));

const HOOK_TIMEOUT_MS = 100;

/** A relay whose hooks answer the bystander, and of the others' questions those that are not `silent`. */
async function relayWithSilent(silent: keyof Hooks) {
  const hooks: Hooks = {
    authenticate: (input) => (silent === 'authenticate' && input.credentials !== 'bystander' ? never() : byName(input)),
    authorize: ({ id }) => (silent === 'authorize' && id !== 'bystander' ? never() : true),
    admit: (_, request) => (silent === 'admit' ? never() : request),
  };
  const started = await startRelay({ ...hooks, providers: [createScripted()], hookTimeoutMs: HOOK_TIMEOUT_MS });
  return { ...started, bystander: await startBystander(started.relay, started.url) };
}

/** All that was never answered is thrown now, and the relay heard of it. */
async function throwAll(): Promise<void> {
  for (const reject of throwLate.splice(0)) reject();
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled.splice(0)).toEqual([]);
}

const MESSAGE = 'application/vnd.sluice+msgpack';

const requests = [
  ['authenticate', 'POST', '/v1/streams'],
  ['authorize', 'POST', '/v1/streams'],
  ['admit', 'POST', '/v1/streams'],
  ['authenticate', 'GET', '/v1/streams/bystander'],
  ['authorize', 'GET', '/v1/streams/bystander'],
  ['authenticate', 'POST', '/v1/streams/bystander/stop'],
  ['authorize', 'POST', '/v1/streams/bystander/stop'],
  ['authenticate', 'POST', '/v1/sse/00000000-0000-0000-0000-000000000000'],
] as const;

describe('[RL19] a hook that never answers', () => {
  test.for(requests)('%s: %s %s is refused, nothing is done, and what it throws late is nobody’s', async ([hook, method, path]) => {
    const { relay, url, bystander } = await relayWithSilent(hook);
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: 'Bearer eve', 'content-type': path.includes('sse') ? MESSAGE : 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify({ provider: 'scripted', model: 'm', prompt: 'p' }) }),
    });
    expect(answer.status).toBe(500);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ code: 'internal', retryable: true, detail: expect.stringContaining(hook) });
    expect(relay.stats).toMatchObject({ refused: { internal: 1 }, created: 1, generations: 1 });
    expect((await scrape(url)).of(`sluice_hook_timeouts_total{hook="${hook}"}`)).toBe(1);
    await throwAll();
    await bystander.streamsOn();
  });

  test.for(['websocket', 'webtransport', 'sse'] as const)(
    'authenticate: a connection over %s ends, at hello as at refresh',
    async (transport) => {
      const { relay, url, bystander } = await relayWithSilent('authenticate');
      const newcomer = await connectClient(transport, url);
      newcomer.hello({ credentials: 'eve' });
      expect(await newcomer.first('error')).toMatchObject({ code: 'internal', retryable: true, retryAfterMs: 1_000 });
      expect((await newcomer.ended()).code).toBe(transport === 'sse' ? undefined : 4500);
      const refreshing = await connectClient(transport, url);
      refreshing.hello({ credentials: 'bystander' });
      await refreshing.first('welcome');
      refreshing.send({ type: 'refresh', credentials: 'eve' });
      expect(await refreshing.first('error')).toMatchObject({ code: 'internal' });
      await refreshing.ended();
      expect(relay.stats).toMatchObject({ refused: { internal: 2 }, hookTimeouts: { authenticate: 2 } });
      await throwAll();
      await bystander.streamsOn();
    },
  );

  test.for(['websocket', 'webtransport', 'sse'] as const)(
    '[CN4] authorize: the subscription over %s is refused, and the connection goes on',
    async (transport) => {
      const { relay, url } = await startRelay({
        authenticate: byName,
        authorize: (_principal, _action, channel) => (channel === 'stream:silent' ? never() : true),
        hookTimeoutMs: HOOK_TIMEOUT_MS,
      });
      const source = new ManualSource();
      for (const id of ['silent', 'other']) relay.streams.create({ id, source: id === 'other' ? source : new ManualSource() });
      const client = await connectClient(transport, url);
      client.hello({ credentials: 'eve' });
      client.subscribe(1, 'stream:silent');
      client.subscribe(2, 'stream:other');
      expect(await client.first('error')).toMatchObject({ code: 'internal', subscription: 1, retryable: true });
      source.text('on');
      await client.until(() => client.text(2) === 'on');
      await throwAll();
      expect(relay.stats).toMatchObject({ refused: { internal: 1 }, hookTimeouts: { authorize: 1 } });
    },
  );
});

test('[CN4, RL19] an authorize that throws, at once or later, refuses its subscription only', async () => {
  const lines: unknown[] = [];
  const { relay, url } = await startRelay({
    authenticate: byName,
    log: (...line) => void lines.push(line),
    authorize: (_principal, _action, channel) => {
      if (channel === 'stream:throws') throw new Error('hunter2 at once');
      return channel !== 'stream:rejects' || Promise.reject(new Error('hunter2 later'));
    },
  });
  for (const id of ['throws', 'rejects', 'fine']) relay.streams.create({ id, source: new ManualSource() });
  const client = await connectClient('websocket', url);
  client.hello({ credentials: 'eve' });
  for (const [index, id] of ['throws', 'rejects', 'fine'].entries()) client.subscribe(index + 1, `stream:${id}`);
  expect(await client.first('subscribed')).toMatchObject({ subscription: 3 });
  expect(client.of('error').map(({ code, subscription }) => [code, subscription])).toEqual([
    ['internal', 1],
    ['internal', 2],
  ]);
  expect(JSON.stringify(client.frames)).not.toContain('hunter2');
  expect(JSON.stringify(lines)).toMatch(/hunter2 at once.*hunter2 later/);
});

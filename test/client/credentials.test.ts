import { expect, onTestFinished, test, vi } from 'vitest';
import { createRelay, type Relay } from '../../server/index.ts';
import { type ClientOptions, createClient, type SluiceClient, type StreamHandle } from '../../src/client.ts';
import { ManualSource } from '../support/source.ts';
import { tcpProxy } from '../worker/proxy.ts';

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 });

/** A relay that takes tokens as long as they are valid, behind a path that can be cut. */
async function guarded(): Promise<{ relay: Relay; url: string; valid: Set<string>; seen: string[]; kill(): void }> {
  const valid = new Set<string>();
  const seen: string[] = [];
  const relay = createRelay({
    webTransport: false,
    providers: [],
    authenticate({ credentials }) {
      seen.push(credentials ?? '');
      return valid.has(credentials ?? '') ? { id: 'ada' } : undefined;
    },
  });
  onTestFinished(() => relay.close());
  const { port } = await relay.listen({ port: 0 });
  const proxy = await tcpProxy(port);
  return { relay, url: proxy.url, valid, seen, kill: () => proxy.kill() };
}

function startClient(options: ClientOptions): SluiceClient {
  const client = createClient({ worker: false, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** An answer of which one word is shown. */
async function following(client: SluiceClient, relay: Relay): Promise<{ source: ManualSource; handle: StreamHandle }> {
  const source = new ManualSource();
  const { id } = relay.streams.create({ source, principal: { id: 'ada' } });
  const handle = client.attach({ id });
  source.text('before ');
  await eventually(() => expect(handle.record.text.toString()).toBe('before '));
  return { source, handle };
}

const connection = (client: SluiceClient) => client.store.getState().connection;

test.each(['websocket', 'sse'] as const)(
  '[CN21] [SQ7] over %s a token that expired while the connection was away is replaced by asking again, and nothing is lost',
  async (transport) => {
    const { relay, url, valid, kill } = await guarded();
    let token = 'monday';
    valid.add(token);
    const client = startClient({ url, transport, credentials: () => token });
    const { source, handle } = await following(client, relay);
    valid.delete(token);
    token = 'tuesday';
    valid.add(token);
    kill();
    source.text('and after');
    source.end();
    await eventually(() => expect(handle.record.summary.status).toBe('done'));
    expect(handle.record.text.toString()).toBe('before and after');
    expect(handle.record.generation).toBe(0);
  },
);

test('[CN21] a token that expires on its way is refused, and the next one asked for at once', async () => {
  const { relay, url, valid, seen, kill } = await guarded();
  valid.add('fresh');
  const tokens = ['fresh', 'stale', 'fresh'];
  const client = startClient({ url, transport: 'websocket', credentials: () => tokens.shift() ?? 'none' });
  const { source, handle } = await following(client, relay);
  kill();
  source.text('and after');
  await eventually(() => expect(handle.record.text.toString()).toBe('before and after'));
  expect(seen).toEqual(['fresh', 'stale', 'fresh']);
});

test('[CN21] [CN5] a fixed token that expired while the connection was away is a clear error; a new one revives it all without a reload', async () => {
  const { relay, url, valid, seen, kill } = await guarded();
  valid.add('monday');
  const client = startClient({ url, transport: 'websocket', credentials: 'monday' });
  const { source, handle } = await following(client, relay);
  valid.clear();
  kill();
  source.text('and after');
  await eventually(() => expect(connection(client).status).toBe('failed'));
  expect(connection(client).error).toMatchObject({ code: 'unauthenticated', retryable: false });
  // What had been shown stays, and the stream has not ended.
  expect([handle.record.text.toString(), handle.record.summary.status]).toEqual(['before ', 'streaming']);
  const refused = seen.length;
  valid.add('tuesday');
  client.refreshCredentials('tuesday');
  await eventually(() => expect(handle.record.text.toString()).toBe('before and after'));
  expect(connection(client)).toMatchObject({ status: 'connected', error: undefined });
  expect(handle.record.generation).toBe(0);
  expect(seen.slice(refused)).toEqual(['tuesday']);
  // New streams are asked for with it, too.
  const other = new ManualSource();
  const second = client.attach({ id: relay.streams.create({ source: other, principal: { id: 'ada' } }).id });
  other.text('as well');
  await eventually(() => expect(second.record.text.toString()).toBe('as well'));
});

test('[CN21] where a function gives the credentials, a connection that failed for good is tried again when a stream is attached', async () => {
  const { relay, url, valid } = await guarded();
  let asked = 0;
  const client = startClient({
    url,
    transport: 'websocket',
    credentials() {
      asked += 1;
      return 'token';
    },
  });
  const source = new ManualSource();
  const first = client.attach({ id: relay.streams.create({ source, principal: { id: 'ada' } }).id });
  source.text('hello');
  await eventually(() => expect(connection(client).status).toBe('failed'));
  // Once, and once more.
  expect(asked).toBe(2);
  valid.add('token');
  const second = client.attach({ id: relay.streams.create({ source: new ManualSource(), principal: { id: 'ada' } }).id });
  await eventually(() => expect(first.record.text.toString()).toBe('hello'));
  await eventually(() => expect(second.record.summary.epoch).toBeDefined());
});

test('[CN21] a function that fails is a clear error at once, and is asked again until it gives one', async () => {
  const { relay, url, valid } = await guarded();
  valid.add('token');
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => logged.mockRestore());
  let asked = 0;
  const client = startClient({
    url,
    transport: 'websocket',
    async credentials() {
      asked += 1;
      if (asked < 3) throw new Error('signed out');
      return 'token';
    },
  });
  const errors: (string | undefined)[] = [];
  client.store.subscribe((state) => errors.push(state.connection.error?.code));
  const { handle } = await following(client, relay);
  expect(errors).toContain('unauthenticated');
  expect(logged.mock.calls.map(([cause]) => (cause as Error).message)).toEqual(['signed out', 'signed out']);
  expect(handle.record.text.toString()).toBe('before ');
});

test('[CN5] a fixed token is replaced in-band while everything goes on; one of somebody else ends the connection', async () => {
  const { relay, url, valid, seen } = await guarded();
  valid.add('monday').add('tuesday');
  const client = startClient({ url, transport: 'websocket', credentials: 'monday' });
  const { source, handle } = await following(client, relay);
  const before = { ...relay.stats.answers };
  client.refreshCredentials('tuesday');
  await eventually(() => expect(seen).toEqual(['monday', 'tuesday']));
  source.text('and after');
  await eventually(() => expect(handle.record.text.toString()).toBe('before and after'));
  // Nothing was subscribed anew.
  expect(relay.stats.answers).toEqual(before);
  client.refreshCredentials('nobody’s');
  await eventually(() => expect(connection(client)).toMatchObject({ status: 'failed', error: { code: 'unauthenticated' } }));
});

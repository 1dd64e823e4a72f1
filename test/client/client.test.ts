import { expect, onTestFinished, test, vi } from 'vitest';
import { type CreateRequest, createRelay, type Principal, type Relay, type RelayServerOptions } from '../../server/index.ts';
import { type ClientOptions, createClient, type SluiceClient, type StreamHandle, type StreamSource } from '../../src/client.ts';
import { ManualSource } from '../support/source.ts';
import { InProcessWorker } from './worker.ts';

async function startRelay(options: RelayServerOptions = {}): Promise<{ relay: Relay; url: string }> {
  const relay = createRelay({ webTransport: false, ...options });
  const { url } = await relay.listen({ port: 0 });
  onTestFinished(() => relay.close());
  return { relay, url };
}

function startClient(options: ClientOptions): SluiceClient {
  const client = createClient({ transport: 'websocket', detachGraceMs: 0, ...options });
  onTestFinished(() => client.close());
  return client;
}

function statusOf(handle: StreamHandle): string {
  return handle.record.summary.status;
}

async function ended(handle: StreamHandle): Promise<void> {
  await vi.waitFor(() => expect(statusOf(handle)).not.toMatch(/pending|streaming/), 5000);
}

const request = { provider: 'scripted', model: 'scripted-markdown', prompt: 'hi', options: { rate: 0, tokens: 300, seed: 4 } };

test('[UI1] [ST2] a request becomes a stream; at each change the page has a prefix of the answer', async () => {
  const { url } = await startRelay();
  const client = startClient({ url });
  const handle = client.attach({ request });
  const seen: string[] = [];
  handle.subscribe(() => seen.push(handle.record.text.toString()));
  await ended(handle);
  const { id, status, model } = handle.record.summary;
  const answer = (await (await fetch(`${url}v1/streams/${id}`)).json()) as { text: string; seq: number };
  expect([status, model]).toEqual(['done', 'scripted-markdown']);
  expect(answer.text.length).toBeGreaterThan(100);
  expect(handle.record.text.toString()).toBe(answer.text);
  expect(handle.record.seq).toBe(answer.seq);
  for (const text of seen) expect(answer.text.startsWith(text)).toBe(true);
  expect(client.store.getState().connection).toMatchObject({ status: 'connected', transport: 'websocket' });
});

test('[UI6] attached, released and attached again, and in a second panel: one stream, asked for once', async () => {
  const admit = vi.fn((_: Principal, asked: CreateRequest) => asked);
  const { relay, url } = await startRelay({ admit });
  const client = startClient({ url, detachGraceMs: 60_000 });
  const source = { request };
  const first = client.attach(source);
  first.release();
  first.release();
  const [second, third] = [client.attach(source), client.attach({ request })];
  expect([second.key, third.key]).toEqual([first.key, first.key]);
  expect(second.record).toBe(first.record);
  await ended(second);
  expect(admit).toHaveBeenCalledTimes(1);
  expect(relay.stats.streams).toBe(1);
  // A request of its own is a stream of its own.
  const other = client.attach({ request: { ...request } });
  await ended(other);
  expect(other.key).not.toBe(first.key);
  expect(admit).toHaveBeenCalledTimes(2);
});

test('[UI6] [RL5] the last release detaches after the grace and stops nothing; a later attach reads the same text', async () => {
  const { relay, url } = await startRelay();
  const source = new ManualSource();
  const { id } = relay.streams.create({ source });
  const client = startClient({ url });
  const handle = client.attach({ id });
  source.text('one ');
  await vi.waitFor(() => expect(handle.record.text.toString()).toBe('one '));
  handle.release();
  await vi.waitFor(() => expect(client.store.getState().streams.size).toBe(0));
  await vi.waitFor(() => expect(relay.stats.subscriptions).toBe(0));
  expect(source.returned).toBe(false);
  source.text('two');
  const again = client.attach({ id });
  await vi.waitFor(() => expect(again.record.text.toString()).toBe('one two'));
  expect(again.key).not.toBe(handle.key);
  source.end();
  await ended(again);
});

test('[UI6] [RL5] stop ends the generation for everybody', async () => {
  const { relay, url } = await startRelay();
  const source = new ManualSource();
  const { id } = relay.streams.create({ source });
  const [one, other] = [startClient({ url }), startClient({ url })];
  const handles = [one.attach({ id }), other.attach({ id })];
  source.text('so far');
  await vi.waitFor(() => expect(handles.map(({ record }) => record.text.toString())).toEqual(['so far', 'so far']));
  await handles[0]?.stop();
  for (const handle of handles) await ended(handle);
  expect(handles.map(statusOf)).toEqual(['stopped', 'stopped']);
  expect(source.returned).toBe(true);
  await one.stop(id);
  await expect(one.stop('no-such-stream')).rejects.toMatchObject({ code: 'unknown_channel' });
});

test('[SQ9] a stream that does not exist fails, and is asked for again once nobody shows that', async () => {
  const { relay, url } = await startRelay();
  const client = startClient({ url, detachGraceMs: 60_000 });
  const early = client.attach({ id: 'later' });
  await ended(early);
  expect(early.record.summary.error).toMatchObject({ code: 'unknown_channel' });
  const second = client.attach({ id: 'later' });
  expect(second.key).toBe(early.key);
  const source = new ManualSource();
  relay.streams.create({ id: 'later', source });
  source.text('here');
  source.end();
  for (const handle of [early, second]) handle.release();
  const other = client.attach({ id: 'later' });
  expect(other.key).not.toBe(early.key);
  await ended(other);
  expect(statusOf(other)).toBe('done');
});

test('[RL8] a request the relay refuses is a failed stream with its code; so is a source that is none', async () => {
  const { url } = await startRelay();
  const client = startClient({ url });
  const refused = client.attach({ request: { ...request, provider: 'nobody' } });
  await ended(refused);
  expect(refused.record.summary).toMatchObject({ status: 'failed', error: { code: 'unknown_provider' } });
  await refused.stop();
  const nonsense = client.attach({ id: 'not an id!' });
  expect(nonsense.record.summary.error).toMatchObject({ code: 'bad_request' });
  await expect(client.start({ ...request, provider: 'nobody' })).rejects.toMatchObject({ code: 'unknown_provider' });
});

test.each([undefined, null, 'text', {}, { id: 1 }, { request: undefined }, { request: null }])(
  'a source that is none, as JavaScript can pass it, is a failed stream that says what to pass: %o',
  async (source) => {
    const { url } = await startRelay();
    const { summary } = startClient({ url }).attach(source as unknown as StreamSource).record;
    expect(summary).toMatchObject({ status: 'failed', error: { code: 'bad_request', message: expect.stringContaining('pass { id }') } });
  },
);

test('[ST7] a local source is read once for two panels, without a relay, and is kept when it has ended', async () => {
  const client = startClient({ maxIdleStreams: 1 });
  let readings = 0;
  async function* answer(): AsyncGenerator<string> {
    readings += 1;
    for (let index = 0; index < 1000; index += 1) yield `${index} `;
  }
  const source = answer();
  const [one, other] = [client.attach(source), client.attach(source)];
  expect(one.record).toBe(other.record);
  await ended(one);
  const text = Array.from({ length: 1000 }, (_, index) => `${index} `).join('');
  expect([readings, one.record.text.toString(), statusOf(one)]).toEqual([1, text, 'done']);
  expect(one.record.summary.epoch).toBe('local');
  one.release();
  other.release();
  expect(client.attach(source).record.text.toString()).toBe(text);
});

test('[ST6] [ST7] a local source goes on while nobody shows it; once it has left the store it says so', async () => {
  const client = startClient({ maxIdleStreams: 1 });
  const sources = [new ManualSource(), new ManualSource()] as const;
  const handles = sources.map((source) => client.attach(source));
  for (const handle of handles) handle.release();
  await vi.waitFor(() => expect(client.store.getState().streams.size).toBe(1));
  expect([sources[0].returned, sources[1].returned]).toEqual([true, false]);
  sources[1].text('unseen');
  await vi.waitFor(() => expect(handles[1]?.record.text.toString()).toBe('unseen'));
  expect(client.attach(sources[1]).key).toBe(handles[1]?.key);
  expect(client.attach(sources[0]).record.summary.error).toMatchObject({ code: 'source_failed' });
});

test('[UI6] stopping a local stream ends it and its source', async () => {
  const client = startClient({});
  const source = new ManualSource();
  const handle = client.attach(source);
  source.text('so far');
  await vi.waitFor(() => expect(handle.record.text.toString()).toBe('so far'));
  await handle.stop();
  await ended(handle);
  expect([statusOf(handle), source.returned]).toEqual(['stopped', true]);
});

test('[UI8] a client made where there is no page connects to nothing, and says what is missing', () => {
  const client = startClient({});
  expect(client.store.getState()).toMatchObject({ connection: { status: 'idle' }, streams: new Map() });
  expect(client.attach({ id: 'x' }).record.summary.error).toMatchObject({ code: 'bad_option' });
  expect(() => createClient({ detachGraceMs: -1 })).toThrow(expect.objectContaining({ code: 'bad_option' }));
  expect(() => createClient({ url: '/relative' })).toThrow(expect.objectContaining({ code: 'bad_option' }));
});

test('[CN3] [CN5] a credentials function is asked for each request and connection', async () => {
  const { url } = await startRelay({ authenticate: ({ credentials }) => (credentials?.startsWith('fresh') ? { id: 'me' } : undefined) });
  let asked = 0;
  const credentials = async (): Promise<string> => {
    asked += 1;
    return `fresh-${asked}`;
  };
  const handle = startClient({ url, credentials }).attach({ request });
  await ended(handle);
  expect([statusOf(handle), asked]).toEqual(['done', 2]);
  const wrong = startClient({ url, credentials: 'stale' }).attach({ request });
  await ended(wrong);
  expect(wrong.record.summary.error).toMatchObject({ code: 'unauthenticated' });
});

test('[ST8] a worker that dies is replaced, and every stream goes on from what the page has applied', async () => {
  const { relay, url } = await startRelay();
  const workers: InProcessWorker[] = [];
  const worker = (): Worker => {
    const made = new InProcessWorker();
    workers.push(made);
    return made as unknown as Worker;
  };
  const client = startClient({ url, worker });
  const [remote, near] = [new ManualSource(), new ManualSource()];
  const { id } = relay.streams.create({ source: remote });
  const handles = [client.attach({ id }), client.attach(near)];
  const texts = (): string[] => handles.map(({ record }) => record.text.toString());
  let expected = '';
  for (const word of ['a', 'b', 'c', 'd']) {
    expected += word;
    for (const source of [remote, near]) source.text(word);
    await vi.waitFor(() => expect(texts()).toEqual([expected, expected]));
    // What is on its way when the worker dies must come again.
    expected += '!';
    near.text('!');
    remote.text('!');
    if (workers.length <= 3) workers.at(-1)?.crash();
    await vi.waitFor(() => expect(texts()).toEqual([expected, expected]));
  }
  expect(workers.length).toBe(4);
  expect(handles.map(({ record }) => record.generation)).toEqual([0, 0]);
  expect(workers[1]?.posted.find(({ type }) => type === 'attach')).toMatchObject({ epoch: handles[0]?.record.summary.epoch, afterSeq: 2 });
  remote.end();
  near.end();
  for (const handle of handles) await ended(handle);
  expect(handles.map(statusOf)).toEqual(['done', 'done']);
});

test('[ST7] [ST8] a receiver that takes over while a local source yields is fed what it lacks before what comes next', async () => {
  const deltas = Array.from({ length: 100 }, (_, index) => `${index} `);
  for (let ticks = 0; ticks < 12; ticks += 1) {
    const workers: InProcessWorker[] = [];
    const client = startClient({
      worker: () => {
        const worker = new InProcessWorker();
        workers.push(worker);
        return worker as unknown as Worker;
      },
    });
    const crash = async (): Promise<void> => {
      for (let tick = 0; tick < ticks; tick += 1) await undefined;
      workers.at(-1)?.crash();
    };
    const handle = client.attach(
      (async function* () {
        for (const [index, delta] of deltas.entries()) {
          if (index === 50) void crash();
          yield delta;
        }
      })(),
    );
    await ended(handle);
    expect([ticks, workers.length, handle.record.text.toString()]).toEqual([ticks, 2, deltas.join('')]);
  }
});

test('[ST7] [ST8] an event that cannot cross to the worker ends its own stream, and no other', async () => {
  const workers: InProcessWorker[] = [];
  const worker = (): Worker => {
    const made = new InProcessWorker();
    workers.push(made);
    return made as unknown as Worker;
  };
  const client = startClient({ worker });
  const [bad, good] = [new ManualSource(), new ManualSource()];
  const handles = [client.attach(bad), client.attach(good)] as const;
  bad.text('before');
  bad.push({ type: 'data', name: 'x', value: (() => {}) as never });
  good.text('a');
  await ended(handles[0]);
  expect(handles[0].record.text.toString()).toBe('before');
  expect(handles[0].record.summary.error).toMatchObject({ code: 'source_failed' });
  workers[0]?.crash();
  good.text('b');
  good.end();
  await ended(handles[1]);
  expect([handles[1].record.text.toString(), statusOf(handles[1])]).toEqual(['ab', 'done']);
});

test('[ST8] a worker that keeps dying is not replaced for ever', async () => {
  const { relay, url } = await startRelay();
  const source = new ManualSource();
  const { id } = relay.streams.create({ source });
  let made = 0;
  const client = startClient({
    url,
    worker: () => {
      made += 1;
      const worker = new InProcessWorker();
      setTimeout(() => worker.crash());
      return worker as unknown as Worker;
    },
  });
  const handle = client.attach({ id });
  await ended(handle);
  expect(made).toBe(4);
  expect(handle.record.summary.error).toMatchObject({ code: 'worker_failed' });
  expect(client.store.getState().connection).toMatchObject({ status: 'failed', error: { code: 'worker_failed' } });
  expect(client.attach({ id: 'another' }).record.summary.error).toMatchObject({ code: 'worker_failed' });
});

test.each([
  [
    'throws',
    () => {
      throw new Error('denied');
    },
  ],
  ['fails before it is ready', () => new InProcessWorker(true) as unknown as Worker],
])('[ST8] where a worker %s, the receiver runs on the page', async (_, worker) => {
  const { url } = await startRelay();
  const handle = startClient({ url, worker }).attach({ request });
  await ended(handle);
  expect(statusOf(handle)).toBe('done');
});

test('[UI6] a closed client is over: nothing arrives, nothing can be attached', async () => {
  const { relay, url } = await startRelay();
  const source = new ManualSource();
  const { id } = relay.streams.create({ source });
  const client = createClient({ url, transport: 'websocket' });
  const handle = client.attach({ id });
  source.text('a');
  await vi.waitFor(() => expect(handle.record.text.toString()).toBe('a'));
  client.close();
  client.close();
  await vi.waitFor(() => expect(relay.stats.connections.websocket).toBe(0));
  expect(client.store.getState().connection.status).toBe('closed');
  expect(client.attach({ id }).record.summary.error).toMatchObject({ code: 'aborted' });
  expect(source.returned).toBe(false);
});

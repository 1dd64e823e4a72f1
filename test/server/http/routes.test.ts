import { describe, expect, test, vi } from 'vitest';
import { createScripted, type Provider } from '../../../server/index.ts';
import { ManualSource } from '../../support/source.ts';
import { BASE, relayWith } from './relay.ts';

describe('POST /v1/streams', () => {
  test('[RL1] 201 with id, channel and epoch, before the provider is asked', async () => {
    const generate = vi.fn<Provider['generate']>(() => new ManualSource());
    const { call } = relayWith({ providers: [{ name: 'slow', unavailable: undefined, generate, read: () => new ManualSource() }] });
    const created = await call('POST', '/v1/streams', { provider: 'slow', model: 'm', prompt: 'hi', id: 'a' });
    expect(created).toMatchObject({ status: 201, body: { id: 'a', channel: 'stream:a', epoch: expect.any(String) } });
    expect(created.headers.get('location')).toBe('/v1/streams/a');
    expect(await call('GET', '/v1/streams/a')).toMatchObject({ status: 200, body: { status: 'pending', text: '', parts: [] } });
    expect(generate).toHaveBeenCalledWith({ model: 'm', prompt: 'hi' }, expect.any(AbortSignal), expect.anything());
  });

  test('[RL4] the same id with the same body is the same stream, with another body 409, of another principal 403', async () => {
    const { call } = relayWith({ authenticate: ({ credentials }) => ({ id: credentials ?? 'nobody' }) });
    const body = { provider: 'scripted', model: 'scripted-plain', prompt: 'hi', id: 'a', options: { seed: 1, rate: 1 } };
    const first = await call('POST', '/v1/streams', body, 'ada');
    const reordered = { options: { rate: 1, seed: 1 }, id: 'a', prompt: 'hi', model: 'scripted-plain', provider: 'scripted' };
    expect(await call('POST', '/v1/streams', reordered, 'ada')).toMatchObject({ status: 201, body: first.body });
    expect(await call('POST', '/v1/streams', { ...body, prompt: 'ho' }, 'ada')).toMatchObject({
      status: 409,
      body: { code: 'stream_conflict' },
    });
    expect(await call('POST', '/v1/streams', body, 'ben')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  test.for([
    ['no provider', { model: 'm', prompt: 'p' }, 'provider'],
    ['a provider that is no string', { provider: 7, model: 'm', prompt: 'p' }, 'provider'],
    ['no model', { provider: 'scripted', prompt: 'p' }, 'model'],
    ['neither prompt nor messages', { provider: 'scripted', model: 'm' }, 'prompt and messages'],
    [
      'both prompt and messages',
      { provider: 'scripted', model: 'm', prompt: 'p', messages: [{ role: 'user', content: 'c' }] },
      'prompt and messages',
    ],
    ['no message', { provider: 'scripted', model: 'm', messages: [] }, 'messages'],
    ['an unknown role', { provider: 'scripted', model: 'm', messages: [{ role: 'robot', content: 'c' }] }, 'messages.0.role'],
    ['an id with a slash', { provider: 'scripted', model: 'm', prompt: 'p', id: 'a/b' }, 'id'],
    ['an id that is too long', { provider: 'scripted', model: 'm', prompt: 'p', id: 'a'.repeat(129) }, 'id'],
    ['options that are a list', { provider: 'scripted', model: 'm', prompt: 'p', options: [1] }, 'options'],
    [
      'options nested without end',
      { provider: 'scripted', model: 'm', prompt: 'p', options: { deep: JSON.parse('['.repeat(10_000) + ']'.repeat(10_000)) } },
      'options',
    ],
    ['a field nobody knows', { provider: 'scripted', model: 'm', prompt: 'p', extra: 1 }, 'extra'],
    ['a list', [], ''],
    ['null', null, ''],
  ] as const)('%s is bad_request, naming the field', async ([, body, named]) => {
    const { call, relay } = relayWith();
    const answer = await call('POST', '/v1/streams', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect(answer.body['detail']).toContain(named);
    expect(relay.stats.created).toBe(0);
  });

  test('an unknown provider, and one without a key, have codes of their own', async () => {
    const missing: Provider = { ...createScripted(), name: 'openai', unavailable: 'Set OPENAI_API_KEY.' };
    const { call } = relayWith({ providers: [missing] });
    const body = { model: 'm', prompt: 'p' };
    expect(await call('POST', '/v1/streams', { ...body, provider: 'nope' })).toMatchObject({
      status: 400,
      body: { code: 'unknown_provider' },
    });
    const answer = await call('POST', '/v1/streams', { ...body, provider: 'openai' });
    expect(answer).toMatchObject({ status: 501, body: { code: 'provider_not_configured' } });
    expect(answer.body['detail']).toContain('OPENAI_API_KEY');
  });

  test('bad JSON, also by its encoding, is bad_json', async () => {
    const { raw } = relayWith();
    for (const body of ['{"provider":', '', Uint8Array.of(0x22, 0xff, 0x22)]) {
      expect(await raw('POST', '/v1/streams', { body, type: 'application/json' })).toMatchObject({
        status: 400,
        body: { code: 'bad_json' },
      });
    }
  });

  test('[RL7] a body above the limit is body_too_large, whether or not it says its length', async () => {
    const { raw } = relayWith({ maxBodyBytes: 1_000 });
    const body = JSON.stringify({ provider: 'scripted', model: 'm', prompt: 'x'.repeat(1_000) });
    expect(await raw('POST', '/v1/streams', { body, type: 'application/json' })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
    const stream = new Blob([body]).stream();
    expect(await raw('POST', '/v1/streams', { body: stream, type: 'application/json' })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
  });

  test('[RL7] more generations than allowed are too_many_streams, with a time to wait', async () => {
    const { call, relay } = relayWith({ maxGenerations: 1 });
    relay.streams.create({ id: 'a', source: new ManualSource() });
    const answer = await call('POST', '/v1/streams', { provider: 'scripted', model: 'm', prompt: 'p' });
    expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_streams', retryable: true } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test('admit may rewrite a request, or refuse it', async () => {
    const { call } = relayWith({
      providers: [createScripted()],
      admit: (_principal, request) => (request.model === 'dear' ? undefined : { ...request, model: 'scripted-plain' }),
    });
    const body = { provider: 'scripted', prompt: 'p' };
    expect(await call('POST', '/v1/streams', { ...body, model: 'dear' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    await call('POST', '/v1/streams', { ...body, model: 'whatever', id: 'a', options: { rate: 0, tokens: 3 } });
    await vi.waitFor(async () => expect((await call('GET', '/v1/streams/a')).body['status']).toBe('done'), { timeout: 5_000 });
    expect((await call('GET', '/v1/streams/a')).body['model']).toBe('scripted-plain');
  });
});

describe('GET /v1/streams/:id and POST …/stop', () => {
  test('the state of a stream, as of now', async () => {
    const { call, relay } = relayWith();
    const source = new ManualSource();
    const { epoch } = relay.streams.create({ id: 'a', source });
    source.text('Hello ');
    source.push(
      { type: 'reasoning', part: 'r', delta: 'hm' },
      { type: 'file', part: 'f', mediaType: 'image/png', bytes: Uint8Array.of(1, 2, 3) },
    );
    source.text('you');
    source.push(
      { type: 'usage', inputTokens: 3, outputTokens: 2 },
      { type: 'error', code: 'upstream_failed', message: 'It broke.', retryable: true },
    );
    await vi.waitFor(async () => expect((await call('GET', '/v1/streams/a')).body['status']).toBe('failed'), { timeout: 5_000 });
    const { body } = await call('GET', '/v1/streams/a');
    expect(body).toMatchObject({
      id: 'a',
      epoch,
      seq: 7,
      text: 'Hello you',
      usage: { inputTokens: 3, outputTokens: 2 },
      error: { code: 'upstream_failed', message: 'It broke.', retryable: true },
    });
    expect(body['parts']).toContainEqual({ type: 'file', part: 'f', mediaType: 'image/png', bytes: 'AQID' });
  });

  test('[RL5] stopping ends the generation for everybody; stopping again changes nothing', async () => {
    const { call, relay } = relayWith();
    const source = new ManualSource();
    relay.streams.create({ id: 'a', source });
    source.text('so far');
    expect(await call('POST', '/v1/streams/a/stop', {})).toMatchObject({ status: 202 });
    const { body } = await call('GET', '/v1/streams/a');
    expect(body).toMatchObject({ status: 'stopped' });
    expect(await call('POST', '/v1/streams/a/stop', {})).toMatchObject({ status: 202 });
    expect((await call('GET', '/v1/streams/a')).body).toEqual(body);
    await vi.waitFor(() => expect(source.returned).toBe(true), { timeout: 5_000 });
  });

  test('an unknown stream is unknown_channel, another principal’s forbidden', async () => {
    const { call, relay } = relayWith({ authenticate: ({ credentials }) => ({ id: credentials ?? 'nobody' }) });
    relay.streams.create({ id: 'hers', principal: { id: 'ada' }, source: new ManualSource() });
    expect(await call('GET', '/v1/streams/none')).toMatchObject({ status: 404, body: { code: 'unknown_channel' } });
    expect(await call('POST', '/v1/streams/none/stop', {})).toMatchObject({ status: 404, body: { code: 'unknown_channel' } });
    expect(await call('GET', '/v1/streams/hers', undefined, 'ben')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await call('POST', '/v1/streams/hers/stop', {}, 'ben')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await call('GET', '/v1/streams/hers', undefined, 'ada')).body['status']).not.toBe('stopped');
  });

  test('authorize is asked with principal, action, channel and owner', async () => {
    const authorize = vi.fn(() => true);
    const { call, relay } = relayWith({ authorize });
    relay.streams.create({ id: 'a', principal: { id: 'ada' }, source: new ManualSource() });
    await call('GET', '/v1/streams/a');
    await call('POST', '/v1/streams/a/stop', {});
    await call('POST', '/v1/streams', { provider: 'scripted', model: 'm', prompt: 'p', id: 'b' });
    expect(authorize.mock.calls).toEqual([
      [{ id: 'anonymous' }, 'read', 'stream:a', 'ada'],
      [{ id: 'anonymous' }, 'stop', 'stream:a', 'ada'],
      [{ id: 'anonymous' }, 'create', 'stream:b', 'anonymous'],
    ]);
  });
});

describe('discovery and probes', () => {
  test('[CN2] the discovery document states the version, the endpoints and the providers', async () => {
    const { call } = relayWith({
      providers: [createScripted(), { ...createScripted(), name: 'openai', unavailable: 'Set OPENAI_API_KEY.' }],
    });
    const { status, body } = await call('GET', '/v1/connect');
    expect(status).toBe(200);
    expect(body).toEqual({
      protocol: 1,
      endpoints: { sse: { url: '/v1/sse' } },
      providers: [
        { name: 'scripted', available: true },
        { name: 'openai', available: false, reason: 'Set OPENAI_API_KEY.' },
      ],
    });
  });

  test('[RL9] readiness fails while draining, and new streams are relay_draining; liveness stays', async () => {
    const { call, relay } = relayWith();
    expect(await call('GET', '/readyz')).toMatchObject({ status: 200 });
    void relay.drain();
    expect(await call('GET', '/readyz')).toMatchObject({ status: 503 });
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200 });
    const refused = await call('POST', '/v1/streams', { provider: 'scripted', model: 'm', prompt: 'p' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'relay_draining' } });
  });

  test('[RL9] a request that is still being admitted when the relay closes starts nothing', async () => {
    const admitted = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const { call, relay } = relayWith({
      admit: async (_principal, request) => {
        asked.resolve();
        await admitted.promise;
        return request;
      },
    });
    const answer = call('POST', '/v1/streams', { provider: 'scripted', model: 'm', prompt: 'p' });
    await asked.promise;
    const closed = relay.close();
    admitted.resolve();
    expect(await answer).toMatchObject({ status: 503, body: { code: 'relay_draining' } });
    await closed;
    expect(relay.stats.generations).toBe(0);
  });

  test('probes answer whatever host they ask for', async () => {
    const { raw } = relayWith();
    expect(await raw('GET', '/healthz', { headers: { host: '10.1.2.3:8787' } })).toMatchObject({ status: 200 });
    expect(await raw('GET', '/metrics', { headers: { host: '10.1.2.3:8787' } })).toMatchObject({ status: 403 });
  });

  test('metrics are Prometheus text', async () => {
    const { call, relay } = relayWith();
    relay.streams.create({ id: 'a', source: new ManualSource() });
    await call('GET', '/v1/streams/none');
    const response = await relay.fetch(new Request(`${BASE}/metrics`));
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await response.text();
    expect(text).toContain('sluice_generations 1\n');
    expect(text).toContain('sluice_connections{transport="websocket"} 0\n');
    expect(text).toContain('sluice_http_requests_total{route="stream",status="404"} 1\n');
  });

  test('another address is not_found, another method method_not_allowed with what is allowed', async () => {
    const { call } = relayWith();
    expect(await call('GET', '/v1/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const answer = await call('GET', '/v1/streams');
    expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(answer.headers.get('allow')).toBe('POST');
    expect((await relayWith().relay.fetch(new Request(`${BASE}/v1/streams`, { method: 'HEAD' }))).status).toBe(405);
  });

  test('HEAD is answered where GET is', async () => {
    const { relay } = relayWith();
    for (const path of ['/healthz', '/readyz', '/v1/connect'])
      expect((await relay.fetch(new Request(`${BASE}${path}`, { method: 'HEAD' }))).status).toBe(200);
  });
});

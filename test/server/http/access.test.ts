import { describe, expect, test, vi } from 'vitest';
import { ManualSource } from '../../support/source.ts';
import { BASE, relayWith } from './relay.ts';

describe('who may call', () => {
  test('[CN3, RL8] refused credentials are unauthenticated, as a problem document', async () => {
    const { call } = relayWith({ authenticate: () => undefined });
    const answer = await call('GET', '/v1/streams/a', undefined, 'secret-token');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.body).toMatchObject({ type: 'about:blank', title: 'Unauthenticated', status: 401, code: 'unauthenticated' });
    expect(JSON.stringify(answer.body)).not.toContain('secret-token');
  });

  test('[RL8] a fault in the app’s callbacks is internal, told to the operator only', async () => {
    const log = vi.fn();
    const { call } = relayWith({
      log,
      authenticate: () => {
        throw new Error('password hunter2 of the database');
      },
    });
    const answer = await call('GET', '/v1/streams/a');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    expect(JSON.stringify(log.mock.calls)).toContain('hunter2');
  });

  test('[RL5, RL10] stop needs neither a body nor a type; a body without a type is refused', async () => {
    const { raw, relay } = relayWith();
    relay.streams.create({ id: 'a', source: new ManualSource() });
    const untyped = new Blob(['{}']).stream();
    expect(await raw('POST', '/v1/streams/a/stop', { body: untyped })).toMatchObject({ status: 415 });
    expect(relay.stats.generations).toBe(1);
    expect(await raw('POST', '/v1/streams/a/stop')).toMatchObject({ status: 202 });
    expect(relay.stats.generations).toBe(0);
    expect(await raw('POST', '/v1/streams/a/stop', { headers: { origin: 'https://evil.example' } })).toMatchObject({ status: 403 });
  });

  test('[RL10, CN10] a foreign page can start or stop nothing', async () => {
    const { raw, relay } = relayWith();
    relay.streams.create({ id: 'a', source: new ManualSource() });
    const body = JSON.stringify({ provider: 'scripted', model: 'm', prompt: 'p' });
    for (const path of ['/v1/streams', '/v1/streams/a/stop']) {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
        expect(await raw('POST', path, { body, type })).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
      }
      const foreign = { origin: 'https://evil.example' };
      expect(await raw('POST', path, { body, type: 'application/json', headers: foreign })).toMatchObject({
        status: 403,
        body: { code: 'origin_refused' },
      });
      expect(await raw('POST', path, { body, type: 'application/json', headers: { host: 'rebound.example' } })).toMatchObject({
        status: 403,
        body: { code: 'origin_refused' },
      });
    }
    expect(relay.stats).toMatchObject({ created: 1, generations: 1 });
  });

  test('[CN10] without authenticate, only this machine is served', async () => {
    const { relay } = relayWith();
    const answer = await relay.fetch(new Request(`${BASE}/v1/connect`), { remoteAddress: '192.0.2.7' });
    expect(answer.status).toBe(401);
  });

  test('[CN10] beyond loopback, a client that is no page needs credentials', async () => {
    const { relay } = relayWith({ authenticate: () => ({ id: 'whoever' }) });
    const status = async (headers: Record<string, string>): Promise<number> => {
      const request = new Request('http://relay.example/v1/streams/none', { headers: { host: 'relay.example', ...headers } });
      return (await relay.fetch(request, { remoteAddress: '192.0.2.7' })).status;
    };
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer x' })).toBe(404);
    expect(await status({ cookie: 'session=x' })).toBe(404);
    expect(await status({ origin: 'http://relay.example' })).toBe(404);
    expect(await status({ 'sec-fetch-site': 'same-origin' })).toBe(404);
  });

  test('[CN10] a preflight of an allowed origin is answered, of another refused', async () => {
    const { raw } = relayWith({ allowedOrigins: ['https://app.example'] });
    const allowed = await raw('OPTIONS', '/v1/streams', { headers: { origin: 'https://app.example' } });
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(allowed.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
    const refused = await raw('OPTIONS', '/v1/streams', { headers: { origin: 'https://evil.example' } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await raw('GET', '/v1/streams/none', { headers: { origin: 'https://app.example' } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answer.headers.get('vary')).toBe('Origin');
  });

  test('[RL7] more requests than allowed are rate_limited, and only their caller’s', async () => {
    const { call } = relayWith({ maxMessagesPerSecond: 2, authenticate: ({ credentials }) => ({ id: credentials ?? 'nobody' }) });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) statuses.push((await call('GET', '/v1/streams/none', undefined, 'ada')).status);
    expect(statuses.slice(0, 4)).toEqual([404, 404, 404, 404]);
    expect(statuses.at(-1)).toBe(429);
    expect((await call('GET', '/v1/streams/none', undefined, 'ben')).status).toBe(404);
  });
});

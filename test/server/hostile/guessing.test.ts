import { describe, expect, test, vi } from 'vitest';
import type { AuthenticateInput, Principal } from '../../../server/index.ts';
import { startBystander } from '../../support/bystander.ts';
import { connectClient } from '../../support/connect.ts';
import { scrape } from '../../support/metrics.ts';
import { startRelay } from '../../support/relay.ts';

/** Lets in the bystander only. */
const app = () =>
  vi.fn(({ credentials }: AuthenticateInput): Principal | undefined => (credentials === 'bystander' ? { id: 'bystander' } : undefined));

const requests = [
  ['POST', '/v1/streams'],
  ['GET', '/v1/streams/bystander'],
  ['POST', '/v1/streams/bystander/stop'],
  ['POST', '/v1/sse/00000000-0000-0000-0000-000000000000'],
] as const;

describe('[RL20] who tries credentials that are refused is rate_limited, and disturbs nobody who is in', () => {
  test.for(requests)('%s %s', async ([method, path]) => {
    const authenticate = app();
    const { relay, url } = await startRelay({ authenticate, maxAuthFailuresPerSecond: 5 });
    const bystander = await startBystander(relay, url);
    authenticate.mockClear();
    const codes: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      const answer = await fetch(new URL(path, url), { method, headers: { authorization: `Bearer guess-${index}` } });
      codes.push(`${answer.status} ${((await answer.json()) as { code: string }).code} ${answer.headers.get('retry-after')}`);
    }
    const looked = codes.filter((code) => code === '401 unauthenticated null').length;
    const limited = codes.filter((code) => code === '429 rate_limited 1').length;
    expect(looked).toBeGreaterThanOrEqual(10);
    expect(limited).toBeGreaterThanOrEqual(1);
    expect(looked + limited).toBe(60);
    expect(authenticate).toHaveBeenCalledTimes(looked);
    const { of } = await scrape(url, { authorization: 'Bearer operator' });
    expect(of('sluice_refused_total{code="rate_limited"}')).toBe(limited);
    expect(of('sluice_refused_total{code="unauthenticated"}')).toBe(looked);
    await bystander.streamsOn();
  });

  test.for(['websocket', 'webtransport', 'sse'] as const)('connections over %s', async (transport) => {
    const authenticate = app();
    const { relay, url } = await startRelay({ authenticate, maxAuthFailuresPerSecond: 1 });
    const bystander = await startBystander(relay, url, transport);
    const guesses = () => authenticate.mock.calls.filter(([{ credentials }]) => credentials?.startsWith('guess')).length;
    const codes: string[] = [];
    while (!codes.includes('rate_limited')) {
      const clients = await Promise.all(Array.from({ length: 8 }, () => connectClient(transport, url)));
      for (const client of clients) client.hello({ credentials: `guess-${codes.length}` });
      for (const client of clients) codes.push((await client.first('error')).code);
      await Promise.all(clients.map((client) => client.ended()));
    }
    expect(codes.filter((code) => code === 'unauthenticated').length).toBeGreaterThanOrEqual(2);
    expect(guesses()).toBe(codes.filter((code) => code === 'unauthenticated').length);
    expect(relay.stats.refused['rate_limited']).toBe(codes.filter((code) => code === 'rate_limited').length);
    bystander.client.send({ type: 'refresh', credentials: 'bystander' }, { type: 'ping', nonce: 1 });
    await bystander.client.first('pong');
    await bystander.streamsOn();
  });
});

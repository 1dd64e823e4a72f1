import { expect, onTestFinished, test, vi } from 'vitest';
import type { Discovery } from '../../../server/http/discovery.ts';
import { createRelay } from '../../../server/index.ts';
import { connectClient } from '../../support/connect.ts';

// Somebody else's package, absent as an optional dependency may be.
vi.mock('rwebtransport', () => {
  throw new Error('Cannot find package rwebtransport');
});

test('without the native addon the relay says so once and serves WebSocket and SSE', async () => {
  const log = vi.fn();
  const relay = createRelay({ providers: [], log });
  onTestFinished(() => relay.close());
  const { url } = await relay.listen({ port: 0 });
  expect(log.mock.calls).toEqual([['warn', expect.stringContaining('WebTransport is not available'), {}]]);
  const { endpoints } = (await (await fetch(new URL('/v1/connect', url))).json()) as Discovery;
  expect(Object.keys(endpoints)).toEqual(['websocket', 'sse']);
  for (const transport of ['websocket', 'sse'] as const) {
    const client = await connectClient(transport, url);
    client.hello();
    await client.first('welcome');
  }
});

import { expect, onTestFinished, test, vi } from 'vitest';
import { connectClient } from '../support/connect.ts';
import { startRelay } from '../support/relay.ts';
import { ManualSource } from '../support/source.ts';

const HOUR_MS = 3_600_000;

test.for([
  ['back', -HOUR_MS],
  ['forward', HOUR_MS],
] as const)(
  '[CN7] [RL7] a system clock that is set %s by an hour ends no connection, refuses nothing, and moves no event in time',
  async ([, byMs]) => {
    const startedAt = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: startedAt });
    onTestFinished(() => void vi.useRealTimers());
    const { relay, url } = await startRelay({ heartbeatMs: 1_500 });
    const source = new ManualSource();
    relay.streams.create({ id: 'a', source });
    const client = await connectClient('websocket', url);
    client.hello();
    client.subscribe(1, 'stream:a');
    source.text('before ');
    await client.until(() => client.text(1) === 'before ');
    const get = async (): Promise<number> => (await fetch(`${url}v1/streams/a`)).status;
    expect(await get()).toBe(200);

    vi.setSystemTime(startedAt + byMs);
    // The relay's own heartbeats come as before, and several looks at who has been silent go by.
    const pings = client.of('ping').length;
    await client.until(() => client.of('ping').length > pings);
    client.send({ type: 'ping', nonce: 7 });
    await client.until(() => client.of('pong').some(({ nonce }) => nonce === 7));
    expect(await get()).toBe(200);
    source.text('after');
    await client.until(() => client.text(1) === 'before after');
    const times = client.entries(1).map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(60_000);
    expect(relay.stats).toMatchObject({ refused: {}, connections: { websocket: 1 } });
  },
);

import { expect, test, vi } from 'vitest';
import { createOpenAI, type HttpOptions } from '../../../server/index.ts';
import { createRandom } from '../../../server/providers/answer.ts';
import type { StreamEvent } from '../../../src/wire/index.ts';
import { scrape } from '../../support/metrics.ts';
import { startRelay } from '../../support/relay.ts';
import { frameLines } from '../../support/replay.ts';
import { keptLines, type Reply, startKeeper } from './keeper.ts';
import { brokenRule, collect } from './reading.ts';

vi.setConfig({ testTimeout: 60_000 });

async function keeper(...replies: readonly Reply[]) {
  const { baseURL, requests } = await startKeeper(...replies);
  const outcomes: string[] = [];
  const observer = { resumed: (outcome: string) => void outcomes.push(outcome) };
  const ask = (options: HttpOptions = {}, asked: Record<string, boolean> = { background: true }): Promise<StreamEvent[]> =>
    collect(
      createOpenAI({ apiKey: 'key', baseURL, ...options }).generate(
        { model: 'm', prompt: 'p', options: asked },
        new AbortController().signal,
        observer,
      ),
    );
  return { baseURL, requests, outcomes, ask };
}

/** `createdAt` is the time of reading. */
function content(events: readonly StreamEvent[]): StreamEvent[] {
  return events.map((event) => (event.type === 'start' ? { ...event, createdAt: 0 } : event));
}

const whole = async (): Promise<StreamEvent[]> => content(await (await keeper({})).ask());

test.for(Array.from({ length: 12 }, (_, index) => index + 1))(
  '[SQ13] an answer in the background, cut at random bytes again and again, is read on without loss or repetition (seed %s)',
  async (seed) => {
    const random = createRandom(seed);
    const size = frameLines('openai', keptLines).join('').length;
    // At least `response.created` has to arrive: what has no id cannot be asked for.
    const first = (frameLines('openai', keptLines)[0] ?? '').length;
    const cuts = [
      { cutAt: first + Math.floor(random() * (size / 2)) },
      ...Array.from({ length: 3 }, () => ({ cutAt: Math.floor(random() * (size / 3)) })),
    ];
    const { ask, outcomes, requests } = await keeper(...cuts, {});
    const events = await ask();
    expect(brokenRule(events)).toBeUndefined();
    expect(content(events)).toEqual(await whole());
    expect(outcomes).toEqual(outcomes.map(() => 'continued'));
    expect(requests.length).toBe(outcomes.length + 1);
    expect(outcomes.length).toBeGreaterThan(0);
    for (const { method, url, authorization } of requests.slice(1)) {
      expect([method, authorization]).toEqual(['GET', 'Bearer key']);
      expect(url).toMatch(/^\/v1\/responses\/resp_1\?stream=true&starting_after=\d+$/);
    }
  },
);

test('[SQ13] a connection that falls silent is given up and read on', async () => {
  const { ask, outcomes } = await keeper({ cutAt: 3_000, silent: true }, {});
  expect(content(await ask({ idleTimeoutMs: 200 }))).toEqual(await whole());
  expect(outcomes).toEqual(['continued']);
});

test('[SQ13] what the provider repeats is left out; a number that is missing ends the answer with an error', async () => {
  const again = await keeper({ cutAt: 3_000 }, { shift: -3 });
  expect(content(await again.ask())).toEqual(await whole());
  const missing = await keeper({ cutAt: 3_000 }, { shift: 1 });
  const events = content(await missing.ask());
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream_truncated', message: expect.stringContaining('missing') });
  expect(events.slice(0, -1)).toEqual((await whole()).slice(0, events.length - 1));
});

test('a provider that is busy is asked again, one that refuses is not', async () => {
  const busy = await keeper({ cutAt: 3_000 }, { status: 503 }, { status: 429 }, {});
  expect(content(await busy.ask())).toEqual(await whole());
  expect(busy.outcomes).toEqual(['continued']);
  const refusing = await keeper({ cutAt: 3_000 }, { status: 404 });
  const events = content(await refusing.ask());
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream_truncated', retryable: true });
  expect(events.slice(0, -1)).toEqual((await whole()).slice(0, events.length - 1));
  expect(refusing.requests).toHaveLength(2);
  expect(refusing.outcomes).toEqual(['given-up']);
});

test('attempts at one place are bounded, also where each connection breaks before it brings anything', async () => {
  const down = await keeper({ cutAt: 3_000 }, { status: 500 });
  expect((await down.ask({ maxResumeAttempts: 3 })).at(-1)).toMatchObject({ code: 'upstream_truncated' });
  expect(down.requests).toHaveLength(1 + 3);
  const empty = await keeper({ cutAt: 3_000 }, { cutAt: 1 });
  expect((await empty.ask({ maxResumeAttempts: 3 })).at(-1)).toMatchObject({ code: 'upstream_truncated' });
  expect(empty.requests).toHaveLength(1 + 3);
  expect(empty.outcomes).toEqual(['continued', 'continued', 'continued', 'given-up']);
  const off = await keeper({ cutAt: 3_000 }, {});
  expect((await off.ask({ maxResumeAttempts: 0 })).at(-1)).toMatchObject({ code: 'upstream_truncated' });
  expect(() => createOpenAI({ maxResumeAttempts: -1 })).toThrow('maxResumeAttempts');
});

test.for([
  ['was not asked for in the background', {}],
  ['is not stored', { background: true, store: false }],
] as const)('an answer that %s ends with its connection, as ever, and nothing is switched on for it', async ([, options]) => {
  const { ask, requests, outcomes } = await keeper({ cutAt: 3_000 }, {});
  expect((await ask({}, options)).at(-1)).toMatchObject({ type: 'error', code: 'upstream_truncated' });
  expect(requests).toHaveLength(1);
  expect(outcomes).toEqual([]);
});

test('[RL5] stopping ends a generation in the background at the provider, too', async () => {
  const { baseURL, requests } = await keeper({ cutAt: 3_000, silent: true });
  const { relay } = await startRelay({ providers: [createOpenAI({ apiKey: 'key', baseURL })] });
  relay.streams.create({ id: 'a', provider: 'openai', model: 'm', prompt: 'p', options: { background: true } });
  await vi.waitFor(() => expect(relay.stats.firstTokenCount).toBe(1));
  relay.streams.stop('a');
  await vi.waitFor(() =>
    expect(requests.at(-1)).toEqual({ method: 'POST', url: '/v1/responses/resp_1/cancel', authorization: 'Bearer key' }),
  );
  expect(requests).toHaveLength(2);
});

test('[SQ13] through the relay: one stream, each event once, and the metric says so', async () => {
  const { baseURL } = await keeper({ cutAt: 3_000 }, { cutAt: 900 }, {});
  const lost: unknown[] = [];
  const { relay, url } = await startRelay({
    providers: [createOpenAI({ apiKey: 'key', baseURL })],
    log: (_, message, fields) => void (message.startsWith('Upstream') && lost.push(fields['stream'])),
  });
  relay.streams.create({ id: 'a', provider: 'openai', model: 'm', prompt: 'p', options: { background: true, store: true } });
  await vi.waitFor(() => expect(relay.stats.finished).toBe(1), { timeout: 10_000 });
  const read = (await (await fetch(new URL('/v1/streams/a', url))).json()) as { text: string; status: string };
  const text = (await whole()).map((event) => (event.type === 'text' ? event.delta : '')).join('');
  expect(read).toMatchObject({ status: 'done', text });
  const { of } = await scrape(url);
  expect(of('sluice_upstream_resumes_total{provider="openai",outcome="continued"}')).toBe(2);
  expect(lost).toEqual(['a', 'a']);
});

import { expect, onTestFinished, test } from 'vitest';
import type { StreamEvent } from '../../../src/wire/index.ts';
import { type ReplayDialect, startReplay } from '../../support/replay.ts';
import { providerAt } from './reading.ts';

const first = {
  openai: { type: 'response.output_text.delta', item_id: 'i', content_index: 0, delta: 'one' },
  'openai-chat': { choices: [{ index: 0, delta: { content: 'one' } }] },
  anthropic: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'one' } },
  gemini: { candidates: [{ content: { parts: [{ text: 'one' }] } }] },
  ollama: { message: { content: 'one' }, done: false },
} as const;

const dialects = Object.keys(first) as ReplayDialect[];

async function hold(dialect: ReplayDialect): Promise<Awaited<ReturnType<typeof startReplay>>> {
  const replay = await startReplay({ dialect, lines: [JSON.stringify(first[dialect])], hold: true });
  onTestFinished(() => replay.close());
  return replay;
}

/** Reads to the first text, aborts, and gives what came after, and how long the connection lived on. */
async function abortAfterText(
  events: AsyncIterable<StreamEvent>,
  abort: () => void,
  replay: Awaited<ReturnType<typeof hold>>,
): Promise<{ after: StreamEvent[]; ms: number }> {
  const after: StreamEvent[] = [];
  let abortedAt = 0;
  for await (const event of events) {
    if (abortedAt > 0) after.push(event);
    if (event.type !== 'text') continue;
    // The next read is under way when the abort comes.
    setTimeout(() => {
      abortedAt = performance.now();
      abort();
    }, 5);
  }
  await expect.poll(() => replay.closedAt.length, { interval: 2 }).toBe(1);
  return { after, ms: (replay.closedAt[0] ?? 0) - abortedAt };
}

test.each(dialects)('[RL5] %s: stopping closes the upstream connection within 100 ms, and no event follows', async (dialect) => {
  const times: number[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const replay = await hold(dialect);
    const controller = new AbortController();
    const events = providerAt(dialect, replay.url).generate({ model: 'm', prompt: 'x' }, controller.signal);
    const { after, ms } = await abortAfterText(events, () => controller.abort(), replay);
    expect(after).toEqual([]);
    times.push(ms);
  }
  // Both ends share this process: a busy machine delays the measurement, not the close.
  const ms = Math.min(...times);
  console.info(`${dialect}: upstream connection closed ${ms.toFixed(1)} ms after the stop`);
  expect(ms).toBeLessThan(100);
});

test('[RL5] a response the application fetched is closed as fast', async () => {
  const replay = await hold('openai-chat');
  const controller = new AbortController();
  const response = await fetch(`${replay.url}/chat/completions`, { method: 'POST' });
  const events = providerAt('openai-chat', replay.url).read(response, controller.signal);
  const { after, ms } = await abortAfterText(events, () => controller.abort(), replay);
  expect(after).toEqual([]);
  expect(ms).toBeLessThan(100);
});

test('[RL5] stopping before the status line closes the connection, and no event comes', async () => {
  const replay = await startReplay({ dialect: 'openai', lines: [], hold: true });
  onTestFinished(() => replay.close());
  const controller = new AbortController();
  const events = providerAt('openai', replay.url).generate({ model: 'm', prompt: 'x' }, controller.signal);
  const next = events[Symbol.asyncIterator]().next();
  await expect.poll(() => replay.requests.length).toBe(1);
  controller.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  await expect.poll(() => replay.open, { timeout: 10_000 }).toBe(0);
});

test('a signal that was aborted before sends nothing', async () => {
  const replay = await hold('gemini');
  const events: StreamEvent[] = [];
  for await (const event of providerAt('gemini', replay.url).generate({ model: 'm', prompt: 'x' }, AbortSignal.abort())) events.push(event);
  expect(events).toEqual([]);
  expect(replay.requests).toEqual([]);
});

test('a reader that leaves closes the connection', async () => {
  const replay = await hold('anthropic');
  for await (const event of providerAt('anthropic', replay.url).generate({ model: 'm', prompt: 'x' }, new AbortController().signal)) {
    if (event.type === 'text') break;
  }
  await expect.poll(() => replay.open, { timeout: 10_000 }).toBe(0);
});

test('an answer read to its end leaves the connection for the next request', async () => {
  const replay = await startReplay({
    dialect: 'openai-chat',
    // The body ends some time behind its last message.
    delayMs: 10,
    lines: ['{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}'],
  });
  onTestFinished(() => replay.close());
  const provider = providerAt('openai-chat', replay.url);
  for (let turn = 0; turn < 3; turn += 1) {
    for await (const _ of provider.generate({ model: 'm', prompt: 'x' }, new AbortController().signal));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(replay.requests.length).toBe(3);
  expect(replay.closedAt).toEqual([]);
});

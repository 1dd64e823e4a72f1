import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAnthropic, createOpenAI, createProviders } from '../../../server/providers/index.ts';
import { type ReplayDialect, startReplay } from '../../support/replay.ts';
import { generate, providerAt } from './reading.ts';
import { readWithSdk } from './sdk.ts';

test('without an environment every provider is there, and says which variable it wants; scripted works', async () => {
  const providers = createProviders({ OPENAI_API_KEY: '', OLLAMA_BASE_URL: ' ' });
  const wanted = Object.fromEntries([...providers].map(([name, { unavailable }]) => [name, unavailable?.match(/[A-Z_]{8,}/)?.[0]]));
  expect(wanted).toEqual({
    openai: 'OPENAI_API_KEY',
    'openai-chat': 'OPENAI_API_KEY',
    anthropic: 'ANTHROPIC_API_KEY',
    gemini: 'GEMINI_API_KEY',
    ollama: 'OLLAMA_BASE_URL',
    scripted: undefined,
  });
  for (const [name, provider] of providers) {
    if (name === 'scripted') continue;
    const events = await generate(provider);
    expect(events).toMatchObject([{ type: 'error', code: 'provider_not_configured', message: provider.unavailable, retryable: false }]);
  }
});

test('a key alone makes a provider available, and so does a base URL alone', () => {
  expect(createProviders({ OPENAI_API_KEY: 'k' }).get('openai')?.unavailable).toBeUndefined();
  expect(createProviders({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }).get('openai-chat')?.unavailable).toBeUndefined();
  expect(createProviders({ OLLAMA_BASE_URL: 'http://127.0.0.1:11434' }).get('ollama')?.unavailable).toBeUndefined();
});

const credentials = (headers: IncomingHttpHeaders | undefined): unknown =>
  headers?.['x-api-key'] ?? headers?.['x-goog-api-key'] ?? headers?.authorization?.replace('Bearer ', '');

describe.each(['openai', 'openai-chat', 'anthropic', 'gemini'] as const)('%s', (dialect) => {
  test.each(['', '/', '/proxy', '/proxy/'])(
    'asks the address the SDK asks, with the same key, for a base URL with %j behind it',
    async (suffix) => {
      const replay = await startReplay({ dialect, status: 418, body: '{}' });
      onTestFinished(() => replay.close());
      await readWithSdk(dialect, replay.url + suffix).catch(() => {});
      const fromSdk = replay.requests[0];
      await generate(providerAt(dialect, replay.url + suffix, 'test'));
      const fromUs = replay.requests.at(-1);
      expect(fromSdk).toBeDefined();
      expect(fromUs).not.toBe(fromSdk);
      // Where the SDK doubles a slash (Gemini), we do not.
      expect(fromUs?.url).toBe(fromSdk?.url.replace('//', '/'));
      expect(credentials(fromUs?.headers)).toBe('test');
      expect(credentials(fromSdk?.headers)).toBe('test');
      expect(fromUs?.headers['anthropic-version']).toBe(fromSdk?.headers['anthropic-version']);
    },
  );
});

async function sent(
  dialect: ReplayDialect,
  options: object,
  key: string | undefined = 'k',
): Promise<{ body: unknown; headers: object; url: string }> {
  const replay = await startReplay({ dialect, body: '' });
  onTestFinished(() => replay.close());
  const messages = [
    { role: 'system', content: 'S' },
    { role: 'user', content: 'U' },
    { role: 'assistant', content: 'A' },
    { role: 'user', content: 'V' },
  ] as const;
  await generate(providerAt(dialect, replay.url, key), { model: 'the/model', messages, options: { ...options } });
  const request = replay.requests[0];
  if (request === undefined) throw new Error('nothing was sent');
  return { body: JSON.parse(request.body), headers: request.headers, url: request.url };
}

const turns = [
  { role: 'user', content: 'U' },
  { role: 'assistant', content: 'A' },
  { role: 'user', content: 'V' },
];
const system = { role: 'system', content: 'S' };
const overreach = { model: 'other', messages: [], input: [], contents: [], stream: false, temperature: 0.5 };

test('options go into the body, over our own fields except the model, the messages and stream', async () => {
  expect((await sent('openai', overreach)).body).toEqual({ ...overreach, model: 'the/model', input: [system, ...turns], stream: true });
  expect((await sent('openai-chat', overreach)).body).toEqual({
    ...overreach,
    model: 'the/model',
    messages: [system, ...turns],
    stream: true,
    stream_options: { include_usage: true },
  });
  expect((await sent('anthropic', { ...overreach, max_tokens: 7 })).body).toEqual({
    ...overreach,
    model: 'the/model',
    system: 'S',
    messages: turns,
    stream: true,
    max_tokens: 7,
  });
  expect((await sent('ollama', overreach)).body).toEqual({ ...overreach, model: 'the/model', messages: [system, ...turns], stream: true });
  const gemini = await sent('gemini', { contents: [], generationConfig: { temperature: 0.5 } });
  expect(gemini.url).toBe('/v1/the/model:streamGenerateContent?alt=sse');
  expect(gemini.body).toEqual({
    contents: [
      { role: 'user', parts: [{ text: 'U' }] },
      { role: 'model', parts: [{ text: 'A' }] },
      { role: 'user', parts: [{ text: 'V' }] },
    ],
    systemInstruction: { parts: [{ text: 'S' }] },
    generationConfig: { temperature: 0.5 },
  });
});

test('stream_options: null leaves the field out', async () => {
  expect((await sent('openai-chat', { stream_options: null })).body).not.toHaveProperty('stream_options');
});

test('an option named __proto__ is a field like any other', async () => {
  const { body } = await sent('openai-chat', JSON.parse('{"__proto__":{"model":"other"}}'));
  expect(Object.hasOwn(body as object, '__proto__')).toBe(true);
  expect(body).toHaveProperty('model', 'the/model');
});

test('without a key no credentials are sent', async () => {
  expect((await sent('openai-chat', {}, '')).headers).not.toHaveProperty('authorization');
});

test.each([
  ['a base URL without a scheme', { baseURL: 'api.example.com/v1' }, 'OPENAI_BASE_URL'],
  ['a base URL of another scheme', { baseURL: 'file:///etc/passwd' }, 'OPENAI_BASE_URL'],
  ['a base URL with a password', { baseURL: 'https://me:hunter2@example.com/v1' }, 'OPENAI_BASE_URL'],
  ['a key no header can carry', { apiKey: 'hunter2\nx: y' }, 'OPENAI_API_KEY'],
  ['a timeout of zero', { apiKey: 'k', idleTimeoutMs: 0 }, 'idleTimeoutMs'],
])('%s is bad_option, named and not repeated', (_, options, name) => {
  expect(() => createOpenAI(options)).toThrow(expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(name) }));
  expect(() => createOpenAI(options)).not.toThrow(/hunter2|passwd/);
});

test('a newline behind the key, as files have it, is taken off', () => {
  expect(createAnthropic({ apiKey: 'k\n' }).unavailable).toBeUndefined();
});

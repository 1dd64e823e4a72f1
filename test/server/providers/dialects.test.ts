import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { FoldedPart, StreamEvent } from '../../../src/wire/index.ts';
import { type ReplayDialect, startReplay } from '../../support/replay.ts';
import { brokenRule, fold, generate, outcome, providerAt } from './reading.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/providers');
const family = '👨‍👩‍👧‍👦';

async function events(dialect: ReplayDialect, source: string | readonly object[]): Promise<StreamEvent[]> {
  const lines = typeof source === 'string' ? { file: join(fixtures, source) } : { lines: source.map((line) => JSON.stringify(line)) };
  const replay = await startReplay({ dialect, cutSeed: 7, ...lines });
  onTestFinished(() => replay.close());
  const read = await generate(providerAt(dialect, replay.url));
  expect(brokenRule(read)).toBeUndefined();
  return read;
}

async function parts(dialect: ReplayDialect, source: string | readonly object[]): Promise<FoldedPart[]> {
  return fold(await events(dialect, source)).parts;
}

test('anthropic: thinking, a server tool with its result, text blocks, a citation, calls with and without arguments', async () => {
  const read = await events('anthropic', 'anthropic.everything.jsonl');
  const folded = fold(read);
  expect(folded.parts).toMatchObject([
    { type: 'reasoning', text: 'Überlegen wir: 二つ。' },
    {
      type: 'tool',
      part: 'srvtoolu_1',
      name: 'web_search',
      executedBy: 'provider',
      args: '{"query":"café"}',
      result: [{ title: 'Café', url: 'https://example.com/café' }],
    },
    { type: 'text', text: `Hello ${family} مرحبا` },
    { type: 'source', url: 'https://example.com/café', title: 'Café', quote: 'the café' },
    { type: 'text', text: ', cited.' },
    { type: 'tool', part: 'toolu_1', name: 'weather', executedBy: 'client', args: '{"city": "Zürich"}' },
    { type: 'tool', part: 'toolu_2', name: 'now', executedBy: 'client', args: '{}' },
  ]);
  expect(new Set(folded.parts.map(({ part }) => part)).size).toBe(folded.parts.length);
  expect(folded).toMatchObject({
    provider: 'anthropic',
    model: 'claude-test-1',
    finishReason: 'tool-calls',
    usage: { inputTokens: 132, outputTokens: 89, reasoningTokens: 33, cachedInputTokens: 100 },
  });
  expect(read.filter(({ type }) => type === 'tool-args').length).toBe(5);
});

test('anthropic: a server tool that failed', async () => {
  const folded = fold(await events('anthropic', 'anthropic.search-failed.jsonl'));
  expect(folded.parts[0]).toMatchObject({ type: 'tool', args: '{}', isError: true, result: { error_code: 'max_uses_exceeded' } });
  expect(folded.finishReason).toBe('length');
});

test('openai: summaries and content parts are parts of their own, its web search has a result, a citation is a source', async () => {
  const folded = fold(await events('openai', 'openai.everything.jsonl'));
  expect(folded.parts).toMatchObject([
    { type: 'reasoning', text: '**Plan** first' },
    { type: 'reasoning', text: 'then act' },
    {
      type: 'tool',
      part: 'ws_1',
      name: 'web_search',
      executedBy: 'provider',
      args: '{"type":"search","query":"über"}',
      result: { status: 'completed' },
    },
    { type: 'text', text: 'One 🎉, ' },
    { type: 'source', url: 'https://example.org/ü', title: 'Über' },
    { type: 'text', text: 'two 日本.' },
    { type: 'tool', part: 'call_1', name: 'add', executedBy: 'client', args: '{"a":1,"b":"é"}' },
  ]);
  expect(folded.finishReason).toBe('tool-calls');
  expect(folded.usage).toEqual({ inputTokens: 40, outputTokens: 70, reasoningTokens: 20, cachedInputTokens: 16 });
});

test('openai: cut short by its own limit', async () => {
  expect(fold(await events('openai', 'openai.incomplete.jsonl'))).toMatchObject({ status: 'done', finishReason: 'length' });
});

test('openai: an image, a custom tool, a remote MCP tool that failed, and text that came without deltas', async () => {
  const read = await parts('openai', [
    { type: 'response.created', response: { model: 'm' } },
    { type: 'response.output_item.added', item: { id: 'ct', call_id: 'c1', type: 'custom_tool_call', name: 'run', input: '' } },
    { type: 'response.custom_tool_call_input.delta', item_id: 'ct', delta: 'say "h' },
    { type: 'response.custom_tool_call_input.delta', item_id: 'ct', delta: 'i"\n' },
    { type: 'response.output_item.done', item: { id: 'ct', call_id: 'c1', type: 'custom_tool_call', name: 'run', input: 'say "hi"\n' } },
    { type: 'response.output_item.added', item: { id: 'mcp', type: 'mcp_call', name: 'ask', arguments: '' } },
    {
      type: 'response.output_item.done',
      item: { id: 'mcp', type: 'mcp_call', name: 'ask', arguments: '{"q":1}', error: 'no', output: null },
    },
    { type: 'response.output_text.done', item_id: 'm', content_index: 0, text: 'whole' },
    {
      type: 'response.output_item.done',
      item: { id: 'ig', type: 'image_generation_call', status: 'completed', result: 'AQID', output_format: 'webp' },
    },
    { type: 'response.completed', response: {} },
  ]);
  expect(read).toMatchObject([
    { type: 'tool', part: 'c1', args: JSON.stringify('say "hi"\n'), executedBy: 'client' },
    { type: 'tool', part: 'mcp', args: '{"q":1}', isError: true, result: { error: 'no' } },
    { type: 'text', text: 'whole' },
    { type: 'tool', part: 'ig', result: { status: 'completed' } },
    { type: 'file', mediaType: 'image/webp', bytes: Uint8Array.of(1, 2, 3) },
  ]);
});

test('openai-chat: two calls whose arguments interleave, and usage behind the finish reason', async () => {
  const folded = fold(await events('openai-chat', 'openai-chat.tools.jsonl'));
  expect(folded.parts).toMatchObject([
    { type: 'text', text: 'Let me see 🧑🏿‍🚀.' },
    { type: 'tool', part: 'call_a', args: '{"x":1}' },
    { type: 'tool', part: 'call_b', name: 'söme', args: '{"y":"é"}' },
  ]);
  expect(folded.finishReason).toBe('tool-calls');
  expect(folded.usage).toEqual({ inputTokens: 9, outputTokens: 12, reasoningTokens: 0, cachedInputTokens: 4 });
});

test('openai-chat: reasoning as Groq sends it, then text, cut by length', async () => {
  const folded = fold(await events('openai-chat', 'openai-chat.groq-reasoning.jsonl'));
  expect(folded.parts).toMatchObject([
    { type: 'reasoning', text: 'Think twice.' },
    { type: 'text', text: 'Done ✓' },
  ]);
  expect(folded.finishReason).toBe('length');
});

test('openai-chat: servers that give calls no id, one index for all, or the name late', async () => {
  const call = (tool: object): object => ({ choices: [{ index: 0, delta: { tool_calls: [tool] } }] });
  const read = await parts('openai-chat', [
    call({ function: { name: 'a', arguments: '{}' } }),
    call({ index: 1, id: 'x', function: { arguments: '{"late":' } }),
    call({ index: 1, function: { name: 'b', arguments: 'true}' } }),
    call({ index: 2, id: 'y', function: { name: 'c', arguments: '' } }),
    call({ index: 2, id: 'z', function: { name: 'd', arguments: '{}' } }),
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ]);
  expect(read.map((part) => (part.type === 'tool' ? [part.name, part.args] : part))).toEqual([
    ['a', '{}'],
    ['b', '{"late":true}'],
    ['c', '{}'],
    ['d', '{}'],
  ]);
  expect(new Set(read.map(({ part }) => part)).size).toBe(4);
});

test('openai-chat: a refusal is data and not text; other choices are left out', async () => {
  const read = await events('openai-chat', [
    { model: 'm', choices: [{ index: 0, delta: { refusal: 'I ' } }] },
    { choices: [{ index: 1, delta: { content: 'other' } }] },
    { choices: [{ index: 0, delta: { refusal: "can't." }, finish_reason: 'content_filter' }] },
  ]);
  expect(read.slice(1)).toEqual([
    { type: 'data', name: 'refusal', value: "I can't." },
    { type: 'finish', reason: 'content-filter' },
  ]);
});

test('[SQ3] a surrogate pair whose halves come in two deltas is put together; half a pair becomes U+FFFD', async () => {
  const read = await parts('openai-chat', [
    { choices: [{ index: 0, delta: { content: 'a\ud83c' } }] },
    { choices: [{ index: 0, delta: { content: '\udf89b\ud83c' } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ]);
  expect(read).toMatchObject([{ type: 'text', text: 'a🎉b\ufffd' }]);
});

test('[SQ4] text that goes on after reasoning goes on in a part of its own', async () => {
  const delta = (delta: object, finish_reason: string | null = null): object => ({ choices: [{ index: 0, delta, finish_reason }] });
  const read = await parts('openai-chat', [delta({ content: 'A' }), delta({ reasoning: 'R' }), delta({ content: 'B' }), delta({}, 'stop')]);
  expect(read.map(({ type }) => type)).toEqual(['text', 'reasoning', 'text']);
});

test('gemini: thoughts, code with its result, sources once, calls without ids, an inline image', async () => {
  const folded = fold(await events('gemini', 'gemini.everything.jsonl'));
  expect(folded.parts).toMatchObject([
    { type: 'reasoning', text: 'Ich denke… fertig.' },
    { type: 'text', text: `Answer ${family} 日本` },
    { type: 'tool', name: 'code_execution', executedBy: 'provider', result: { outcome: 'OUTCOME_OK', output: '1\n' } },
    { type: 'text', text: ' end.' },
    { type: 'source', url: 'https://example.com/g', title: 'G' },
    { type: 'tool', name: 'weather', executedBy: 'client', args: '{"city":"Zürich"}' },
    { type: 'tool', name: 'weather', executedBy: 'client', args: '{"city":"Köln"}' },
    { type: 'file', mediaType: 'image/png', bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  ]);
  expect(folded.finishReason).toBe('tool-calls');
  expect(folded.usage).toEqual({ inputTokens: 9, outputTokens: 55, reasoningTokens: 31 });
});

test('gemini: a tool of its own with its response', async () => {
  const part = (part: object, finishReason?: string): object => ({ candidates: [{ content: { parts: [part] }, finishReason }] });
  const folded = fold(
    await events('gemini', [
      part({ toolCall: { id: 'x1', toolType: 'GOOGLE_SEARCH', args: { queries: ['q'] } } }),
      part({ toolResponse: { id: 'x1', toolType: 'GOOGLE_SEARCH', response: { hits: 1 } } }),
      part({ text: 'done' }, 'STOP'),
    ]),
  );
  expect(folded.parts[0]).toEqual({
    type: 'tool',
    part: 'x1',
    name: 'google_search',
    executedBy: 'provider',
    args: '{"queries":["q"]}',
    result: { hits: 1 },
  });
  expect(folded.finishReason).toBe('stop');
});

test('gemini: a blocked prompt', async () => {
  expect(fold(await events('gemini', 'gemini.blocked.jsonl'))).toMatchObject({ status: 'done', finishReason: 'content-filter', parts: [] });
});

test('ollama: thinking, text, calls and counts', async () => {
  const folded = fold(await events('ollama', 'ollama.everything.jsonl'));
  expect(outcome(folded)).toEqual({
    text: `Grüße ${family}!`,
    reasoning: 'Hmm ja.',
    tools: [
      { name: 'weather', args: { city: '東京' } },
      { name: 'now', args: {} },
    ],
    inputTokens: 26,
    outputTokens: 290,
  });
  expect(folded).toMatchObject({ provider: 'ollama', model: 'llama-test', finishReason: 'tool-calls' });
});

test('ollama: a line without its newline at the end still counts', async () => {
  const replay = await startReplay({ dialect: 'ollama', body: '{"message":{"content":"x"},"done":true,"done_reason":"length"}' });
  onTestFinished(() => replay.close());
  expect(fold(await generate(providerAt('ollama', replay.url)))).toMatchObject({ status: 'done', finishReason: 'length', model: 'm' });
});

test('payloads of no known meaning, and keys named after prototypes, change nothing', async () => {
  const lines = [
    '{"__proto__":{"type":"error"},"choices":null}',
    '{"constructor":1,"choices":[{"delta":{"content":"ok","tool_calls":[null,7]},"finish_reason":"stop"}]}',
  ];
  const replay = await startReplay({ dialect: 'openai-chat', lines });
  onTestFinished(() => replay.close());
  const folded = fold(await generate(providerAt('openai-chat', replay.url)));
  expect(outcome(folded).text).toBe('ok');
  expect(folded.status).toBe('done');
});

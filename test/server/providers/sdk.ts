import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import type { ReplayDialect } from '../../support/replay.ts';

/** What an answer amounts to, in the terms of the fold. */
export interface Outcome {
  readonly text: string;
  /** `undefined` where the SDK does not show it. */
  readonly reasoning: string | undefined;
  /** Calls in order, their arguments parsed. */
  readonly tools: readonly { readonly name: string; readonly args: unknown }[];
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

const prompt = 'Hello?';

/** Reads the server's answer with the provider's official SDK. */
export async function readWithSdk(dialect: Exclude<ReplayDialect, 'ollama'>, baseURL: string): Promise<Outcome> {
  switch (dialect) {
    case 'openai':
      return await responses(new OpenAI({ apiKey: 'test', baseURL, maxRetries: 0 }));
    case 'openai-chat':
      return await chat(new OpenAI({ apiKey: 'test', baseURL, maxRetries: 0 }));
    case 'anthropic':
      return await messages(new Anthropic({ apiKey: 'test', baseURL, maxRetries: 0 }));
    case 'gemini':
      return await content(new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: baseURL } }));
  }
}

function parse(args: string): unknown {
  return args === '' ? {} : JSON.parse(args);
}

/** From the finished responses, not from the deltas; a recording may hold several, one behind the other. */
async function responses(client: OpenAI): Promise<Outcome> {
  const finished: OpenAI.Responses.Response[] = [];
  for await (const event of await client.responses.create({ model: 'm', input: prompt, stream: true })) {
    if (event.type === 'response.completed' || event.type === 'response.incomplete') finished.push(event.response);
  }
  const items = finished.flatMap((response) => response.output);
  const last = finished.at(-1);
  return {
    text: items
      .flatMap((item) => (item.type === 'message' ? item.content : []))
      .map((part) => (part.type === 'output_text' ? part.text : ''))
      .join(''),
    reasoning: items
      .flatMap((item) => (item.type === 'reasoning' ? item.summary : []))
      .map((part) => part.text)
      .join(''),
    tools: items.flatMap((item): { name: string; args: unknown }[] => {
      if (item.type === 'function_call') return [{ name: item.name, args: parse(item.arguments) }];
      return item.type === 'web_search_call' ? [{ name: 'web_search', args: item.action }] : [];
    }),
    inputTokens: last?.usage?.input_tokens,
    outputTokens: last?.usage?.output_tokens,
  };
}

interface CompatibleDelta {
  readonly content?:
    | string
    | null
    | readonly { readonly type: string; readonly text?: string; readonly thinking?: readonly { readonly text: string }[] }[];
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
}

async function chat(client: OpenAI): Promise<Outcome> {
  const request = { model: 'm', messages: [{ role: 'user' as const, content: prompt }] };
  let content = '';
  let reasoning = '';
  let usage: OpenAI.CompletionUsage | null | undefined;
  let chunked = false;
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    const delta = (chunk.choices[0]?.delta ?? {}) as CompatibleDelta;
    reasoning += delta.reasoning_content ?? delta.reasoning ?? '';
    if (typeof delta.content === 'string') content += delta.content;
    else if (delta.content) {
      chunked = true;
      for (const part of delta.content) {
        content += part.text ?? '';
        reasoning += part.thinking?.map(({ text }) => text).join('') ?? '';
      }
    }
    usage = chunk.usage ?? usage;
  }
  // The SDK's own accumulation takes string contents only.
  const message = chunked ? undefined : (await client.chat.completions.stream(request).finalChatCompletion()).choices[0]?.message;
  const reasoningTokens = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
  const beside = usage?.total_tokens === (usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0) + reasoningTokens;
  return {
    text: chunked ? content : (message?.content ?? ''),
    reasoning,
    tools: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? [{ name: call.function.name, args: parse(call.function.arguments) }] : [],
    ),
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage === null || usage === undefined ? undefined : usage.completion_tokens + (beside ? reasoningTokens : 0),
  };
}

async function messages(client: Anthropic): Promise<Outcome> {
  const message = await client.messages
    .stream({ model: 'm', max_tokens: 10, messages: [{ role: 'user', content: prompt }] })
    .finalMessage();
  const { usage } = message;
  return {
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: message.content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    tools: message.content.flatMap((block) =>
      block.type === 'tool_use' || block.type === 'server_tool_use' ? [{ name: block.name, args: block.input }] : [],
    ),
    inputTokens: usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0),
    outputTokens: usage.output_tokens,
  };
}

async function content(client: GoogleGenAI): Promise<Outcome> {
  let text = '';
  let reasoning = '';
  const tools: { name: string; args: unknown }[] = [];
  let inputTokens: number | undefined;
  let outputTokens: number | undefined;
  for await (const chunk of await client.models.generateContentStream({ model: 'm', contents: prompt })) {
    text += chunk.text ?? '';
    for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
      if (part.thought === true) reasoning += part.text ?? '';
      if (part.executableCode) tools.push({ name: 'code_execution', args: { ...part.executableCode } });
      if (part.functionCall) tools.push({ name: part.functionCall.name ?? '', args: part.functionCall.args });
    }
    const usage = chunk.usageMetadata;
    if (usage === undefined) continue;
    inputTokens = usage.promptTokenCount ?? 0;
    outputTokens = (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0);
  }
  return { text, reasoning, tools, inputTokens, outputTokens };
}

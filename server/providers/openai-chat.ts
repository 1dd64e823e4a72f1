import type { FinishEvent, Json } from '../../src/wire/index.ts';
import { failure, payloadFailure } from './failure.ts';
import { createHttpProvider, type Dialect, type HttpOptions } from './http.ts';
import { count, type JsonObject, list, object, string } from './json.ts';
import type { Provider } from './provider.ts';
import type { EventWriter } from './writer.ts';

/**
 * Chat Completions and what is compatible with it. Reasoning is taken as DeepSeek and xAI send it (`reasoning_content`),
 * as Groq and OpenRouter do (`reasoning`), and as Mistral does (`thinking` chunks of the content). Only the first choice is read.
 * A refusal becomes `data` named `refusal`. The option `stream_options: null` leaves that field out, for servers that refuse it.
 * @throws {StreamError} `bad_option`
 */
export function createOpenAIChat(options: HttpOptions = {}): Provider {
  return createHttpProvider(openAIChat, options, 'https://api.openai.com/v1');
}

const openAIChat: Dialect = {
  name: 'openai-chat',
  title: 'The Chat Completions API',
  keyVariable: 'OPENAI_API_KEY',
  urlVariable: 'OPENAI_BASE_URL',
  framing: 'sse',
  doneEnds: true,
  path: () => '/chat/completions',
  headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  body: (model, messages) => ({
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
  }),
  fixed: ['model', 'messages', 'stream'],
  optional: ['stream_options'],
  reader: readChat,
};

interface Call {
  id: string;
  part: string | undefined;
  /** Arguments that came before the name. */
  early: string;
}

function readChat(writer: EventWriter): (payload: JsonObject) => void {
  const calls = new Map<number, Call>();
  const refusal: string[] = [];
  return (payload) => {
    const error = payload['error'];
    if (error !== undefined && error !== null) {
      writer.fail(payloadFailure(openAIChat, object(error) ?? payload));
      return;
    }
    const model = string(payload['model']);
    if (model !== '') writer.start(model);
    for (const value of list(payload['choices'])) {
      const choice = object(value);
      if (choice === undefined || count(choice['index']) !== 0) continue;
      const delta = object(choice['delta']) ?? {};
      writer.reasoning('reasoning', string(delta['reasoning_content']) || string(delta['reasoning']));
      readContent(writer, delta['content']);
      if (typeof delta['refusal'] === 'string') refusal.push(delta['refusal']);
      for (const call of list(delta['tool_calls'])) readCall(writer, calls, object(call) ?? {});
      for (const annotation of list(delta['annotations'])) readCitation(writer, object(annotation));
      finish(writer, choice, refusal);
    }
    for (const citation of list(payload['citations'])) writer.source(string(citation));
    readUsage(writer, object(payload['usage']) ?? object(object(payload['x_groq'])?.['usage']));
  };
}

function readContent(writer: EventWriter, content: Json | undefined): void {
  if (typeof content === 'string') writer.text('content', content);
  for (const value of list(content)) {
    const chunk = object(value);
    if (chunk?.['type'] === 'text') writer.text('content', string(chunk['text']));
    if (chunk?.['type'] !== 'thinking') continue;
    for (const thought of list(chunk['thinking'])) writer.reasoning('thinking', string(object(thought)?.['text']));
  }
}

/** The first delta of a call has its id and name, the others only its index. A new id on a used index is a new call. */
function readCall(writer: EventWriter, calls: Map<number, Call>, delta: JsonObject): void {
  const index = count(delta['index']);
  const id = string(delta['id']);
  const made = object(delta['function']) ?? {};
  let call = calls.get(index);
  if (call === undefined || (id !== '' && call.id !== '' && id !== call.id)) {
    call = { id, part: undefined, early: '' };
    calls.set(index, call);
  }
  const name = string(made['name']);
  if (call.part === undefined && name !== '') {
    call.part = writer.toolCall(id || call.id, name, 'client');
    writer.toolArgs(call.part, call.early);
  }
  const args = string(made['arguments']);
  if (call.part === undefined) call.early += args;
  else writer.toolArgs(call.part, args);
}

function readCitation(writer: EventWriter, annotation: JsonObject | undefined): void {
  const citation = object(annotation?.['url_citation']);
  writer.source(string(citation?.['url']), string(citation?.['title']));
}

const reasons: ReadonlyMap<string, FinishEvent['reason']> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
]);

function finish(writer: EventWriter, choice: JsonObject, refusal: string[]): void {
  const reason = string(choice['finish_reason']);
  if (reason === '') return;
  if (refusal.length > 0) writer.data('refusal', refusal.splice(0).join(''));
  if (reason === 'error' || reason === 'insufficient_system_resource') {
    writer.fail(failure('upstream_failed', `${openAIChat.title} failed in the answer (${reason}). What came is kept; try again.`));
  } else writer.finish(reasons.get(reason) ?? 'other');
}

function readUsage(writer: EventWriter, usage: JsonObject | undefined): void {
  if (usage === undefined) return;
  const inputTokens = count(usage['prompt_tokens']);
  const completionTokens = count(usage['completion_tokens']);
  const details = object(usage['completion_tokens_details']);
  const reasoningTokens = count(details?.['reasoning_tokens']);
  const cached = object(usage['prompt_tokens_details'])?.['cached_tokens'] ?? usage['prompt_cache_hit_tokens'];
  // xAI counts reasoning beside the completion, everybody else inside; the total tells.
  const beside = count(usage['total_tokens']) === inputTokens + completionTokens + reasoningTokens;
  writer.usage({
    inputTokens,
    outputTokens: beside ? completionTokens + reasoningTokens : completionTokens,
    ...(details === undefined ? {} : { reasoningTokens }),
    ...(cached === undefined ? {} : { cachedInputTokens: count(cached) }),
  });
}

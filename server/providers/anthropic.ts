import type { FinishEvent } from '../../src/wire/index.ts';
import { payloadFailure } from './failure.ts';
import { createHttpProvider, type Dialect, type HttpOptions } from './http.ts';
import { count, type JsonObject, object, string } from './json.ts';
import type { Provider } from './provider.ts';
import type { EventWriter } from './writer.ts';

/**
 * The Messages API, version 2026-10-21: text, thinking, tools, server tools with their results, citations that have an address.
 * `max_tokens`, which the API demands, is 8192 unless the options say otherwise.
 * @throws {StreamError} `bad_option`
 */
export function createAnthropic(options: HttpOptions = {}): Provider {
  return createHttpProvider(anthropic, options, 'https://api.anthropic.com');
}

const anthropic: Dialect = {
  name: 'anthropic',
  title: 'Anthropic',
  keyVariable: 'ANTHROPIC_API_KEY',
  urlVariable: 'ANTHROPIC_BASE_URL',
  framing: 'sse',
  path: () => '/v1/messages',
  headers: (apiKey) => ({ 'x-api-key': apiKey, 'anthropic-version': '2026-10-21' }),
  body: (model, messages) => {
    const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
    return {
      model,
      max_tokens: 8192,
      ...(system.length === 0 ? {} : { system: system.join('\n\n') }),
      messages: messages.filter(({ role }) => role !== 'system').map(({ role, content }) => ({ role, content })),
      stream: true,
    };
  },
  fixed: ['model', 'messages', 'system', 'stream'],
  reader: readMessages,
};

function readMessages(writer: EventWriter): (payload: JsonObject) => void {
  const calls = new Map<number, string>();
  const callsById = new Map<string, string>();
  // A field that message_delta leaves out keeps its value of message_start.
  let usage: JsonObject = {};

  const readUsage = (update: JsonObject | undefined): void => {
    if (update === undefined) return;
    usage = { ...usage, ...Object.fromEntries(Object.entries(update).filter(([, value]) => value !== null)) };
    const cachedInputTokens = count(usage['cache_read_input_tokens']);
    const inputTokens = count(usage['input_tokens']) + count(usage['cache_creation_input_tokens']) + cachedInputTokens;
    const thinking = object(usage['output_tokens_details'])?.['thinking_tokens'];
    writer.usage({
      inputTokens,
      outputTokens: count(usage['output_tokens']),
      ...(thinking === undefined ? {} : { reasoningTokens: count(thinking) }),
      cachedInputTokens,
    });
  };

  const openBlock = (index: number, block: JsonObject): void => {
    const type = string(block['type']);
    if (type === 'text') writer.text(index, string(block['text']));
    else if (type === 'thinking') writer.reasoning(index, string(block['thinking']));
    else if (type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use') {
      const id = string(block['id']);
      const part = writer.toolCall(id, string(block['name']), type === 'tool_use' ? 'client' : 'provider');
      calls.set(index, part);
      callsById.set(id, part);
      const input = object(block['input']);
      if (input !== undefined && Object.keys(input).length > 0) writer.toolArgs(part, JSON.stringify(input));
    } else if (type.endsWith('_tool_result')) {
      const content = block['content'] ?? null;
      const failed = block['is_error'] === true || string(object(content)?.['type']).endsWith('_error');
      writer.toolResult(callsById.get(string(block['tool_use_id'])) ?? '', content, failed);
    }
  };

  const readDelta = (index: number, delta: JsonObject): void => {
    switch (delta['type']) {
      case 'text_delta':
        writer.text(index, string(delta['text']));
        break;
      case 'thinking_delta':
        writer.reasoning(index, string(delta['thinking']));
        break;
      case 'input_json_delta':
        writer.toolArgs(calls.get(index) ?? '', string(delta['partial_json']));
        break;
      case 'citations_delta': {
        const citation = object(delta['citation']);
        const quote = string(citation?.['cited_text']);
        writer.source(string(citation?.['url']), string(citation?.['title']), quote);
        break;
      }
    }
  };

  return (payload) => {
    const index = count(payload['index']);
    switch (payload['type']) {
      case 'message_start': {
        const message = object(payload['message']);
        writer.start(string(message?.['model']));
        return readUsage(object(message?.['usage']));
      }
      case 'content_block_start':
        return openBlock(index, object(payload['content_block']) ?? {});
      case 'content_block_delta':
        return readDelta(index, object(payload['delta']) ?? {});
      case 'content_block_stop':
        return writer.toolArgsEnd(calls.get(index) ?? '');
      case 'message_delta': {
        readUsage(object(payload['usage']));
        const reason = string(object(payload['delta'])?.['stop_reason']);
        if (reason !== '') writer.finish(reasons.get(reason) ?? 'other');
        return;
      }
      case 'message_stop':
        if (!writer.ending) writer.finish('other');
        return writer.close();
      case 'error':
        return writer.fail(payloadFailure(anthropic, object(payload['error']) ?? {}));
    }
  };
}

const reasons: ReadonlyMap<string, FinishEvent['reason']> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
]);

import type { FinishEvent } from '../../src/wire/index.ts';
import { payloadFailure } from './failure.ts';
import { createHttpProvider, type Dialect, type HttpOptions } from './http.ts';
import { count, type JsonObject, object, string } from './json.ts';
import { createItems } from './openai-items.ts';
import { keptAgain, keptResponse } from './openai-kept.ts';
import type { Provider } from './provider.ts';
import type { EventWriter } from './writer.ts';

/**
 * The Responses API: text, reasoning and its summaries, function calls, OpenAI's own tools with their results, citations,
 * generated images. A refusal becomes `data` named `refusal`. Messages are sent as `input`. An answer asked for with the option
 * `background: true` is read on where its connection broke off, and ended at OpenAI when it is stopped.
 * @throws {StreamError} `bad_option`
 */
export function createOpenAI(options: HttpOptions = {}): Provider {
  return createHttpProvider(openAI, options, 'https://api.openai.com/v1');
}

const openAI: Dialect = {
  name: 'openai',
  title: 'OpenAI',
  keyVariable: 'OPENAI_API_KEY',
  urlVariable: 'OPENAI_BASE_URL',
  framing: 'sse',
  path: () => '/responses',
  headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  body: (model, messages) => ({ model, input: messages.map(({ role, content }) => ({ role, content })), stream: true }),
  fixed: ['model', 'input', 'stream'],
  reader: readResponse,
  kept: keptResponse,
  keptAgain,
};

function readResponse(writer: EventWriter): (payload: JsonObject) => void {
  const items = createItems(writer);
  // Blocks whose deltas came: their `done` repeats the whole.
  const streamed = new Set<string>();

  const piece = (kind: 'text' | 'reasoning', payload: JsonObject, part: string): void => {
    const key = `${string(payload['item_id'])}:${part}`;
    const delta = payload['delta'];
    if (typeof delta === 'string') {
      streamed.add(key);
      writer[kind](key, delta);
    } else if (!streamed.has(key)) writer[kind](key, string(payload['text']));
  };

  return (payload) => {
    const type = string(payload['type']);
    const item = object(payload['item']);
    const id = string(payload['item_id']);
    switch (type) {
      case 'response.created':
        return writer.start(string(object(payload['response'])?.['model']));
      case 'response.output_text.delta':
      case 'response.output_text.done':
        return piece('text', payload, `${count(payload['content_index'])}`);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_summary_text.done':
        return piece('reasoning', payload, `summary${count(payload['summary_index'])}`);
      case 'response.reasoning_text.delta':
      case 'response.reasoning_text.done':
        return piece('reasoning', payload, `${count(payload['content_index'])}`);
      case 'response.output_text.annotation.added': {
        const annotation = object(payload['annotation']);
        return writer.source(string(annotation?.['url']), string(annotation?.['title']));
      }
      case 'response.refusal.done':
        return writer.data('refusal', string(payload['refusal']));
      case 'response.output_item.added':
        return items.open(item ?? {});
      case 'response.output_item.done':
        return items.close(item ?? {});
      case 'response.function_call_arguments.delta':
      case 'response.mcp_call_arguments.delta':
        return items.args(id, string(payload['delta']));
      case 'response.custom_tool_call_input.delta':
        return items.input(id, string(payload['delta']));
      case 'response.completed':
      case 'response.incomplete':
        return finish(writer, object(payload['response']) ?? {});
      case 'response.failed':
        return writer.fail(payloadFailure(openAI, object(object(payload['response'])?.['error']) ?? {}));
      case 'error':
        return writer.fail(payloadFailure(openAI, object(payload['error']) ?? payload));
    }
  };
}

function finish(writer: EventWriter, response: JsonObject): void {
  const usage = object(response['usage']);
  if (usage !== undefined) {
    writer.usage({
      inputTokens: count(usage['input_tokens']),
      outputTokens: count(usage['output_tokens']),
      reasoningTokens: count(object(usage['output_tokens_details'])?.['reasoning_tokens']),
      cachedInputTokens: count(object(usage['input_tokens_details'])?.['cached_tokens']),
    });
  }
  // Not closed: a gateway that runs tools by itself sends one response behind the other.
  const incomplete = string(object(response['incomplete_details'])?.['reason']);
  writer.finish(incomplete === '' ? 'stop' : (reasons.get(incomplete) ?? 'other'));
}

const reasons: ReadonlyMap<string, FinishEvent['reason']> = new Map([
  ['max_output_tokens', 'length'],
  ['max_tokens', 'length'],
  ['content_filter', 'content-filter'],
]);

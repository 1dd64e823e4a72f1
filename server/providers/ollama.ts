import { payloadFailure } from './failure.ts';
import { createHttpProvider, type Dialect, type HttpOptions } from './http.ts';
import { count, type JsonObject, list, object, string } from './json.ts';
import type { Provider } from './provider.ts';
import type { EventWriter } from './writer.ts';

/**
 * Ollama's `/api/chat`, one JSON object a line. Options are fields of the request: `think`, `tools`, and `options` for the model's own.
 * There is no default address: `http://127.0.0.1:11434` is where Ollama usually listens.
 * @throws {StreamError} `bad_option`
 */
export function createOllama(options: HttpOptions = {}): Provider {
  return createHttpProvider(ollama, options, undefined);
}

const ollama: Dialect = {
  name: 'ollama',
  title: 'Ollama',
  keyVariable: undefined,
  urlVariable: 'OLLAMA_BASE_URL',
  framing: 'ndjson',
  path: () => '/api/chat',
  headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  body: (model, messages) => ({ model, messages: messages.map(({ role, content }) => ({ role, content })), stream: true }),
  fixed: ['model', 'messages', 'stream'],
  reader: readLines,
};

function readLines(writer: EventWriter): (payload: JsonObject) => void {
  return (payload) => {
    if (payload['error'] !== undefined) return writer.fail(payloadFailure(ollama, object(payload['error']) ?? {}));
    const model = string(payload['model']);
    if (model !== '') writer.start(model);
    const message = object(payload['message']);
    writer.reasoning('thinking', string(message?.['thinking']));
    writer.text('content', string(message?.['content']));
    for (const value of list(message?.['tool_calls'])) {
      const call = object(value);
      const made = object(call?.['function']);
      const part = writer.toolCall(string(call?.['id']), string(made?.['name']), 'client');
      writer.toolArgs(part, JSON.stringify(made?.['arguments'] ?? {}));
    }
    if (payload['done'] !== true) return;
    writer.usage({ inputTokens: count(payload['prompt_eval_count']), outputTokens: count(payload['eval_count']) });
    const reason = string(payload['done_reason']);
    writer.finish(reason === 'stop' || reason === '' ? 'stop' : reason === 'length' ? 'length' : 'other');
    writer.close();
  };
}

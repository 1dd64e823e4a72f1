import type { FinishEvent } from '../../src/wire/index.ts';
import { payloadFailure } from './failure.ts';
import { createHttpProvider, type Dialect, type HttpOptions } from './http.ts';
import { count, type JsonObject, list, object, string } from './json.ts';
import type { Provider } from './provider.ts';
import type { EventWriter } from './writer.ts';

/**
 * The Gemini API's `streamGenerateContent` (v1): text, thoughts, function calls, code execution, inline files, grounding sources.
 * Only the first candidate is read. Options are fields of the request, e.g. `generationConfig`.
 * @throws {StreamError} `bad_option`
 */
export function createGemini(options: HttpOptions = {}): Provider {
  return createHttpProvider(gemini, options, 'https://generativelanguage.googleapis.com');
}

const gemini: Dialect = {
  name: 'gemini',
  title: 'Gemini',
  keyVariable: 'GEMINI_API_KEY',
  urlVariable: 'GEMINI_BASE_URL',
  framing: 'sse',
  path: (model) => {
    const name = model.split('/').map(encodeURIComponent).join('/');
    return `/v1/${name.includes('/') ? name : `models/${name}`}:streamGenerateContent?alt=sse`;
  },
  headers: (apiKey) => ({ 'x-goog-api-key': apiKey }),
  body: (_model, messages) => {
    const system = messages.filter(({ role }) => role === 'system');
    return {
      contents: messages
        .filter(({ role }) => role !== 'system')
        .map(({ role, content }) => ({ role: role === 'assistant' ? 'model' : 'user', parts: [{ text: content }] })),
      ...(system.length === 0 ? {} : { systemInstruction: { parts: system.map(({ content }) => ({ text: content })) } }),
    };
  },
  fixed: ['contents', 'systemInstruction'],
  reader: readCandidates,
};

function readCandidates(writer: EventWriter): (payload: JsonObject) => void {
  let execution = '';
  const serverCalls = new Map<string, string>();

  const readPart = (part: JsonObject): void => {
    const text = string(part['text']);
    if (part['thought'] === true) writer.reasoning('thought', text);
    else writer.text('text', text);
    const call = object(part['functionCall']);
    if (call !== undefined) {
      const made = writer.toolCall(string(call['id']), string(call['name']), 'client');
      writer.toolArgs(made, JSON.stringify(call['args'] ?? {}));
    }
    const code = object(part['executableCode']);
    if (code !== undefined) {
      execution = writer.toolCall('', 'code_execution', 'provider');
      writer.toolArgs(execution, JSON.stringify(code));
    }
    const result = object(part['codeExecutionResult']);
    if (result !== undefined) writer.toolResult(execution, result, result['outcome'] !== 'OUTCOME_OK');
    const serverCall = object(part['toolCall']);
    if (serverCall !== undefined) {
      const made = writer.toolCall(string(serverCall['id']), string(serverCall['toolType']).toLowerCase(), 'provider');
      serverCalls.set(string(serverCall['id']), made);
      writer.toolArgs(made, JSON.stringify(serverCall['args'] ?? {}));
    }
    const response = object(part['toolResponse']);
    if (response !== undefined) writer.toolResult(serverCalls.get(string(response['id'])) ?? '', response['response'] ?? null);
    readFile(writer, part);
  };

  return (payload) => {
    const error = object(payload['error']);
    if (error !== undefined) return writer.fail(payloadFailure(gemini, error));
    const model = string(payload['modelVersion']);
    if (model !== '') writer.start(model);
    const candidate = object(list(payload['candidates'])[0]);
    for (const part of list(object(candidate?.['content'])?.['parts'])) readPart(object(part) ?? {});
    for (const chunk of list(object(candidate?.['groundingMetadata'])?.['groundingChunks'])) {
      const web = object(object(chunk)?.['web']);
      writer.source(string(web?.['uri']), string(web?.['title']));
    }
    readUsage(writer, object(payload['usageMetadata']));
    const reason = string(candidate?.['finishReason']);
    if (reason !== '') writer.finish(reasons.get(reason) ?? 'other');
    if (string(object(payload['promptFeedback'])?.['blockReason']) !== '') writer.finish('content-filter');
  };
}

function readFile(writer: EventWriter, part: JsonObject): void {
  const inline = object(part['inlineData']);
  if (inline !== undefined)
    writer.file(string(inline['mimeType']), { bytes: Uint8Array.from(Buffer.from(string(inline['data']), 'base64')) });
  const stored = object(part['fileData']);
  if (stored !== undefined) writer.file(string(stored['mimeType']), { url: string(stored['fileUri']) });
}

function readUsage(writer: EventWriter, usage: JsonObject | undefined): void {
  if (usage === undefined) return;
  const thoughts = usage['thoughtsTokenCount'];
  const cached = usage['cachedContentTokenCount'];
  writer.usage({
    inputTokens: count(usage['promptTokenCount']) + count(usage['toolUsePromptTokenCount']),
    outputTokens: count(usage['candidatesTokenCount']) + count(thoughts),
    ...(thoughts === undefined ? {} : { reasoningTokens: count(thoughts) }),
    ...(cached === undefined ? {} : { cachedInputTokens: count(cached) }),
  });
}

const reasons: ReadonlyMap<string, FinishEvent['reason']> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
]);

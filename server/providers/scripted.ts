import { StreamError, type StreamEvent } from '../../src/wire/index.ts';
import { tokenize } from './answer.ts';
import type { GenerationRequest, Provider } from './provider.ts';
import { type ScriptContext, type ScriptOptions, scriptedEvents } from './script.ts';

/**
 * The offline model: seeded, realistic Markdown at a chosen rate. `request.options` are `ScriptOptions`
 * (`seed`, `tokens`, `rate`, `reasoning`, `tools`, `failAt`, …); keys it does not know are ignored, as are prompt and messages.
 */
export function createScripted(options: Pick<ScriptContext, 'clock'> = {}): Provider {
  return {
    name: 'scripted',
    unavailable: undefined,
    generate: (request, signal) =>
      scriptedEvents((request.options ?? {}) as ScriptOptions, {
        ...options,
        signal,
        model: request.model,
        inputTokens: countInput(request),
      }),
    read: async function* (): AsyncGenerator<StreamEvent, void> {
      const error = new StreamError('upstream_rejected', 'The scripted model has no wire format, so there is no response of it to read.');
      yield { type: 'error', code: error.code, message: error.message, retryable: false };
    },
  };
}

function countInput({ prompt = '', messages = [] }: GenerationRequest): number {
  return messages.reduce((sum, message) => sum + tokenize(message.content).length, tokenize(prompt).length);
}

import { createAnthropic } from './anthropic.ts';
import { createGemini } from './gemini.ts';
import { createOllama } from './ollama.ts';
import { createOpenAI } from './openai.ts';
import { createOpenAIChat } from './openai-chat.ts';
import type { Provider } from './provider.ts';
import { createScripted } from './scripted.ts';

export type { HttpOptions } from './http.ts';
export type { GenerationObserver, GenerationRequest, Message, Provider } from './provider.ts';
export { type ScriptOptions, scriptDefaults, scriptedAnswer, scriptedEvents, scriptedModels } from './script.ts';
export { createAnthropic, createGemini, createOllama, createOpenAI, createOpenAIChat, createScripted };

/**
 * All adapters, by name, configured from the environment: `OPENAI_API_KEY` and `OPENAI_BASE_URL` (`openai`, `openai-chat`),
 * `ANTHROPIC_API_KEY` and `ANTHROPIC_BASE_URL`, `GEMINI_API_KEY` and `GEMINI_BASE_URL`, `OLLAMA_BASE_URL`. An empty variable
 * counts as none. What is not configured is there, too, and says why in `unavailable`; `scripted` always works.
 * @throws {StreamError} `bad_option`, naming the variable, when one cannot be used
 */
export function createProviders(env: { readonly [name: string]: string | undefined }): ReadonlyMap<string, Provider> {
  const openAI = { apiKey: env['OPENAI_API_KEY'], baseURL: env['OPENAI_BASE_URL'] };
  const providers = [
    createOpenAI(openAI),
    createOpenAIChat(openAI),
    createAnthropic({ apiKey: env['ANTHROPIC_API_KEY'], baseURL: env['ANTHROPIC_BASE_URL'] }),
    createGemini({ apiKey: env['GEMINI_API_KEY'], baseURL: env['GEMINI_BASE_URL'] }),
    createOllama({ baseURL: env['OLLAMA_BASE_URL'] }),
    createScripted(),
  ];
  return new Map(providers.map((provider) => [provider.name, provider]));
}

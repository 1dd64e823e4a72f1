import { createProviders, type GenerationRequest, type Provider } from '../../../server/providers/index.ts';
import { emptyFold, foldEntries, foldedText, isTerminal, type StreamEvent, type StreamFold } from '../../../src/wire/index.ts';
import type { ReplayDialect } from '../../support/replay.ts';
import type { Outcome } from './sdk.ts';

/** The adapter of a dialect, configured as an environment would. */
export function providerAt(dialect: ReplayDialect, url: string, key: string | undefined = 'test-key'): Provider {
  const prefix = dialect.startsWith('openai') ? 'OPENAI' : dialect.toUpperCase();
  const provider = createProviders({ [`${prefix}_BASE_URL`]: url, [`${prefix}_API_KEY`]: key }).get(dialect);
  if (provider === undefined) throw new Error(`no provider ${dialect}`);
  return provider;
}

export async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const all: StreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export function generate(
  provider: Provider,
  request: GenerationRequest = { model: 'm', prompt: 'Hello?' },
  signal: AbortSignal = new AbortController().signal,
): Promise<StreamEvent[]> {
  return collect(provider.generate(request, signal));
}

export function fold(events: readonly StreamEvent[]): StreamFold {
  return foldEntries(
    emptyFold(),
    events.map((event, index) => ({ fromSeq: index + 1, seq: index + 1, at: 0, event })),
  );
}

export function outcome(folded: StreamFold): Outcome {
  return {
    text: foldedText(folded),
    reasoning: folded.parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    tools: folded.parts.flatMap((part) => (part.type === 'tool' ? [{ name: part.name, args: JSON.parse(part.args) as unknown }] : [])),
    inputTokens: folded.usage?.inputTokens,
    outputTokens: folded.usage?.outputTokens,
  };
}

/** What every stream of every provider must be; the rule that is broken, or `undefined`. */
export function brokenRule(events: readonly StreamEvent[]): string | undefined {
  if (events.filter(isTerminal).length !== 1 || !isTerminal(events.at(-1) ?? { type: 'usage', inputTokens: 0, outputTokens: 0 }))
    return 'SQ2';
  if (events.some((event, index) => event.type === 'start' && index > 0)) return 'SQ1';
  const closed = new Set<string>();
  let open: string | undefined;
  for (const event of events) {
    if (!('delta' in event)) continue;
    if (event.delta === '' || !event.delta.isWellFormed()) return 'SQ3';
    if (event.type !== 'text' || event.part === open) continue;
    if (closed.has(event.part)) return 'SQ4';
    if (open !== undefined) closed.add(open);
    open = event.part;
  }
  return undefined;
}

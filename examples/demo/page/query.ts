import type { StreamSource } from 'sluice-kit';

/** What the page's address can say; the same names as the form's. */
export interface Query {
  readonly streams: number;
  /** Tokens per second of each stream; of the scripted provider only. */
  readonly rate: number;
  /** Length of each answer in tokens; of the scripted provider only. */
  readonly tokens: number;
  readonly seed: number;
  readonly transport: 'auto' | 'webtransport' | 'websocket' | 'sse';
  readonly view: 'plain' | 'markdown';
  readonly provider: string;
  readonly model: string;
  readonly prompt: string;
  /** Shows one stream that runs or ran already, in place of new ones; empty for none. */
  readonly id: string;
}

const queryDefaults: Query = {
  streams: 8,
  rate: 60,
  tokens: 600,
  seed: 1,
  transport: 'auto',
  view: 'markdown',
  provider: 'scripted',
  model: 'scripted-markdown',
  prompt: 'Explain how a token travels from the model to the screen.',
  id: '',
};

/** Not more streams than a relay gives to one connection by default. */
const bounds = { streams: [1, 128], rate: [1, 5_000], tokens: [1, 200_000], seed: [0, 2_147_483_647] } as const;

/** Reads an address. What it does not say, or says wrongly, is the default. */
export function readQuery(search: string): Query {
  const given = new URLSearchParams(search);
  const number = (name: keyof typeof bounds): number => {
    const value = Number(given.get(name) ?? Number.NaN);
    const [low, high] = bounds[name];
    return Number.isFinite(value) ? Math.min(high, Math.max(low, Math.round(value))) : queryDefaults[name];
  };
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T =>
    values.find((value) => value === given.get(name)) ?? fallback;
  return {
    streams: number('streams'),
    rate: number('rate'),
    tokens: number('tokens'),
    seed: number('seed'),
    transport: oneOf('transport', ['auto', 'webtransport', 'websocket', 'sse'], 'auto'),
    view: oneOf('view', ['plain', 'markdown'], queryDefaults.view),
    provider: given.get('provider') || queryDefaults.provider,
    model: given.get('model') || defaultModel(given.get('provider') || queryDefaults.provider),
    prompt: given.get('prompt') || queryDefaults.prompt,
    id: given.get('id') ?? '',
  };
}

const models: Readonly<Record<string, string>> = {
  scripted: queryDefaults.model,
  openai: 'gpt-5-mini',
  'openai-chat': 'gpt-4.1-mini',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
  ollama: 'llama3.2',
};

/** A model to begin with; empty where the page knows none. */
export function defaultModel(provider: string): string {
  return models[provider] ?? '';
}

/** The address that says this, without what is the default. */
export function writeQuery(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== queryDefaults[name as keyof Query]) search.set(name, String(value));
  return search.size === 0 ? '/' : `/?${search}`;
}

/** Whether the page may start by itself: a paid model only when the address names the prompt. */
export function startsByItself(search: string): boolean {
  const query = readQuery(search);
  return query.id !== '' || query.provider === 'scripted' || new URLSearchParams(search).has('prompt');
}

/** A name for a start. `randomUUID` is not there over plain HTTP from another machine. */
export function newRun(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('');
}

/** The start that this entry of the tab's history shows, or another one. */
export function readRun(): string {
  const { run } = (history.state ?? {}) as { readonly run?: string };
  return run || newRun();
}

/** Their ids follow from the start: asked for again, it is the same answers. */
export function sourcesOf(query: Query, run: string): StreamSource[] {
  if (query.id !== '') return [{ id: query.id }];
  const { streams, rate, tokens, seed, provider, model, prompt } = query;
  return Array.from({ length: streams }, (_, index) => ({
    request: {
      id: `${run}-${index}`,
      provider,
      model,
      prompt,
      ...(provider === 'scripted' ? { options: { seed: seed + index, rate, tokens } } : {}),
    },
  }));
}

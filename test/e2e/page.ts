import { expect, onTestFinished, vi } from 'vitest';
import { commands } from 'vitest/browser';
import type {} from '../../scripts/e2e.ts';
import { type ClientOptions, createClient, type SluiceClient, type StreamHandle, type StreamSource } from '../../src/client.ts';

export const transports = ['webtransport', 'websocket', 'sse'] as const;

/** A relay in the Node process of the test, with all three transports. */
export async function startRelay(udp?: 'closed' | 'black-holed'): Promise<string> {
  const url = await commands.startRelay(location.origin, udp);
  onTestFinished(() => commands.stopRelay(url));
  return url;
}

/** A client with the package's own worker. */
export function startClient(url: string, options: ClientOptions = {}): SluiceClient {
  const client = createClient({ url, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** Follows a stream and holds every text it ever shows against the one before. */
export class Watched {
  readonly handle: StreamHandle;
  changes = 0;
  #text = '';
  #generation = 0;
  #broken: string | undefined;

  constructor(client: SluiceClient, source: StreamSource) {
    this.handle = client.attach(source);
    this.handle.subscribe(() => this.#check());
  }

  get text(): string {
    return this.#text;
  }

  get status(): string {
    return this.handle.record.summary.status;
  }

  get id(): string {
    return this.handle.record.summary.id ?? '';
  }

  /** Waits for the end. What was shown on the way was always a prefix of what followed. */
  async ended(timeout = 20_000): Promise<string> {
    await vi.waitFor(() => expect(this.status, JSON.stringify(this.handle.record.summary)).not.toMatch(/pending|streaming/), { timeout });
    expect(this.#broken).toBeUndefined();
    expect(this.handle.record.text.toString()).toBe(this.#text);
    return this.#text;
  }

  #check(): void {
    const { text, generation } = this.handle.record;
    const now = text.toString();
    if (generation === this.#generation && !now.startsWith(this.#text)) this.#broken ??= `${this.#text} → ${now}`;
    this.changes += 1;
    this.#text = now;
    this.#generation = generation;
  }
}

/** The text as the relay has it. */
export async function relayText(url: string, id: string): Promise<string> {
  const response = await fetch(`${url}v1/streams/${id}`);
  return ((await response.json()) as { text: string }).text;
}

export function scripted(options: Readonly<Record<string, number>> = {}): StreamSource {
  return { request: { provider: 'scripted', model: 'scripted-markdown', prompt: 'Hello?', options } };
}

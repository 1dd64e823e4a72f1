import type { BrowserCommand } from 'vitest/node';
import type { EndToEnd, RunningRelay } from './e2e-relay.ts';

/** What a test in the browser asks the Node side for. */
export interface EndToEndCommands {
  /** Starts a relay that pages of this origin may use. */
  startRelay(origin: string): Promise<RunningRelay>;
  /** Adds a provider for each recorded response, and says what the provider's SDK makes of it. Empty where there are no recordings. */
  replayRecordings(url: string): Promise<{ readonly provider: string; readonly text: string }[]>;
  relayStats(url: string): Promise<Awaited<ReturnType<EndToEnd['relayStats']>>>;
  /** Tears down every TCP connection; the relay goes on. */
  cutConnections(url: string): Promise<void>;
  /** Asks all clients to reconnect at once. */
  drainRelay(url: string): Promise<void>;
  stopRelay(url: string): Promise<void>;
}

declare module 'vitest/browser' {
  interface BrowserCommands extends EndToEndCommands {}
}

/** Loaded when first asked for, so that a run without these tests starts no server code. */
const load = (): Promise<EndToEnd> => import(new URL('./e2e-relay.ts', import.meta.url).href);

export const endToEndCommands: { [name in keyof EndToEndCommands]: BrowserCommand<Parameters<EndToEndCommands[name]>> } = {
  startRelay: async (_, origin) => (await load()).startRelay(origin),
  replayRecordings: async (_, url) => (await load()).replayRecordings(url),
  relayStats: async (_, url) => (await load()).relayStats(url),
  cutConnections: async (_, url) => (await load()).cutConnections(url),
  drainRelay: async (_, url) => (await load()).drainRelay(url),
  stopRelay: async (_, url) => (await load()).stopRelay(url),
};

import type { BrowserCommand } from 'vitest/node';

/** What a test in the browser asks the Node side for: a relay, and control over it (`test/support/e2e-relay.ts`). */
export interface EndToEnd {
  /**
   * Starts a relay that pages of this origin may use. Returns its URL. With `udp` the discovery document names
   * a UDP port at which nothing listens (`closed`), or one that swallows everything (`black-holed`). `port`: where one ran before.
   */
  startRelay(origin: string, udp?: 'closed' | 'black-holed', port?: number): Promise<string>;
  /**
   * Lets the provider `replay` answer with each recorded response, by model, the second half of it not before
   * `releaseRecordings`. Empty where there are no recordings.
   */
  replayRecordings(url: string): Promise<Recording[]>;
  releaseRecordings(url: string): Promise<void>;
  relayStats(url: string): Promise<EndToEndStats>;
  /** Tears down every TCP connection; the relay goes on. */
  cutConnections(url: string): Promise<void>;
  /** Asks all clients to reconnect at once. */
  drainRelay(url: string): Promise<void>;
  stopRelay(url: string): Promise<void>;
}

export interface Recording {
  readonly model: string;
  /** What the provider's SDK makes of it. */
  readonly text: string;
}

export interface EndToEndStats {
  readonly connections: { readonly webtransport: number; readonly websocket: number; readonly sse: number };
  readonly subscriptions: number;
  readonly generations: number;
  readonly deliveredBytes: number;
  readonly answers: { readonly live: number; readonly recovered: number; readonly reset: number; readonly gone: number };
}

declare module 'vitest/browser' {
  interface BrowserCommands extends EndToEnd {}
}

/** Loaded when first asked for, so that a run without these tests starts no server code. */
const load = (): Promise<EndToEnd> => import(new URL('../test/support/e2e-relay.ts', import.meta.url).href);

export const endToEndCommands: { readonly [name in keyof EndToEnd]: BrowserCommand<Parameters<EndToEnd[name]>> } = {
  startRelay: async (_, origin, udp, port) => (await load()).startRelay(origin, udp, port),
  replayRecordings: async (_, url) => (await load()).replayRecordings(url),
  releaseRecordings: async (_, url) => (await load()).releaseRecordings(url),
  relayStats: async (_, url) => (await load()).relayStats(url),
  cutConnections: async (_, url) => (await load()).cutConnections(url),
  drainRelay: async (_, url) => (await load()).drainRelay(url),
  stopRelay: async (_, url) => (await load()).stopRelay(url),
};

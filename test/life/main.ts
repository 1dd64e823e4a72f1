import { type ClientOptions, createClient, type StreamHandle } from '../../src/client.ts';

/** What a test does with the page, from outside of it. */
export interface LifePage {
  follow(id: string): void;
  stop(): Promise<void>;
  /** Of the stream that was followed last. */
  seen(): Seen;
  /** Texts and statuses of all, in the order they were followed. */
  all(): readonly { readonly text: string; readonly status: string }[];
  /** Keeps the thread, with all messages waiting, until the site lets it go. */
  block(): void;
}

export interface Seen {
  readonly text: string;
  readonly status: string;
  /** Counts the snapshots that replaced the text. */
  readonly generation: number;
  /** A text was shown that did not begin with the one before. */
  readonly broken: boolean;
  readonly connection: string;
  readonly transport: string | undefined;
  /** Of all the page has had. */
  readonly connections: readonly string[];
  readonly visibility: string;
}

declare global {
  interface Window {
    life: LifePage;
  }
}

const transport = new URLSearchParams(location.search).get('transport') ?? 'auto';
const client = createClient({ transport: transport as NonNullable<ClientOptions['transport']> });
const connections: string[] = [];
const handles: StreamHandle[] = [];
let handle: StreamHandle | undefined;
let last = '';
let broken = false;

client.store.subscribe(({ connection }) => {
  const now = `${connection.status} ${connection.transport ?? ''}`.trim();
  if (connections.at(-1) !== now) connections.push(now);
});

window.life = {
  follow(id) {
    handle = client.attach({ id });
    handles.push(handle);
    handle.subscribe(() => {
      const text = handle?.record.text.toString() ?? '';
      if (!text.startsWith(last)) broken = true;
      last = text;
    });
  },
  async stop() {
    await handle?.stop();
  },
  all() {
    return handles.map(({ record }) => ({ text: record.text.toString(), status: record.summary.status }));
  },
  block() {
    const request = new XMLHttpRequest();
    request.open('GET', '/held', false);
    request.send();
  },
  seen() {
    const { connection } = client.store.getState();
    return {
      text: handle?.record.text.toString() ?? '',
      status: handle?.record.summary.status ?? '',
      generation: handle?.record.generation ?? 0,
      broken,
      connection: connection.status,
      transport: connection.transport,
      connections,
      visibility: document.visibilityState,
    };
  },
};

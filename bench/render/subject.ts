import './page/page.css';

// What a subject's page imports. A subject is a folder with an `index.html` and a `main.ts(x)`; README.md has the contract.

export interface Setup {
  readonly streams: number;
  readonly view: 'plain' | 'markdown';
  /** Whether code is to be highlighted: only subjects that can are asked to. */
  readonly highlight: boolean;
  /** Where the text comes from, for subjects without a transport of their own: see `receive`. */
  readonly socketUrl: string;
  /** The relay, where Sluice is the subject. */
  readonly relayUrl: string;
}

export interface Listener {
  /** `text` has been added to a stream, numbered from 0. */
  text(stream: number, text: string): void;
  /** A stream has ended. */
  end?(stream: number): void;
}

/** What the harness asks of this page. */
export function setup(): Setup {
  const query = new URLSearchParams(location.search);
  return {
    streams: Number(query.get('streams') ?? 8),
    view: query.get('view') === 'markdown' ? 'markdown' : 'plain',
    highlight: query.get('highlight') === '1',
    socketUrl: `ws://${location.host}/text`,
    relayUrl: `${location.origin}/`,
  };
}

/** Columns of the grid: 1, 4 or 8 in 1600 px. */
export function columns(streams: number): number {
  return streams <= 1 ? 1 : streams <= 8 ? 4 : 8;
}

/** The grid and its panels, for pages without React: with it, write the same elements (README.md). */
export function layout({ streams }: Setup): HTMLElement[] {
  const grid = document.createElement('div');
  grid.className = 'bench-grid';
  grid.style.setProperty('--columns', String(columns(streams)));
  const panels = Array.from({ length: streams }, (_, index) => {
    const panel = document.createElement('div');
    panel.className = 'bench-panel';
    panel.dataset['panel'] = String(index);
    grid.append(panel);
    return panel;
  });
  document.body.append(grid);
  return panels;
}

/** Opens the one WebSocket all streams come by. Resolves when it is open: nothing is sent before `ready()`. */
export function receive({ socketUrl }: Setup, listener: Listener): Promise<void> {
  const socket = new WebSocket(socketUrl);
  socket.onmessage = ({ data }) => {
    const [stream, text] = JSON.parse(data as string) as [number, string?];
    if (text === undefined) listener.end?.(stream);
    else listener.text(stream, text);
  };
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error('The text socket cannot be opened.'));
  });
}

/** Each stream as a `ReadableStream`, for kits with a transport of their own to be filled. `opened` as of `receive`. */
export function readableStreams(setup: Setup): { readonly streams: readonly ReadableStream<string>[]; readonly opened: Promise<void> } {
  const controllers: ReadableStreamDefaultController<string>[] = [];
  const streams = Array.from(
    { length: setup.streams },
    () =>
      new ReadableStream<string>({ start: (controller) => void controllers.push(controller) }, { highWaterMark: Number.POSITIVE_INFINITY }),
  );
  const opened = receive(setup, {
    text: (stream, text) => controllers[stream]?.enqueue(text),
    end: (stream) => controllers[stream]?.close(),
  });
  return { streams, opened };
}

/** All panels are mounted and everything that loads late has loaded: the text may come. */
export function ready(): void {
  document.documentElement.dataset['ready'] = '';
}

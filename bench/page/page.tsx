import { Profiler, type ReactNode, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { preloadMarkdown, SluiceProvider, StreamPanel } from '../../src/index.ts';
import { promotions } from '../../src/react/promotion.ts';
import { mixed } from '../markdown/texts.ts';
import { scrollThrough } from './scroll.ts';
import '../../src/styles/tokens.css';
import '../../src/styles/layout.css';
import '../../src/styles/panel.css';
import '../../src/styles/controls.css';
import '../../src/styles/parts.css';
import '../../src/styles/text.css';
import '../../src/styles/markdown.css';
import '../../src/styles/code.css';

type View = 'plain' | 'markdown';

/** Since the page was opened: commits of React in panels, and renders of the app around them. */
interface Commits {
  readonly panels: number;
  readonly app: number;
}

declare global {
  interface Window {
    /** Mounts so many panels, each with a stream of its own. */
    mount(streams: number, view: View): Promise<void>;
    /** Each frame so much more of the text in each panel; resolves half a second of frames later. */
    stream(text: string, chunkLength: number): Promise<void>;
    /** All of a mixed answer at once, and its end; resolves when it is shown. */
    finish(length: number): Promise<void>;
    scrollThrough: typeof scrollThrough;
    /** The app renders once a frame, urgently, with so much work each time. */
    renderApp(frames: number, workMs: number): Promise<void>;
    commits(): Commits;
    promoted(): { readonly longestMs: number; readonly forced: number };
  }
}

let panels = 0;
let app = 0;
let sources: readonly Source[] = [];
let renderOnce = (): void => {};

const frame = (): Promise<number> => new Promise(requestAnimationFrame);

interface Source {
  readonly source: ReadableStream<string>;
  readonly controller: ReadableStreamDefaultController<string>;
}

/** A stream of text that is written to. */
function createSource(): Source {
  let controller: ReadableStreamDefaultController<string> | undefined;
  const source = new ReadableStream<string>({
    start(given) {
      controller = given;
    },
  });
  if (controller === undefined) throw new Error('A stream calls `start` at once.');
  return { source, controller };
}

window.mount = async (streams, view) => {
  if (view === 'markdown') await preloadMarkdown();
  sources = Array.from({ length: streams }, createSource);
  function App(): ReactNode {
    const [count, setCount] = useState(0);
    app += 1;
    renderOnce = () => flushSync(() => setCount((before) => before + 1));
    return (
      <>
        <output hidden>{count}</output>
        {sources.map(({ source }, index) => (
          // Written inline, as apps do.
          <StreamPanel key={index} source={source} view={view} markdown={{ allowedSchemes: ['https'] }} title={`Answer ${index + 1}`}>
            {parts}
          </StreamPanel>
        ))}
      </>
    );
  }
  const columns = streams === 1 ? 1 : Math.ceil(streams / 4);
  const main = document.createElement('main');
  main.style.setProperty('--columns', String(columns));
  main.style.setProperty('--rows', String(Math.ceil(streams / columns)));
  document.body.append(main);
  createRoot(main).render(
    <SluiceProvider>
      <App />
    </SluiceProvider>,
  );
  await frame();
  await window.stream('# Warm\n\nA *first* paragraph.\n\n', 8);
};

/** What is in each panel: the commits in it are counted. */
const parts = (
  <Profiler id="panel" onRender={() => (panels += 1)}>
    <StreamPanel.Header />
    <StreamPanel.Body />
  </Profiler>
);

window.stream = async (text, chunkLength) => {
  for (let at = 0; at < text.length; at += chunkLength) {
    for (const { controller } of sources) controller.enqueue(text.slice(at, at + chunkLength));
    await frame();
  }
  for (let count = 0; count < 30; count += 1) await frame();
};

window.finish = async (length) => {
  // Pieces that hold nothing but themselves: a slice would keep the whole text.
  const bytes = new TextEncoder().encode(mixed(length));
  const decoder = new TextDecoder();
  for (const { controller } of sources) {
    for (let at = 0; at < bytes.length; at += 65_536) controller.enqueue(decoder.decode(bytes.slice(at, at + 65_536)));
    controller.close();
  }
  while (document.querySelectorAll('[data-status="done"]').length < sources.length) await frame();
  for (let count = 0; count < 60; count += 1) await frame();
};

window.scrollThrough = scrollThrough;

window.renderApp = async (frames, workMs) => {
  for (let count = 0; count < frames; count += 1) {
    renderOnce();
    const until = performance.now() + workMs;
    while (performance.now() < until);
    await frame();
  }
};

window.commits = () => ({ panels, app });
window.promoted = () => promotions().stats();

import { Profiler, type ReactNode, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { preloadMarkdown, SluiceProvider, StreamPanel } from '../../src/index.ts';
import { promotions } from '../../src/react/promotion.ts';
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
    /** The app renders once a frame, urgently, with so much work each time. */
    renderApp(frames: number, workMs: number): Promise<void>;
    commits(): Commits;
    promoted(): { readonly longestMs: number; readonly forced: number };
  }
}

let panels = 0;
let app = 0;
let writers: ((text: string) => void)[] = [];
let renderOnce = (): void => {};

const frame = (): Promise<number> => new Promise(requestAnimationFrame);

/** A stream of text that is written to. */
function createSource(): { readonly source: ReadableStream<string>; readonly write: (text: string) => void } {
  let write = (_: string): void => {};
  const source = new ReadableStream<string>({
    start(controller) {
      write = (text) => controller.enqueue(text);
    },
  });
  return { source, write };
}

window.mount = async (streams, view) => {
  if (view === 'markdown') await preloadMarkdown();
  const sources = Array.from({ length: streams }, createSource);
  writers = sources.map(({ write }) => write);
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
    for (const write of writers) write(text.slice(at, at + chunkLength));
    await frame();
  }
  for (let count = 0; count < 30; count += 1) await frame();
};

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

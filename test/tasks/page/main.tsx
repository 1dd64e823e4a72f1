import { createRoot } from 'react-dom/client';
import { createClient } from '../../../src/client.ts';
import { preloadMarkdown, SluiceProvider, StreamGrid, StreamPanel } from '../../../src/index.ts';
import '../../../src/styles/tokens.css';
import '../../../src/styles/layout.css';
import '../../../src/styles/panel.css';
import '../../../src/styles/parts.css';
import '../../../src/styles/text.css';
import '../../../src/styles/markdown.css';
import '../../../src/styles/code.css';
import '../../../src/styles/controls.css';

/** What the script calls over the DevTools protocol. */
declare global {
  interface Window {
    /** Shows these streams and no others. */
    showPanels(ids: readonly string[], view: 'plain' | 'markdown'): void;
    /** Resolves when all panels shown say that, with the time. */
    until(status: string): Promise<number>;
    /** Keeps the page's thread busy for so long, in one task. Returns when it ended. */
    block(ms: number): number;
    readonly preload: () => Promise<void>;
  }
}

const client = createClient({ url: location.origin });
const root = createRoot(document.querySelector('main') as HTMLElement);
Object.assign(window, { preload: preloadMarkdown });

window.showPanels = (ids, view) => {
  root.render(
    <SluiceProvider client={client}>
      <StreamGrid>
        {ids.map((id) => (
          <StreamPanel key={id} source={{ id }} title={id} view={view} style={{ height: ids.length === 1 ? '90vh' : '11rem' }} />
        ))}
      </StreamGrid>
    </SluiceProvider>,
  );
};
window.until = (status) =>
  new Promise((resolve) => {
    const look = (): void => {
      const panels = [...document.querySelectorAll<HTMLElement>('[data-stream-panel]')];
      if (panels.length > 0 && panels.every(({ dataset }) => dataset['status'] === status)) resolve(performance.now());
      else requestAnimationFrame(look);
    };
    look();
  });
window.block = (ms) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return performance.now();
};

import { createRoot } from 'react-dom/client';
import { createClient } from '../../../src/client.ts';
import { SluiceProvider, StreamGrid, StreamPanel } from '../../../src/index.ts';
import '../../../src/styles/tokens.css';
import '../../../src/styles/layout.css';
import '../../../src/styles/panel.css';
import '../../../src/styles/parts.css';
import '../../../src/styles/text.css';
import '../../../src/styles/markdown.css';

/** What the script calls over the DevTools protocol. */
declare global {
  interface Window {
    /** Shows these streams and no others, those of odd slots as Markdown. */
    show(ids: readonly string[]): void;
    /** What the panel of a stream shows; `undefined` where there is none. */
    panel(id: string): { readonly status: string; readonly text: string } | undefined;
    readonly faults: string[];
  }
}

const client = createClient({ url: location.origin });
const root = createRoot(document.querySelector('main') as HTMLElement);
const faults: string[] = [];
Object.assign(window, { faults });
addEventListener('error', ({ message }) => faults.push(message));
addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)));

window.show = (ids) => {
  root.render(
    <SluiceProvider client={client}>
      <StreamGrid>
        {ids.map((id) => (
          <StreamPanel
            key={id}
            source={{ id }}
            title={id}
            view={Number(id.split('-')[1]) % 2 === 0 ? 'plain' : 'markdown'}
            style={{ height: '14rem' }}
          />
        ))}
      </StreamGrid>
    </SluiceProvider>,
  );
};
window.panel = (id) => {
  const panel = document.querySelector<HTMLElement>(`[data-stream-panel][data-stream-id="${id}"]`);
  if (panel === null) return undefined;
  return { status: panel.dataset['status'] ?? '', text: panel.querySelector('[data-stream-body]')?.textContent ?? '' };
};

import { type ReactNode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { preloadMarkdown, SluiceProvider, StreamPanel, useConnection } from 'sluice-kit';
import { shiki } from 'sluice-kit/shiki';
import 'sluice-kit/styles.css';
import { columns, ready, setup } from '../subject.ts';
import './sluice.css';

/** Through a relay and the worker, over WebSocket, as the others' text comes. `full`: with header and footer, in the same box. */
export async function runSluicePage({ full }: { readonly full: boolean }): Promise<void> {
  const page = setup();
  const markdown = page.highlight ? { highlight: shiki() } : {};
  if (page.view === 'markdown') await preloadMarkdown();

  function Page(): ReactNode {
    return (
      <SluiceProvider url={page.relayUrl} transport="websocket">
        <Ready />
        <div className="bench-grid" style={{ '--columns': columns(page.streams) } as object}>
          {Array.from({ length: page.streams }, (_, index) => (
            <div key={index} className="bench-panel" data-panel={index}>
              <StreamPanel source={{ id: `bench-${index}` }} view={page.view} markdown={markdown}>
                {full ? undefined : <StreamPanel.Body />}
              </StreamPanel>
            </div>
          ))}
        </div>
      </SluiceProvider>
    );
  }

  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no root.');
  createRoot(root).render(<Page />);
}

/** The streams exist already; they are asked for as soon as there is a connection. */
function Ready(): ReactNode {
  const { status } = useConnection();
  useEffect(() => {
    if (status === 'connected') ready();
  }, [status]);
  return null;
}

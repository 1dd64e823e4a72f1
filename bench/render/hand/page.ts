import { layout, ready, receive, setup } from '../subject.ts';
import { createLoop, createScheduledLoop } from './loop.ts';
import { createPlain } from './plain.ts';

/** What shows one panel's text. */
export interface HandBody {
  append(text: string): void;
  /** What has come meanwhile and is no text. */
  refresh?(): void;
  /** Nothing more comes. */
  end(): void;
}

/** The page without a kit: one socket, one loop. `scheduled`: panels contained, and as many per frame as frames can afford. */
export async function runHandPage({ scheduled }: { readonly scheduled: boolean }): Promise<void> {
  const page = setup();
  const scrollers: HTMLElement[] = [];
  const hosts = layout(page).map((panel) => {
    const scroller = document.createElement('div');
    scroller.className = 'bench-scroller';
    if (scheduled) {
      panel.style.contain = 'content';
      // Scrolling moves a layer instead of painting anew, and nothing looks for an anchor: the end is where the reader is.
      scroller.style.willChange = 'scroll-position';
      scroller.style.setProperty('overflow-anchor', 'none');
    }
    const host = document.createElement('div');
    if (page.view === 'plain') host.className = 'bench-plain';
    host.dataset['panelText'] = '';
    scroller.append(host);
    panel.append(scroller);
    scrollers.push(scroller);
    return host;
  });
  const bodies = page.view === 'plain' ? hosts.map(createPlain) : await markdownBodies();
  const pending = hosts.map(() => '');
  const ended = new Set<number>();
  const show = (panel: number): void => {
    const text = pending[panel] ?? '';
    pending[panel] = '';
    if (text !== '') bodies[panel]?.append(text);
    bodies[panel]?.refresh?.();
    if (ended.delete(panel)) bodies[panel]?.end();
  };
  const settle = (panel: number): void => {
    const scroller = scrollers[panel];
    // More than there can be: read no height, since setting the position lays out anyway.
    if (scroller !== undefined) scroller.scrollTop = 1e7;
  };
  const loop = scheduled ? createScheduledLoop(page.streams, show, settle) : createLoop(show, settle);
  async function markdownBodies(): Promise<HandBody[]> {
    const [{ createMarkdown }, { createHighlighter }] = await Promise.all([import('./markdown.ts'), import('./highlight.ts')]);
    const highlighter = page.highlight ? createHighlighter() : undefined;
    await highlighter?.ready;
    return hosts.map((host, panel) => createMarkdown(host, highlighter, () => loop.request(panel)));
  }
  await receive(page, {
    text(stream, text) {
      pending[stream] += text;
      loop.request(stream);
    },
    end(stream) {
      ended.add(stream);
      loop.request(stream);
    },
  });
  ready();
}

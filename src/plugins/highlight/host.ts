import { createHost, type Host } from '../../client/host.ts';
import type { FromHighlighter, ToHighlighter } from './messages.ts';

export interface HighlightHostOptions {
  /** Makes the worker; `false` for the page's own thread. @default the package's own worker */
  readonly worker: (() => Worker) | false | undefined;
  /** A highlighter has started, the first or a replacement: it knows nothing. */
  readonly onOpen: () => void;
  readonly onMessage: (message: Exclude<FromHighlighter, { type: 'ready' }>) => void;
}

/** Keeps one highlighter running: in a worker, or where none can start on the page's own thread. Without one, code is plain. */
export function createHighlightHost({ worker, onOpen, onMessage }: HighlightHostOptions): Host<ToHighlighter> {
  return createHost<ToHighlighter, FromHighlighter>({
    worker: worker ?? (typeof Worker !== 'undefined' && packageWorker),
    async inline(receive) {
      const { createHighlighting } = await import('./sessions.ts');
      const highlighting = createHighlighting({
        post: receive,
        now: () => performance.now(),
        defer: (work) => void setTimeout(work),
      });
      return { post: highlighting.receive, close: () => {} };
    },
    onOpen,
    onMessage,
    onFailed: (error) => console.warn(`Sluice: ${error.message}`, error.cause ?? ''),
    words: { name: 'The highlighter', consequence: 'Code stays plain.' },
  });
}

/** Bundlers look for exactly this expression: they build `highlight.js` beside this module, and put its address here. */
function packageWorker(): Worker {
  return new Worker(new URL('./highlight.js', import.meta.url), { type: 'module' });
}

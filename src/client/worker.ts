import type { StreamError } from '../wire/errors.ts';
import type { PageMessage, WorkerMessage } from '../worker/messages.ts';
import { createHost, type Host } from './host.ts';

export interface ReceiverHostOptions {
  /** Makes the worker; `false` for the page's own thread. @default the package's own worker */
  readonly worker: (() => Worker) | false | undefined;
  /** A receiver has started, the first or a replacement: it knows nothing, and is told from the page's state. */
  readonly onOpen: () => void;
  readonly onMessage: (message: Exclude<WorkerMessage, { type: 'ready' | 'failure' }>) => void;
  /** No receiver can be kept running. Final. */
  readonly onFailed: (error: StreamError) => void;
}

/** Keeps one receiver running: in a worker, or where none can start on the page's own thread. */
export function createReceiverHost({ worker, ...options }: ReceiverHostOptions): Host<PageMessage> {
  return createHost<PageMessage, WorkerMessage>({
    ...options,
    worker: worker ?? (typeof Worker !== 'undefined' && packageWorker),
    async inline(onMessage) {
      const { createReceiver } = await import('../worker/receiver.ts');
      const { receive, close } = createReceiver(onMessage);
      return { post: receive, close };
    },
    words: { name: 'The receiver', consequence: 'Streaming stops; reload the page.' },
  });
}

/** Bundlers look for exactly this expression: they build `worker.js` beside this module, and put its address here. */
function packageWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

import { StreamError } from '../wire/errors.ts';
import type { PageMessage, WorkerMessage } from '../worker/messages.ts';

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
export interface ReceiverHost {
  /** Starts it; later calls do nothing. */
  start(): void;
  /** Dropped while no receiver runs: the next is told everything anyway. */
  post(message: PageMessage): void;
  close(): void;
}

interface Port {
  post(message: PageMessage): void;
  close(): void;
}

/** A worker that has said nothing for so long cannot start. */
const READY_TIMEOUT_MS = 10_000;
/** More deaths than this within `DEATHS_WITHIN_MS`, and there is no further replacement. */
const MAX_DEATHS = 3;
const DEATHS_WITHIN_MS = 60_000;

export function createReceiverHost(options: ReceiverHostOptions): ReceiverHost {
  let port: Port | undefined;
  let state: 'new' | 'running' | 'closed' = 'new';
  let onPage = options.worker === false || (options.worker === undefined && typeof Worker === 'undefined');
  let deaths: number[] = [];

  const fail = (error: StreamError): void => {
    close();
    options.onFailed(error);
  };
  const replace = (why: string): void => {
    port?.close();
    port = undefined;
    const now = Date.now();
    deaths = [...deaths.filter((at) => at > now - DEATHS_WITHIN_MS), now];
    if (deaths.length > MAX_DEATHS) {
      fail(
        new StreamError(
          'worker_failed',
          `The worker died ${deaths.length} times within a minute (${why}). Streaming stops; reload the page.`,
        ),
      );
    } else open();
  };
  const receive = (message: WorkerMessage): void => {
    if (message.type === 'failure') replace(message.message);
    else if (message.type !== 'ready') options.onMessage(message);
  };

  const open = (): void => {
    if (onPage) {
      void openOnPage();
      return;
    }
    try {
      openWorker();
    } catch {
      // No worker may be made here (a content security policy, a sandbox): the same receiver does it on the page.
      onPage = true;
      void openOnPage();
    }
  };

  const openWorker = (): void => {
    const worker = (options.worker || packageWorker)();
    let ready = false;
    const own: Port = {
      post: (message) => worker.postMessage(message),
      close: () => {
        clearTimeout(timer);
        worker.onmessage = worker.onerror = worker.onmessageerror = null;
        worker.terminate();
      },
    };
    const broken = (why: string): void => {
      if (ready) {
        replace(why);
        return;
      }
      own.close();
      port = undefined;
      onPage = true;
      open();
    };
    const timer = setTimeout(() => broken('it did not start in time'), READY_TIMEOUT_MS);
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      ready = true;
      clearTimeout(timer);
      receive(data);
    };
    worker.onerror = (event) => broken(event.message || 'an error without a message');
    worker.onmessageerror = () => broken('a message could not be read');
    port = own;
    options.onOpen();
  };

  const openOnPage = async (): Promise<void> => {
    try {
      const { createReceiver } = await import('../worker/receiver.ts');
      if (state !== 'running') return;
      let own: Port | undefined;
      const receiver = createReceiver((message) => {
        if (own === undefined || port === own) receive(message);
      });
      own = { post: (message) => receiver.receive(message), close: () => receiver.close() };
      port = own;
      options.onOpen();
    } catch (cause) {
      fail(new StreamError('worker_failed', 'Neither a worker nor the receiver on the page could start. Streaming is off.', { cause }));
    }
  };

  const close = (): void => {
    state = 'closed';
    port?.close();
    port = undefined;
  };

  return {
    start() {
      if (state !== 'new') return;
      state = 'running';
      open();
    },
    post: (message) => port?.post(message),
    close,
  };
}

/** Bundlers look for exactly this expression: they build `worker.js` beside this module, and put its address here. */
function packageWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

import { StreamError } from '../wire/errors.ts';

/** What the other side says by itself: that it runs, and that it cannot go on. */
export type HostedMessage = { readonly type: 'ready' } | Failure | { readonly type: string };

interface Failure {
  readonly type: 'failure';
  readonly message: string;
}

/** What the page says: an object, of which some is transferred. */
export type ToHosted = StructuredSerializeOptions & { readonly type: string };

export interface HostOptions<In extends ToHosted, Out extends HostedMessage> {
  /** Makes the worker; `false` for the page's own thread. */
  readonly worker: (() => Worker) | false;
  /** Starts the same on the page's own thread. */
  readonly inline: (onMessage: (message: Out) => void) => Promise<Hosted<In>>;
  /** One has started, the first or a replacement: it knows nothing, and is told from the page's state. */
  readonly onOpen: () => void;
  readonly onMessage: (message: Exclude<Out, { type: 'ready' | 'failure' }>) => void;
  /** None can be kept running. Final. */
  readonly onFailed: (error: StreamError) => void;
  /** For the message of that error: who died, and what follows. */
  readonly words: { readonly name: string; readonly consequence: string };
}

export interface Hosted<In> {
  post(message: In): void;
  close(): void;
}

/** Keeps one of something running: in a worker, or where none can start on the page's own thread. */
export interface Host<In> {
  /** Starts it; later calls do nothing. */
  start(): void;
  /** Dropped while none runs: the next is told everything anyway. What the message names in `transfer` goes with it. */
  post(message: In): void;
  close(): void;
}

/** A worker that has said nothing for so long cannot start. */
const READY_TIMEOUT_MS = 10_000;
/** More deaths than this within `DEATHS_WITHIN_MS`, and there is no further replacement. */
const MAX_DEATHS = 3;
const DEATHS_WITHIN_MS = 60_000;

export function createHost<In extends ToHosted, Out extends HostedMessage>(options: HostOptions<In, Out>): Host<In> {
  const { name, consequence } = options.words;
  let port: Hosted<In> | undefined;
  let state: 'new' | 'running' | 'closed' = 'new';
  /** `false` for the page's own thread, from when on none can start. */
  let make = options.worker;
  let deaths: number[] = [];

  const fail = (message: string, cause?: unknown): void => {
    close();
    options.onFailed(new StreamError('worker_failed', `${message} ${consequence}`, { cause }));
  };
  const replace = (why: string): void => {
    port?.close();
    port = undefined;
    const now = Date.now();
    deaths = [...deaths.filter((at) => at > now - DEATHS_WITHIN_MS), now];
    if (deaths.length > MAX_DEATHS) fail(`${name} died ${deaths.length} times within a minute (${why}).`);
    else open();
  };
  const receive = (message: Out): void => {
    if (message.type === 'failure') replace((message as Failure).message);
    else if (message.type !== 'ready') options.onMessage(message as Exclude<Out, { type: 'ready' | 'failure' }>);
  };

  const open = (): void => {
    try {
      if (make !== false) {
        openWorker(make());
        return;
      }
    } catch {
      // No worker may be made here (a content security policy, a sandbox): the same code does it on the page.
      make = false;
    }
    void openOnPage();
  };

  const openWorker = (worker: Worker): void => {
    let ready = false;
    const own: Hosted<In> = {
      post: (message) => worker.postMessage(message, message),
      close: () => {
        clearTimeout(timer);
        worker.onmessage = worker.onerror = worker.onmessageerror = null;
        worker.terminate();
      },
    };
    const broken = (why = ''): void => {
      if (ready) {
        replace(why);
        return;
      }
      own.close();
      port = undefined;
      make = false;
      open();
    };
    const timer = setTimeout(broken, READY_TIMEOUT_MS);
    worker.onmessage = ({ data }: MessageEvent<Out>) => {
      ready = true;
      clearTimeout(timer);
      receive(data);
    };
    worker.onerror = (event) => broken(event.message || 'no message');
    worker.onmessageerror = () => broken('a message could not be read');
    port = own;
    options.onOpen();
  };

  const openOnPage = async (): Promise<void> => {
    try {
      let own: Hosted<In> | undefined;
      const hosted = await options.inline((message) => {
        if (own === undefined || port === own) receive(message);
      });
      if (state !== 'running') {
        hosted.close();
        return;
      }
      own = hosted;
      port = own;
      options.onOpen();
    } catch (cause) {
      fail(`${name} could start neither in a worker nor on the page.`, cause);
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

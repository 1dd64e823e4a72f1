import type { ReactNode } from 'react';
import type { ClientOptions, SluiceClient } from '../../client.ts';

/**
 * Props of `SluiceProvider`: either a client of your own, or the options of one that the provider makes.
 * Options are read once, when the provider mounts; give it another `key` to start over with others.
 */
export type SluiceProviderProps = ProvidedClientProps | OwnClientProps;

export interface MarkdownWorkerProps {
  /**
   * Makes the worker that parses Markdown, where the bundler needs another form than the built-in
   * `new Worker(new URL('./markdown.js', import.meta.url), { type: 'module' })`. `false` parses on the page's own thread.
   */
  readonly markdownWorker?: (() => Worker) | false;
}

export interface ProvidedClientProps extends MarkdownWorkerProps {
  /** A client made with `createClient`. The provider never closes it. */
  readonly client: SluiceClient;
  readonly children?: ReactNode;
}

/** The provider makes the client, and closes it when it unmounts (Strict Mode's rehearsal does not count). */
export interface OwnClientProps extends ClientOptions, MarkdownWorkerProps {
  readonly client?: never;
  readonly children?: ReactNode;
}
